package import QueryCore
import TelemetryModel
package import TelemetryStore

/// Requests, errors and durations over a window and along its time axis.
package struct RequestRates: Sendable {
  package var requests: UInt64 = 0
  package var errors: UInt64 = 0
  package var durations = HistogramState()
  /// By place on the axis.
  package var requestSeries: [UInt64]
  package var errorSeries: [UInt64]
  package var durationSeries: [HistogramState?]

  package init(axis: TimeAxis) {
    requestSeries = Array(repeating: 0, count: axis.count)
    errorSeries = Array(repeating: 0, count: axis.count)
    durationSeries = Array(repeating: nil, count: axis.count)
  }

  /// What the store computes for it, in this order.
  package static let aggregates: [Aggregate] = [
    Aggregate(.count), Aggregate(.count, where: AggregatePlan.errors(of: .spans)),
    Aggregate(.histogram, of: Field.duration),
  ]

  /// Adds the states of one group.
  package mutating func add(_ states: [PartialState], bucket: Int64, axis: TimeAxis) {
    guard states.count >= 3, case .count(let count) = states[0], case .count(let failed) = states[1],
      case .histogram(let histogram) = states[2]
    else { return }
    requests += count
    errors += failed
    durations = durations.merged(with: histogram)
    let (place, overflow) = bucket.subtractingReportingOverflow(axis.firstBucket)
    guard !overflow, place >= 0, place < Int64(axis.count) else { return }
    let index = Int(place)
    requestSeries[index] += count
    errorSeries[index] += failed
    durationSeries[index] = durationSeries[index]?.merged(with: histogram) ?? histogram
  }

  /// Errors per request; 0 without requests.
  package var errorRate: Double { requests == 0 ? 0 : Double(errors) / Double(requests) }
}

/// One service in the list.
package struct ServiceSummary: Sendable {
  package let name: String
  package var version: String?
  package var namespace: String?
  package var rates: RequestRates
  package var lastSeen: Int64?
  package var languages: [String] = []
  package var logCount: UInt64 = 0

  package init(name: String, axis: TimeAxis) {
    self.name = name
    rates = RequestRates(axis: axis)
  }
}
