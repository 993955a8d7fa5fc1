import Synchronization
import Tracing

/// How long the export requests of one signal took, by outcome, and what is in flight.
final class ExportOperations: Sendable {
  private let itemsInFlight = Atomic<Int>(0)
  private let series = Mutex<[String: DistributionSeries]>([:])

  /// Items of the request that is waiting for its verdict.
  var inFlightCount: Int { itemsInFlight.load(ordering: .relaxed) }

  /// Measures one request.
  func measure(
    _ request: TelemetryRequest, _ send: () async -> TelemetryVerdict
  ) async -> TelemetryVerdict {
    itemsInFlight.wrappingAdd(request.itemCount, ordering: .relaxed)
    let started = ContinuousClock.now
    let verdict = await send()
    itemsInFlight.wrappingSubtract(request.itemCount, ordering: .relaxed)
    let duration = (ContinuousClock.now - started).inSeconds
    let errorType = Self.errorType(verdict)
    let series = series.withLock { series in
      if let known = series[errorType] { return known }
      let made = DistributionSeries(
        attributes: errorType.isEmpty ? [] : [("error.type", .string(errorType))],
        kind: .explicit(ExplicitHistogram.secondBoundaries), exemplarFilter: .alwaysOff)
      series[errorType] = made
      return made
    }
    series.record(duration)
    return verdict
  }

  private static func errorType(_ verdict: TelemetryVerdict) -> String {
    switch verdict {
    case .accepted: ""
    case .partiallyAccepted: "rejected"
    case .retry: "unavailable"
    case .refused: "refused"
    }
  }

  /// The durations so far.
  func collect(at nanoseconds: UInt64) -> [HistogramPoint] {
    let all = series.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    return all.compactMap { $0.collect(CollectionContext(nowNanoseconds: nanoseconds, temporality: .cumulative)) }
  }
}
