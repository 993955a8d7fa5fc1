import TelemetryModel

/// Codec of columns that stand close to a base column: times beside the row's time, a parent's id beside the ids of the
/// block's spans. See docs/format/part.md, "Encodings" 10 and 11.
enum RelativeCodec {
  /// Appends times as differences to the times of their rows when that takes less than `plain` would; false, and nothing
  /// appended, when it does not.
  static func append(
    _ values: Span<Int64>, rows: [Int64]?, base: BaseColumns, to writer: inout EncodingWriter
  ) -> Bool {
    guard !base.times.isEmpty else { return false }
    var differences: [Int64] = []
    differences.reserveCapacity(values.count)
    for index in 0..<values.count {
      let row = rows.map { Int($0[index]) } ?? index
      guard row < base.times.count else { return false }
      differences.append(values[index] &- base.times[row])
    }
    var attempt = EncodingWriter()
    WordCodec.appendNested(differences.span, to: &attempt)
    if attempt.count > values.count / 2 {
      var plain = EncodingWriter()
      WordCodec.appendNested(values, to: &plain)
      if plain.count <= attempt.count { return false }
    }
    writer.append(contentsOf: attempt.bytes)
    return true
  }

  static func decodeTimes(
    count: Int, rows: [UInt32]?, base: BaseColumns, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [Int64] {
    var values = try WordCodec.decodeNested(count: count, &reader)
    guard base.times.count >= (rows?.last.map { Int($0) + 1 } ?? count) else {
      throw EncodingError(.damaged, "times relative to a column that is missing")
    }
    for index in values.indices { values[index] &+= base.times[rows.map { Int($0[index]) } ?? index] }
    return values
  }

  /// Appends parent ids as distances in rows to the span that has the id: positive when it stands before its child, 0 when
  /// it is not in the block. False, and nothing appended, when most are not.
  static func append(
    parents ids: ArraySlice<SpanID>, rows: [Int64]?, base: BaseColumns, to writer: inout EncodingWriter
  ) -> Bool {
    guard !base.spanIDs.isEmpty else { return false }
    let rowOfSpan = SpanRows(base.spanIDs)
    var distances: [Int64] = []
    distances.reserveCapacity(ids.count)
    var absent: [SpanID] = []
    for (index, id) in ids.enumerated() {
      let row = rows.map { $0[index] } ?? Int64(index)
      let distance = rowOfSpan[id].map { row - Int64($0) } ?? 0
      if distance == 0 { absent.append(id) }
      distances.append(distance)
    }
    guard absent.count * 2 < ids.count else { return false }
    WordCodec.appendNested(distances.span, to: &writer)
    for id in absent { writer.append(fixed: id.value) }
    return true
  }

  static func decodeParents(
    count: Int, rows: [UInt32]?, base: BaseColumns, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [SpanID] {
    let distances = try WordCodec.decodeNested(count: count, &reader)
    var parents: [SpanID] = []
    parents.reserveCapacity(count)
    for (index, distance) in distances.enumerated() {
      if distance == 0 {
        parents.append(SpanID(try reader.fixed(UInt64.self)))
        continue
      }
      let row = rows.map { Int64($0[index]) } ?? Int64(index)
      let (parent, isFar) = row.subtractingReportingOverflow(distance)
      guard !isFar, parent >= 0, parent < Int64(base.spanIDs.count) else {
        throw EncodingError(.damaged, "a parent is beyond its block")
      }
      parents.append(base.spanIDs[Int(parent)])
    }
    return parents
  }
}

/// The first row of each span id of a block. Open addressing: a block has up to 65,536.
private struct SpanRows {
  private let ids: [SpanID]
  /// Row + 1; 0 is empty.
  private var slots: [UInt32]
  private let shift: UInt64

  init(_ ids: [SpanID]) {
    self.ids = ids
    let bits = max(6, BitPacking.width(of: UInt64(ids.count)) + 1)
    shift = UInt64(64 - bits)
    slots = [UInt32](repeating: 0, count: 1 << bits)
    for (row, id) in ids.enumerated() {
      let slot = slot(of: id)
      if slots[slot] == 0 { slots[slot] = UInt32(row + 1) }
    }
  }

  subscript(id: SpanID) -> Int? {
    let row = slots[slot(of: id)]
    return row == 0 ? nil : Int(row) - 1
  }

  /// Where the id stands, or the empty slot where it would.
  private func slot(of id: SpanID) -> Int {
    var slot = Int(truncatingIfNeeded: (id.value &* 0x9e37_79b9_7f4a_7c15) &>> shift)
    while slots[slot] != 0, ids[Int(slots[slot]) - 1] != id { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }
}
