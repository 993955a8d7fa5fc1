/// The answer to a query.
package struct QueryResult: Sendable {
  /// One sample.
  package enum Value: Sendable {
    case float(Double)
    /// Apart, so that floats, which are many, are small.
    indirect case histogram(NativeHistogram)
  }

  /// A sample with its time in milliseconds since 1970.
  package struct Point: Sendable {
    package let time: Int64
    package let value: Value
  }

  /// A series with its samples in order of time.
  package struct Series: Sendable {
    package let labels: Labels
    package let points: [Point]
  }

  /// A series at one time.
  package struct VectorSample: Sendable {
    package let labels: Labels
    package let time: Int64
    package let value: Value
  }

  /// The four types of answers.
  package enum Data: Sendable {
    case scalar(time: Int64, value: Double)
    case string(time: Int64, value: String)
    case vector([VectorSample])
    case matrix([Series])
  }

  package let data: Data
  package let annotations: Annotations
  /// How the result came about, when that was asked for.
  package let plan: QueryPlan?
}
