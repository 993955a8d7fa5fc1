import QueryCore
package import TelemetryModel
import TelemetryStore

extension LogQLEngine {
  /// More resource attributes than a store groups by.
  private static let fieldLimit = 16

  /// The names of stream labels in a time range, sorted.
  package func streamLabelNames(_ range: TimeRange) async throws(LogQLError) -> [String] {
    let catalogue = try await catalogue(range)
    return catalogue.streamNames
  }

  /// The distinct streams that one of the selections describes, sorted; all of them without a selection.
  package func streams(_ selections: [LogSelection], range: TimeRange) async throws(LogQLError) -> [LabelSet] {
    let catalogue = try await catalogue(range)
    let lowered = selections.map { LoweredSelection($0, catalogue: catalogue, demand: .all) }
    let predicate = lowered.isEmpty ? Predicate.all : Predicate.any(of: lowered.map(\.predicate))
    if predicate == .nothing || range.isEmpty { return [] }
    var found: Set<LabelSet> = []
    let fields = catalogue.streamFields
    if let fields, fields.count <= LogQLEngine.fieldLimit {
      let request = AggregateRequest(
        signal: .logs, timeRange: range, predicate: predicate, groupBy: fields.map(\.source.field),
        aggregates: [Aggregate(.count)])
      for key in try await aggregate(request, operation: "the streams").groups.keys {
        var labels = RowLabels()
        for (field, value) in zip(fields, key.values) where labels[field.name] == nil {
          if let text = value.flatMap({ field.source.text($0) }) { labels.set(field.name, text, .stream) }
        }
        found.insert(labels.labelSet)
        try checkStreamCount(found.count)
      }
    } else {
      try await scanStreams(range, predicate, &found)
    }
    let isExact = lowered.allSatisfy { $0.matchers.isEmpty }
    let result = isExact ? Array(found) : found.filter { labels in selections.contains { $0.matches(labels) } }
    return result.sorted { LabelSet.isBefore($0, $1) }
  }

  private func checkStreamCount(_ count: Int) throws(LogQLError) {
    guard count <= limits.series else {
      throw .limit(operation: "the streams", message: "more than \(limits.series) streams")
    }
  }

  private func scanStreams(
    _ range: TimeRange, _ predicate: Predicate, _ found: inout Set<LabelSet>
  ) async throws(LogQLError) {
    let request = ScanRequest(
      signal: .logs, timeRange: range, predicate: predicate, projection: .fields([]), order: .stored)
    let scan = try await scan(request, operation: "the streams")
    var streamLabels = StreamLabels(.all)
    var known: Set<AttributeSet> = []
    while let batch = try await nextBatch(scan, operation: "the streams") {
      for code in Set(batch.resourceCodes) {
        let attributes = batch.resources[Int(code)].attributes
        guard known.insert(attributes).inserted else { continue }
        found.insert(RowLabels(streamLabels.entries(of: attributes)).labelSet)
        try checkStreamCount(found.count)
      }
    }
  }

  func aggregate(_ request: AggregateRequest, operation: String) async throws(LogQLError) -> PartialAggregates {
    do throws(StoreFailure) {
      return try await store.aggregate(request, progress: nil)
    } catch {
      throw LogQLError(error, operation: operation)
    }
  }

  /// The values of a label, wherever it comes from, with the number of their lines; the most frequent first.
  ///
  /// - Parameter selection: counts only its lines; stages that only rows can decide are left out.
  package func labelValues(
    _ name: String, selection: LogSelection?, range: TimeRange, valueLimit: Int
  ) async throws(LogQLError) -> [(value: String, lineCount: UInt64)] {
    let catalogue = try await catalogue(range)
    let predicate = selection.map { LoweredSelection($0, catalogue: catalogue, demand: .all).predicate } ?? .all
    if predicate == .nothing || range.isEmpty { return [] }
    var counts: [String: UInt64] = [:]
    let sources = Array((catalogue.sources(of: name) ?? []).prefix(LogQLEngine.fieldLimit))
    guard !sources.isEmpty else { return [] }
    let request = AggregateRequest(
      signal: .logs, timeRange: range, predicate: predicate, groupBy: sources.map(\.field),
      aggregates: [Aggregate(.count)])
    for (key, states) in try await aggregate(request, operation: "the values of \(name)").groups {
      guard case .count(let count)? = states.first else { continue }
      // The first source that a line has is the label; the others are hidden behind it.
      for (source, value) in zip(sources, key.values) {
        guard let text = value.flatMap({ source.text($0) }) else { continue }
        counts[text, default: 0] += count
        break
      }
    }
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    return sorted.prefix(valueLimit).map { ($0.key, $0.value) }
  }
}

extension LogSelection {
  /// Whether the selector describes a stream.
  fileprivate func matches(_ labels: LabelSet) -> Bool {
    matchers.allSatisfy { (try? TextTest($0))?.holds(labels[$0.name] ?? "") ?? false }
  }
}
