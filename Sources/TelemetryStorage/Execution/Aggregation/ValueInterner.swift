import TelemetryModel

/// Gives the values of one group field codes, the same in every block that one worker reads. Code 0 is "no value".
struct ValueInterner: ~Copyable {
  /// Value of code `i` at `i - 1`.
  private(set) var values: [AttributeValue] = []
  private var strings = BytesInterner(expectedCount: 64)
  private var stringCodes: [UInt32] = []
  private var integers = NumberCodes()
  private var booleans = NumberCodes()
  private var doubles = NumberCodes()
  private var spanIDs = NumberCodes()
  private var traceIDs = IdentifierInterner(expectedCount: 16)
  private var traceCodes: [UInt32] = []
  /// Bytes, arrays, maps and empty values.
  private var others: [AttributeValue: UInt32] = [:]

  init() {}

  var memoryBytes: Int { strings.byteCount * 2 + values.count * 64 }

  func value(of code: UInt32) -> AttributeValue? { code == 0 ? nil : values[Int(code) - 1] }

  mutating func code(of value: AttributeValue?) -> UInt32 {
    switch value {
    case nil: return 0
    case .string(let text)?:
      let bytes = BytesColumn([text])
      return code(ofString: 0, in: bytes)
    case .int(let number)?: return code(ofInteger: number, isBoolean: false)
    case .bool(let flag)?: return code(ofInteger: flag ? 1 : 0, isBoolean: true)
    case .double(let number)?: return code(ofDouble: number)
    case .some(let other):
      if let known = others[other] { return known }
      values.append(other)
      others[other] = UInt32(values.count)
      return UInt32(values.count)
    }
  }

  /// Writes the code of each value of the column to its row's place in `codes`; `rows` are the rows that count.
  mutating func encode(_ column: Column, rows: [UInt32], into codes: inout [UInt32]) {
    switch column.values {
    case .dictionary(let valueCodes, let distinct):
      let unknown = UInt32.max
      var known = [UInt32](repeating: unknown, count: distinct.count)
      forEachValue(rows, column) { position, index in
        let own = Int(valueCodes[index])
        if known[own] == unknown { known[own] = code(of: own, in: distinct, type: column.key.type) }
        codes[position] = known[own]
      }
    case .bytes(let values):
      forEachValue(rows, column) { codes[$0] = code(of: $1, in: values, type: column.key.type) }
    case .int64(let numbers):
      let isBoolean = column.key.type == .bool
      var last: (number: Int64, code: UInt32)?
      forEachValue(rows, column) { position, index in
        let number = numbers[index]
        if let last, last.number == number {
          codes[position] = last.code
        } else {
          let code = code(ofInteger: number, isBoolean: isBoolean)
          codes[position] = code
          last = (number, code)
        }
      }
    case .double(let numbers):
      forEachValue(rows, column) { codes[$0] = code(ofDouble: numbers[$1]) }
    case .spanIDs(let ids):
      forEachValue(rows, column) { codes[$0] = code(ofSpan: ids[$1]) }
    case .traceIDs(let ids):
      forEachValue(rows, column) { codes[$0] = code(ofTrace: ids[$1]) }
    }
  }

  private mutating func code(of index: Int, in column: BytesColumn, type: ValueType) -> UInt32 {
    if type == .string { return code(ofString: index, in: column) }
    return code(of: Column(ColumnKey(.any, "", type), values: .bytes(column)).value(at: index))
  }

  private mutating func code(ofString index: Int, in column: BytesColumn) -> UInt32 {
    let own = Int(strings.code(of: index, in: column))
    if own == stringCodes.count {
      values.append(.string(String(decoding: column[index], as: UTF8.self)))
      stringCodes.append(UInt32(values.count))
    }
    return stringCodes[own]
  }

  @inline(__always)
  private mutating func code(ofInteger number: Int64, isBoolean: Bool) -> UInt32 {
    let bits = UInt64(bitPattern: number)
    if isBoolean { return booleans.code(of: bits, &values) { .bool($0 != 0) } }
    return integers.code(of: bits, &values) { .int(Int64(bitPattern: $0)) }
  }

  @inline(__always)
  private mutating func code(ofDouble number: Double) -> UInt32 {
    doubles.code(of: number.bitPattern, &values) { .double(Double(bitPattern: $0)) }
  }

  private mutating func code(ofSpan id: SpanID) -> UInt32 {
    spanIDs.code(of: id.value, &values) { bits in
      Column(ColumnKey(.any, "", .spanID), values: .spanIDs([SpanID(bits)])).value(at: 0)
    }
  }

  private mutating func code(ofTrace id: TraceID) -> UInt32 {
    let own = Int(traceIDs.code(of: id))
    if own == traceCodes.count {
      values.append(Column(ColumnKey(.any, "", .traceID), values: .traceIDs([id])).value(at: 0))
      traceCodes.append(UInt32(values.count))
    }
    return traceCodes[own]
  }
}

/// Codes of 64-bit values of one type.
private struct NumberCodes {
  private var table = KeyTable()
  /// By number in the table.
  private var codes: [UInt32] = []

  /// The code of `bits`; a value seen for the first time is made and appended to `values`.
  @inline(__always)
  mutating func code(
    of bits: UInt64, _ values: inout [AttributeValue], _ make: (UInt64) -> AttributeValue
  ) -> UInt32 {
    let number = Int(table.number(of: bits))
    if number == codes.count {
      values.append(make(bits))
      codes.append(UInt32(values.count))
    }
    return codes[number]
  }
}
