import TelemetryModel
import TelemetryStore

/// A block with all that an aggregation needs of it read, so that nothing fails once states begin to change.
struct PreparedBlock {
  let rowCount: Int
  let selected: RowBitmap
  let columns: BlockColumns
  let groupFields: [FieldPlan]
  let aggregateFields: [FieldPlan?]
  let valueField: FieldPlan?
  /// Rows that pass each aggregate's filter; nil where all do.
  let filters: [RowBitmap?]
  /// The time bucket of every row, when metadata tells that there is only one.
  let onlyTimeBucket: Int64?
  /// Empty unless needed.
  let times: [Int64]

  init(
    _ plan: AggregationPlan, _ block: any BlockSource, _ selected: RowBitmap, _ columns: inout BlockColumns
  ) throws(StorageError) {
    let request = plan.request
    rowCount = block.rowCount
    self.selected = selected
    groupFields = request.groupBy.map { FieldPlan($0, in: block) }
    for field in groupFields where field.constant == nil { try field.load(&columns, selected) }
    valueField = request.valueBucket.map { FieldPlan($0.field, in: block) }
    try valueField?.load(&columns, selected)

    var aggregateFields: [FieldPlan?] = []
    var filters: [RowBitmap?] = []
    var needsTimes = false
    for (index, aggregate) in request.aggregates.enumerated() {
      let field = aggregate.field.map { FieldPlan($0, in: block) }
      try field?.load(&columns, selected)
      aggregateFields.append(field)
      if aggregate.function == .first || aggregate.function == .last { needsTimes = true }
      guard let bound = plan.filters[index]?.bound(to: block), bound.constant != true else {
        filters.append(nil)
        continue
      }
      filters.append(try bound.select(selected, &columns))
    }
    self.aggregateFields = aggregateFields
    self.filters = filters

    if let bucket = request.timeBucket {
      let first = bucket.index(of: max(block.timeFirst, request.timeRange.start))
      let last = bucket.index(of: min(block.timeLast, request.timeRange.end - 1))
      onlyTimeBucket = first == last ? first : nil
      if first != last { needsTimes = true }
    } else {
      onlyTimeBucket = nil
    }
    times = needsTimes ? try columns.times() : []
    self.columns = columns
  }
}
