/// Identifies one column of a batch, a part or a child table. A key with two types is two columns.
package struct ColumnKey: Sendable, Hashable {
  /// `.intrinsic` or the attribute scope of the table's own rows: `.record` for records, spans and (exemplars') filtered
  /// attributes, `.event` and `.link` in child tables. Resource and scope attributes are no columns: they stand in the
  /// batch's tables.
  package let scope: FieldScope
  package let name: String
  package let type: ValueType

  package init(_ scope: FieldScope, _ name: String, _ type: ValueType) {
    self.scope = scope
    self.name = name
    self.type = type
  }

  package init(_ field: FieldReference, _ type: ValueType) { self.init(field.scope, field.key, type) }
}

/// One column: the values, and the rows they belong to.
package struct Column: Sendable {
  package let key: ColumnKey
  /// The rows that have a value, strictly ascending; nil when every row has one. `rows.count == values.count`.
  package let rows: [UInt32]?
  package let values: ColumnValues

  package init(_ key: ColumnKey, rows: [UInt32]? = nil, values: ColumnValues) {
    self.key = key
    self.rows = rows
    self.values = values
  }

  /// Index into `values` for `row`, or nil when the row has none. Cost: constant when dense, else a binary search.
  package func index(ofRow row: Int) -> Int? {
    guard let rows else { return row < values.count ? row : nil }
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < UInt32(row) { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low] == UInt32(row) ? low : nil
  }

  /// The typed value of `row`; nil when it has none. For answers, not for scans.
  package func value(atRow row: Int) -> AttributeValue? { index(ofRow: row).map { value(at: $0) } }

  /// The typed value at `index` of `values`. Ids come as `bytes`.
  package func value(at index: Int) -> AttributeValue {
    switch values {
    case .int64(let numbers): return key.type == .bool ? .bool(numbers[index] != 0) : .int(numbers[index])
    case .double(let numbers): return .double(numbers[index])
    case .traceIDs(let ids): return .bytes(bigEndian(ids[index].high) + bigEndian(ids[index].low))
    case .spanIDs(let ids): return .bytes(bigEndian(ids[index].value))
    case .bytes(let column): return Column.value(column[index], type: key.type)
    case .dictionary(let codes, let distinct): return Column.value(distinct[Int(codes[index])], type: key.type)
    }
  }

  private static func value(_ bytes: ArraySlice<UInt8>, type: ValueType) -> AttributeValue {
    switch type {
    case .string: .string(String(decoding: bytes, as: UTF8.self))
    case .array, .map: ValueEncoding.decode(Array(bytes)) ?? .bytes(Array(bytes))
    case .empty: .empty
    default: .bytes(Array(bytes))
    }
  }
}

/// The values of a column, one per present row.
package enum ColumnValues: Sendable {
  /// `int`, `bool` (0 or 1), times.
  case int64([Int64])
  case double([Double])
  case traceIDs([TraceID])
  case spanIDs([SpanID])
  /// `string`, `bytes`, `array`, `map`, `empty`, each value on its own.
  case bytes(BytesColumn)
  /// The same types as `bytes`, as codes into the distinct values. Every code is below `distinct.count`; the distinct
  /// values are in no particular order and may include ones that no row uses.
  case dictionary(codes: [UInt32], distinct: BytesColumn)

  package var count: Int {
    switch self {
    case .int64(let values): values.count
    case .double(let values): values.count
    case .traceIDs(let values): values.count
    case .spanIDs(let values): values.count
    case .bytes(let values): values.count
    case .dictionary(let codes, _): codes.count
    }
  }

  /// Bytes of memory that the values take, for the memory budget.
  package var byteCount: Int {
    switch self {
    case .int64(let values): values.count * 8
    case .double(let values): values.count * 8
    case .traceIDs(let values): values.count * 16
    case .spanIDs(let values): values.count * 8
    case .bytes(let values): values.byteCount
    case .dictionary(let codes, let distinct): codes.count * 4 + distinct.byteCount
    }
  }
}

/// Variable-length values: one arena and the end offset of each value.
///
/// Invariants: `endOffsets` is ascending and its last element is `arena.count`. At most 4 GiB.
package struct BytesColumn: Sendable, Equatable {
  package private(set) var arena: [UInt8]
  package private(set) var endOffsets: [UInt32]

  package init() {
    arena = []
    endOffsets = []
  }

  /// Takes ready storage; nil when the offsets are not ascending or do not end at the arena's end.
  package init?(arena: [UInt8], endOffsets: [UInt32]) {
    var last: UInt32 = 0
    for end in endOffsets {
      if end < last { return nil }
      last = end
    }
    guard Int(last) == arena.count else { return nil }
    self.arena = arena
    self.endOffsets = endOffsets
  }

  /// Takes ready storage whose invariants the caller has just established (a builder, a gather).
  @inlinable
  package init(uncheckedArena arena: [UInt8], endOffsets: [UInt32]) {
    self.init(trusted: arena, endOffsets)
  }

  @usableFromInline
  init(trusted arena: [UInt8], _ endOffsets: [UInt32]) {
    assert(Int(endOffsets.last ?? 0) == arena.count, "offsets end where the arena ends")
    self.arena = arena
    self.endOffsets = endOffsets
  }

  package var count: Int { endOffsets.count }
  package var byteCount: Int { arena.count + endOffsets.count * 4 }

  /// The range of value `index` in `arena`.
  package func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(endOffsets[index - 1]))..<Int(endOffsets[index])
  }

  package subscript(index: Int) -> ArraySlice<UInt8> { arena[range(index)] }

  package mutating func append(_ bytes: some Collection<UInt8>) {
    arena.append(contentsOf: bytes)
    endOffsets.append(UInt32(truncatingIfNeeded: arena.count))
  }

  package mutating func reserve(values: Int, bytes: Int) {
    endOffsets.reserveCapacity(values)
    arena.reserveCapacity(bytes)
  }

  /// A column of UTF-8 texts.
  package init(_ texts: [String]) {
    self.init()
    for text in texts { append(text.utf8) }
  }
}

private func bigEndian(_ value: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - UInt64($0) * 8)) }
}
