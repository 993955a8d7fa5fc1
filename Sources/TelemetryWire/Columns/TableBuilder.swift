import TelemetryModel

/// The growing rows of one table: its intrinsic columns, its attribute columns and, of a child table, the parents.
///
/// A row is begun, filled and committed; `rollback` takes back everything since the last `mark`. Reused between
/// bodies: `reset` keeps keys, columns and memory up to a bound.
@safe
struct TableBuilder: ~Copyable {
  /// Columns kept from one body to the next, and the most that one body may have. Beyond it a body's further keys are
  /// dropped and counted: a column per record would cost more memory than the body.
  static let keptColumnLimit = 4096
  static let columnLimit = 65536

  private let scope: FieldScope
  private let intrinsicCount: Int
  private var columns: UnsafeMutablePointer<ColumnBuilder>
  private(set) var columnCount = 0
  private var columnCapacity: Int
  private var keys = KeyTable()
  /// Columns appended to since the mark.
  private var touched = GrowableBuffer<UInt32>()
  private var parents = GrowableBuffer<UInt32>()
  private var markedRow = 0
  /// Differs for every row ever begun, so that a rolled-back row is never taken for the next one.
  private var serial: UInt64 = 0
  private(set) var rowCount = 0
  /// Attributes seen in the row, and of them those left out.
  private var attributeCount = 0
  private(set) var droppedAttributes: UInt64 = 0

  /// A table whose columns 0, 1, 2 … are `intrinsics`; attribute columns get `scope`.
  init(intrinsics: [ColumnKey], attributes scope: FieldScope) {
    self.scope = scope
    intrinsicCount = intrinsics.count
    columnCapacity = intrinsics.count + 64
    unsafe columns = .allocate(capacity: columnCapacity)
    for key in intrinsics { _ = addColumn(key) }
  }

  deinit {
    unsafe columns.deinitialize(count: columnCount)
    unsafe columns.deallocate()
  }

  private mutating func addColumn(_ key: ColumnKey) -> Int {
    if columnCount == columnCapacity {
      let grown = UnsafeMutablePointer<ColumnBuilder>.allocate(capacity: columnCapacity * 2)
      unsafe grown.moveInitialize(from: columns, count: columnCount)
      unsafe columns.deallocate()
      unsafe columns = grown
      columnCapacity *= 2
    }
    unsafe (columns + columnCount).initialize(to: ColumnBuilder(key))
    columnCount += 1
    return columnCount - 1
  }

  // MARK: Rows

  /// Rows from here on can be rolled back together.
  mutating func mark() {
    markedRow = rowCount
    touched.truncate(to: 0)
  }

  @inline(__always)
  mutating func beginRow() {
    serial &+= 1
    attributeCount = 0
    droppedAttributes = 0
  }

  @inline(__always)
  mutating func commitRow() { rowCount &+= 1 }

  /// Commits a row of a child table.
  mutating func commitRow(parent: Int) {
    parents.append(UInt32(truncatingIfNeeded: parent))
    rowCount &+= 1
  }

  /// Takes every value and row since `mark` back.
  mutating func rollback() {
    for index in 0..<touched.count {
      let column = Int(touched[index])
      while let last = unsafe columns[column].lastRow, last >= markedRow { unsafe columns[column].removeLast() }
    }
    touched.truncate(to: 0)
    parents.truncate(to: markedRow)
    rowCount = markedRow
  }

  // MARK: Intrinsic columns

  @inline(__always)
  mutating func append(_ column: Int, _ word: UInt64) {
    precondition(column >= 0 && column < columnCount, "the column exists")
    touched.append(UInt32(truncatingIfNeeded: column))
    unsafe columns[column].append(word, row: rowCount)
  }

  @inline(__always)
  mutating func append(_ column: Int, _ number: Int64) { append(column, UInt64(bitPattern: number)) }

  /// Appends a number that is absent when 0.
  @inline(__always)
  mutating func appendUnlessZero(_ column: Int, _ word: UInt64) { if word != 0 { append(column, word) } }

  mutating func append(_ column: Int, _ id: TraceID) {
    precondition(column >= 0 && column < columnCount, "the column exists")
    touched.append(UInt32(truncatingIfNeeded: column))
    unsafe columns[column].append(high: id.high, low: id.low, row: rowCount)
  }

  /// Appends bytes as they are.
  @inline(__always)
  mutating func append(_ column: Int, _ bytes: RawSpan, _ start: Int, _ end: Int) {
    precondition(column >= 0 && column < columnCount, "the column exists")
    touched.append(UInt32(truncatingIfNeeded: column))
    unsafe columns[column].append(bytes, start, end, row: rowCount)
  }

  /// Appends a buffer's content.
  mutating func append(_ column: Int, _ content: borrowing GrowableBuffer<UInt8>) {
    append(column, content.bytes, 0, content.count)
  }

  /// Appends a buffer's content unless there is none.
  mutating func appendUnlessEmpty(_ column: Int, _ content: borrowing GrowableBuffer<UInt8>) {
    if content.count > 0 { append(column, content) }
  }

  /// Appends text: valid UTF-8 within the limit as it is, other text repaired and cut.
  @inline(__always)
  mutating func appendText(
    _ column: Int, _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) {
    if range.count <= context.limits.valueBytes, bytes.isValidUTF8(range.start, range.end) {
      append(column, bytes, range.start, range.end)
    } else {
      context.repair(bytes, range)
      append(column, context.repairedText)
    }
  }

  /// Appends text that is absent when empty.
  @inline(__always)
  mutating func appendTextUnlessEmpty(
    _ column: Int, _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) {
    if range.count > 0 { appendText(column, bytes, range, &context) }
  }

  /// Appends a typed value to `column`, which must be of its type.
  @inline(__always)
  mutating func append(
    _ column: Int, _ bytes: RawSpan, _ value: WireValue, _ context: inout WalkContext
  ) throws(WireError) {
    switch value.type {
    case .string: appendText(column, bytes, value.range, &context)
    case .bool, .int, .double: append(column, value.bits)
    case .bytes:
      let end = context.cut(value.range)
      append(column, bytes, value.range.start, end)
    case .array, .map:
      try context.encodeNested(bytes, value)
      append(column, context.encodedValue)
    case .empty, .traceID, .spanID: append(column, bytes, value.range.start, value.range.start)
    }
  }

  // MARK: Attributes

  /// Appends the attribute that the `KeyValue` message in `range` holds. The last value of a key in a row wins.
  @inline(__always)
  mutating func appendAttribute(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    let position = attributeCount
    attributeCount &+= 1
    guard position < context.limits.attributes else { return drop(.attributesOverLimit, bytes, WireRange(), &context) }
    let pair = try bytes.keyValue(range, &context)
    guard pair.key.count <= context.limits.keyBytes else { return drop(.keyTooLong, bytes, pair.key, &context) }
    guard pair.key.count > 0 else { return drop(.emptyKey, bytes, pair.key, &context) }
    try place(bytes, pair.key, try bytes.anyValue(pair.value, &context), position: position, &context)
  }

  /// Appends an attribute whose key and text are in these ranges. The last value of a key in a row wins.
  mutating func appendAttribute(
    _ bytes: RawSpan, key: WireRange, text: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    let position = attributeCount
    attributeCount &+= 1
    guard position < context.limits.attributes else { return drop(.attributesOverLimit, bytes, key, &context) }
    guard key.count <= context.limits.keyBytes else { return drop(.keyTooLong, bytes, key, &context) }
    guard key.count > 0 else { return drop(.emptyKey, bytes, key, &context) }
    try place(bytes, key, WireValue(type: .string, range: text), position: position, &context)
  }

  @inline(__always)
  private mutating func place(
    _ bytes: RawSpan, _ range: WireRange, _ value: WireValue, position: Int, _ context: inout WalkContext
  ) throws(WireError) {
    guard let key = key(bytes, range, position: position, &context),
      let column = keys.column(key, value.type) ?? newColumn(key, value.type, bytes, range)
    else { return drop(.distinctKeysOverLimit, bytes, range, &context) }
    if let earlier = keys.claim(key, serial: serial, column: column) {
      unsafe columns[earlier].removeLast()
      context.ledger.note(.duplicateKey, bytes, range)
    }
    try append(column, bytes, value, &context)
  }

  @inline(never)
  private mutating func drop(
    _ reason: LedgerReason, _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) {
    droppedAttributes &+= 1
    context.ledger.note(reason, bytes, range)
  }

  @inline(__always)
  private mutating func key(
    _ bytes: RawSpan, _ range: WireRange, position: Int, _ context: inout WalkContext
  ) -> Int? {
    if let key = keys.find(bytes, range.start, range.end, position: position) { return key }
    return newKey(bytes, range, position: position, &context)
  }

  @inline(never)
  private mutating func newKey(
    _ bytes: RawSpan, _ range: WireRange, position: Int, _ context: inout WalkContext
  ) -> Int? {
    if bytes.isValidUTF8(range.start, range.end) {
      guard columnCount < TableBuilder.columnLimit else { return nil }
      return keys.insert(bytes, range.start, range.end, position: position)
    }
    context.repair(bytes, range, limit: .max)
    let end = context.repairedText.count
    if let key = keys.find(context.repairedText.bytes, 0, end, position: position) { return key }
    guard columnCount < TableBuilder.columnLimit else { return nil }
    return keys.insert(context.repairedText.bytes, 0, end, position: position)
  }

  @inline(never)
  private mutating func newColumn(_ key: Int, _ type: ValueType, _ bytes: RawSpan, _ range: WireRange) -> Int? {
    guard columnCount < TableBuilder.columnLimit else { return nil }
    let column = addColumn(ColumnKey(scope, bytes.text(range.start, range.end), type))
    keys.setColumn(key, type, column)
    return column
  }

  // MARK: Bodies

  /// The columns that have values.
  func finishedColumns() -> [Column] {
    var finished: [Column] = []
    for index in 0..<columnCount where unsafe columns[index].count > 0 {
      unsafe finished.append(columns[index].column(rowCount: rowCount))
    }
    return finished
  }

  /// The rows as a child table; nil when there are none.
  func finishedChild(_ kind: ChildKind) -> ChildTable? {
    rowCount == 0 ? nil : ChildTable(kind: kind, parentRows: parents.array(), columns: finishedColumns())
  }

  /// Forgets the rows. Keys and columns stay for the next body unless there are too many of them.
  mutating func reset() {
    if columnCount > TableBuilder.keptColumnLimit {
      unsafe (columns + intrinsicCount).deinitialize(count: columnCount - intrinsicCount)
      columnCount = intrinsicCount
      keys.removeAll()
    }
    for index in 0..<columnCount { unsafe columns[index].removeAll() }
    touched.removeAll()
    parents.removeAll()
    rowCount = 0
    markedRow = 0
  }
}

extension TableBuilder {
  /// Appends the attributes in the fields `tag` of the message in `range`, passing over the other fields.
  mutating func appendAttributes(
    _ bytes: RawSpan, _ range: WireRange, tag attributeTag: UInt32, _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      if tag == attributeTag {
        try appendAttribute(bytes, try bytes.protobufRange(&position, range.end), &context)
      } else {
        try bytes.protobufSkip(tag, &position, range.end)
      }
    }
  }
}
