import TelemetryModel

/// Gives the values of one group field codes, the same in every block that one worker reads. Code 0 is "no value".
struct ValueInterner: ~Copyable {
  /// What stands behind a code; texts and ids become values when they are asked for.
  fileprivate enum Entry {
    case value(AttributeValue)
    /// Number in `strings`.
    case string(UInt32)
    case span(SpanID)
    case trace(TraceID)
  }

  /// Entry of code `i` at `i - 1`.
  private var entries: [Entry] = []
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

  var memoryBytes: Int { strings.byteCount * 2 + entries.count * 64 }

  /// How many codes there are, with that of "no value".
  var count: Int { entries.count + 1 }

  func value(of code: UInt32) -> AttributeValue? {
    guard code > 0 else { return nil }
    return switch entries[Int(code) - 1] {
    case .value(let value): value
    case .string(let number): .string(strings.text(of: number))
    case .span(let id): Column(ColumnKey(.any, "", .spanID), values: .spanIDs([id])).value(at: 0)
    case .trace(let id): Column(ColumnKey(.any, "", .traceID), values: .traceIDs([id])).value(at: 0)
    }
  }

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
      entries.append(.value(other))
      others[other] = UInt32(entries.count)
      return UInt32(entries.count)
    }
  }

  /// The code here of each code of `other` that `isNeeded`; 0 for the rest.
  mutating func codes(of other: borrowing ValueInterner, isNeeded: [Bool]) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: other.count)
    for index in other.entries.indices where isNeeded[index + 1] {
      switch other.entries[index] {
      case .value(let value): codes[index + 1] = code(of: value)
      case .string(let number): codes[index + 1] = code(ofInterned: strings.code(of: number, in: other.strings))
      case .span(let id): codes[index + 1] = code(ofSpan: id)
      case .trace(let id): codes[index + 1] = code(ofTrace: id)
      }
    }
    return codes
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
    code(ofInterned: strings.code(of: index, in: column))
  }

  @inline(__always)
  private mutating func code(ofInterned number: UInt32) -> UInt32 {
    if Int(number) == stringCodes.count {
      entries.append(.string(number))
      stringCodes.append(UInt32(entries.count))
    }
    return stringCodes[Int(number)]
  }

  @inline(__always)
  private mutating func code(ofInteger number: Int64, isBoolean: Bool) -> UInt32 {
    let bits = UInt64(bitPattern: number)
    if isBoolean { return booleans.code(of: bits, &entries) { .value(.bool($0 != 0)) } }
    return integers.code(of: bits, &entries) { .value(.int(Int64(bitPattern: $0))) }
  }

  @inline(__always)
  private mutating func code(ofDouble number: Double) -> UInt32 {
    doubles.code(of: number.bitPattern, &entries) { .value(.double(Double(bitPattern: $0))) }
  }

  private mutating func code(ofSpan id: SpanID) -> UInt32 {
    spanIDs.code(of: id.value, &entries) { .span(SpanID($0)) }
  }

  private mutating func code(ofTrace id: TraceID) -> UInt32 {
    let own = Int(traceIDs.code(of: id))
    if own == traceCodes.count {
      entries.append(.trace(id))
      traceCodes.append(UInt32(entries.count))
    }
    return traceCodes[own]
  }
}

/// Codes of 64-bit values of one type.
private struct NumberCodes {
  private var table = KeyTable()
  /// By number in the table.
  private var codes: [UInt32] = []

  /// The code of `bits`; an entry for bits seen for the first time is made and appended.
  @inline(__always)
  mutating func code(
    of bits: UInt64, _ entries: inout [ValueInterner.Entry], _ make: (UInt64) -> ValueInterner.Entry
  ) -> UInt32 {
    let number = Int(table.number(of: bits))
    if number == codes.count {
      entries.append(make(bits))
      codes.append(UInt32(entries.count))
    }
    return codes[number]
  }
}
