import TelemetryModel
import TelemetryStore

/// How a range aggregation is answered.
struct RangePlan {
  let aggregation: RangeAggregation
  let grouping: Grouping?
  let catalogue: LabelCatalogue
  /// The labels that the result shows.
  let demand: LabelDemand
  let lowered: LoweredSelection
  let needs: RowNeeds
  /// Whether windows are sums of their buckets.
  let isAdditive: Bool
  /// What the store groups by, when it can answer all by itself.
  let aggregateFields: [LabelField]?

  /// More fields than a store groups by.
  private static let fieldLimit = 16

  init(_ aggregation: RangeAggregation, grouping: Grouping?, catalogue: LabelCatalogue, windows: WindowAxis) {
    self.aggregation = aggregation
    self.grouping = grouping
    self.catalogue = catalogue
    demand = grouping.map { $0.isWithout ? .all : .only(Set($0.labels)) } ?? .all
    lowered = LoweredSelection(aggregation.selection, catalogue: catalogue, demand: demand)
    let unwraps = aggregation.selection.unwrap != nil
    let measuresLine = aggregation.function == .bytes || aggregation.function == .bytesRate
    needs = RowNeeds(lowered, demand: demand, returnsLine: measuresLine)
    switch aggregation.function {
    case .rate, .count, .bytes, .bytesRate, .sum, .absent:
      isAdditive = windows.bucketCount <= MetricEvaluation.bucketLimit
    default: isAdditive = false
    }
    if lowered.matchers.isEmpty, let lineLabels = lowered.lineLabels, isAdditive, !unwraps, !measuresLine {
      aggregateFields = RangePlan.fields(demand, lineLabels, catalogue)
    } else {
      aggregateFields = nil
    }
  }

  /// The fields behind the labels that are wanted; nil when they are too many or only the rows know them.
  ///
  /// - Parameter lineLabels: labels that are the line.
  private static func fields(
    _ demand: LabelDemand, _ lineLabels: [String], _ catalogue: LabelCatalogue
  ) -> [LabelField]? {
    var fields: [LabelField] = []
    switch demand {
    case .all:
      guard lineLabels.isEmpty, let all = catalogue.allSources else { return nil }
      fields = all.map { LabelField(name: $0.name, source: $0.source) }
    case .only(let names):
      for name in names.sorted() {
        if lineLabels.contains(name) {
          guard catalogue.bodyTypes.isSubset(of: [.string]) else { return nil }
          let source = LabelSource(field: Field.body, types: catalogue.bodyTypes, meaning: .line)
          fields.append(LabelField(name: name, source: source))
          continue
        }
        if name.hasSuffix("_extracted") { return nil }
        guard let sources = catalogue.sources(of: name) else { return nil }
        fields += sources.map { LabelField(name: name, source: $0) }
      }
    }
    return fields.count <= fieldLimit ? fields : nil
  }

  /// Whether each group of the store is a series of its own, so that the largest groups are the largest series.
  var hasSeriesPerGroup: Bool {
    guard let fields = aggregateFields, Set(fields.map(\.name)).count == fields.count, demand != .all else {
      return false
    }
    return fields.allSatisfy { field in
      (field.source.meaning == .text && field.source.types.count == 1
        && field.source.types.isSubset(of: [.string, .int, .bool, .traceID, .spanID]))
    }
  }

  /// The labels of a group of the store.
  func labels(_ values: [AttributeValue?], _ fields: [LabelField]) -> LabelSet {
    var labels = RowLabels()
    for isStream in [true, false] {
      for (field, value) in zip(fields, values) where field.source.isStream == isStream {
        if value == nil, field.source.meaning == .line { labels.set(field.name, "", .parsed) }
        guard let value, let text = field.source.text(value) else { continue }
        if field.source.meaning != .text || !isStream {
          labels.addMetadata(field.name, text)
        } else if labels[field.name] == nil {
          labels.set(field.name, text, .stream)
        }
      }
    }
    addLevel(&labels, values, fields)
    return grouped(labels.labelSet)
  }

  /// Where all labels are shown, the level of a severity number is one of them.
  private func addLevel(_ labels: inout RowLabels, _ values: [AttributeValue?], _ fields: [LabelField]) {
    guard demand == .all, labels[DetectedLevel.name] == nil else { return }
    for (field, value) in zip(fields, values) where field.source.field == Field.severity {
      if case .int(let number)? = value, let text = DetectedLevel.text(severity: number) {
        labels.addMetadata(DetectedLevel.name, text)
      }
    }
  }

  private func grouped(_ labels: LabelSet) -> LabelSet {
    guard let grouping else { return labels }
    return labels.grouped(by: grouping)
  }

  /// Adds the samples of a batch; returns how many there were.
  func add(
    _ batch: RecordBatch, _ pipeline: RowPipeline, _ windows: WindowAxis, _ streamLabels: inout StreamLabels,
    _ table: inout SampleTable
  ) throws(LogQLError) -> Int {
    var rows = BatchRows(batch, needs: needs, streamLabels: &streamLabels)
    let measuresLine = aggregation.function == .bytes || aggregation.function == .bytesRate
    var added = 0
    for number in 0..<rows.count {
      try LogQLEngine.checkCancellation(row: number)
      var row = rows.row(number)
      guard let value = pipeline.sample(&row, { measuresLine ? Double($0.line.count) : 1 }) else { continue }
      if let error = row.labels.error { throw RangePlan.pipelineError(error, row.labels.labelSet) }
      let index = try table.index(of: grouped(row.labels.labelSet))
      if isAdditive {
        table.add(value, count: 1, bucket: windows.bucket(row.time), to: index)
      } else {
        table.add(SampleTable.Sample(time: row.time, value: value), to: index)
      }
      added += 1
    }
    return added
  }

  private static func pipelineError(_ error: String, _ labels: LabelSet) -> LogQLError {
    .evaluation(
      """
      pipeline error: '\(error)' for series: '\(labels.text)'.
      Use a label filter to intentionally skip this error. (e.g | __error__!="\(error)").
      To skip all potential errors you can match empty errors.(e.g __error__="")
      The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )

      """)
  }
}
