import TelemetryModel
package import TelemetryStore

/// Answers LogQL queries from a store.
package struct LogQLEngine: Sendable {
  package let store: any TelemetryStore
  package let limits: LogQLLimits

  package init(store: any TelemetryStore, limits: LogQLLimits = LogQLLimits()) {
    self.store = store
    self.limits = limits
  }

  /// A metric query over the steps of an axis.
  ///
  /// - Parameter isInstant: whether the axis is the one time of an instant query.
  package func evaluate(
    _ expression: SampleExpression, axis: StepAxis, isInstant: Bool
  ) async throws(LogQLError) -> (value: MetricValue, statistics: QueryStatistics) {
    guard axis.count <= limits.steps else {
      throw .limit(
        operation: "the range query", message: "exceeded maximum resolution of \(limits.steps) points per timeseries")
    }
    var evaluation = MetricEvaluation(engine: self, axis: axis, isInstant: isInstant)
    let value = try await evaluation.evaluate(expression)
    return (value, evaluation.statistics)
  }

  /// The fields of a time range as labels.
  func catalogue(_ range: TimeRange) async throws(LogQLError) -> LabelCatalogue {
    do throws(StoreFailure) {
      return LabelCatalogue(try await store.fieldKeys(FieldKeysRequest(signal: .logs, timeRange: range)).keys)
    } catch {
      throw LogQLError(error, operation: "the label catalogue")
    }
  }
}

extension LogQLError {
  /// What a store's failure means for a query.
  package init(_ failure: StoreFailure, operation: String) {
    switch failure {
    case .cancelled: self = .cancelled
    case .memoryExhausted(let what, let limit):
      self = .limit(operation: operation, message: "query memory of \(limit) bytes exhausted by \(what)")
    case .invalid(let why): self = .evaluation(why)
    case .overloaded, .diskFull, .unavailable: self = .unavailable("\(failure)")
    }
  }
}
