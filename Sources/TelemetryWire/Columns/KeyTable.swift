import TelemetryModel

/// The attribute keys of a table and the columns each has, one a type.
///
/// Records of one library carry the same keys in the same order, so the key at the same position of the previous
/// record is compared first; only a miss hashes.
struct KeyTable: ~Copyable {
  private static let typeCount = 8
  private static let predictionCount = 64

  private var table = ByteTable()
  /// Column + 1 by `key * typeCount + type`; 0 when the key has none of that type.
  private var columns = GrowableBuffer<UInt32>()
  /// Key + 1 by attribute position.
  private var predictions = GrowableBuffer<UInt32>()
  /// The row serial that last set the key, and the column it went to: how a second value of one row is found.
  private var lastSerials = GrowableBuffer<UInt64>()
  private var lastColumns = GrowableBuffer<UInt32>()

  init() {
    for _ in 0..<KeyTable.predictionCount { predictions.append(0) }
  }

  var count: Int { table.count }

  /// The key `bytes[start ..< end]` as number, by prediction and then by hash; nil when it is new.
  @inline(__always)
  mutating func find(_ bytes: RawSpan, _ start: Int, _ end: Int, position: Int) -> Int? {
    if position < KeyTable.predictionCount {
      let predicted = Int(predictions[position]) &- 1
      if predicted >= 0, table.equals(predicted, bytes, start, end) { return predicted }
    }
    return findByHash(bytes, start, end, position: position)
  }

  @inline(never)
  private mutating func findByHash(_ bytes: RawSpan, _ start: Int, _ end: Int, position: Int) -> Int? {
    guard let key = table.find(bytes, start, end, hash: ByteHash.hash(bytes, start, end)) else { return nil }
    predict(key, position: position)
    return key
  }

  private mutating func predict(_ key: Int, position: Int) {
    if position < KeyTable.predictionCount { predictions[position] = UInt32(truncatingIfNeeded: key &+ 1) }
  }

  /// Adds a key that `find` did not know.
  mutating func insert(_ bytes: RawSpan, _ start: Int, _ end: Int, position: Int) -> Int {
    let key = table.insert(bytes, start, end, hash: ByteHash.hash(bytes, start, end))
    for _ in 0..<KeyTable.typeCount { columns.append(0) }
    lastSerials.append(0)
    lastColumns.append(0)
    predict(key, position: position)
    return key
  }

  /// The column of `key` for values of `type`.
  @inline(__always)
  func column(_ key: Int, _ type: ValueType) -> Int? {
    let column = columns[key &* KeyTable.typeCount &+ Int(type.rawValue)]
    return column == 0 ? nil : Int(column) &- 1
  }

  mutating func setColumn(_ key: Int, _ type: ValueType, _ column: Int) {
    columns[key &* KeyTable.typeCount &+ Int(type.rawValue)] = UInt32(truncatingIfNeeded: column &+ 1)
  }

  /// Notes that the row of `serial` has a value of `key` in `column`; returns the column of an earlier value, if any.
  @inline(__always)
  mutating func claim(_ key: Int, serial: UInt64, column: Int) -> Int? {
    let earlier = lastSerials[key] == serial ? Int(lastColumns[key]) : nil
    lastSerials[key] = serial
    lastColumns[key] = UInt32(truncatingIfNeeded: column)
    return earlier
  }

  mutating func removeAll() {
    table.removeAll()
    columns.removeAll()
    lastSerials.removeAll()
    lastColumns.removeAll()
    for index in 0..<predictions.count { predictions[index] = 0 }
  }
}
