package import TelemetryModel
import TelemetryText

/// Writes JSON text byte by byte, straight from columns, without building values in between.
///
/// Commas come by themselves: each value or key adds one when another stands before it in the same array or object.
/// Cost: about 170 ns for a row of five fields (design measurement), against 3 µs through an encoder.
package struct JSONWriter {
  /// The text so far.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Begins a new text and keeps the memory.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Lets go of what was sent; what follows continues it, also in the middle of an array.
  package mutating func removeSent() { bytes.removeAll(keepingCapacity: true) }

  /// Takes back the line that was begun and not ended.
  package mutating func dropOpenLine() {
    let kept = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    bytes.removeLast(bytes.count - kept)
    needsComma = false
  }

  @inline(__always)
  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  package mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  package mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  package mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  package mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// Ends a line of NDJSON.
  package mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// A key that is known when the program is written and needs no escapes.
  package mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A key made before, with its quotes and colon.
  package mutating func member(_ key: [UInt8]) {
    separate()
    bytes.append(contentsOf: key)
    needsComma = false
  }

  package mutating func member(_ name: StaticString, string text: String) {
    key(name)
    string(text)
  }

  package mutating func member(_ name: StaticString, integer number: some BinaryInteger) {
    key(name)
    integer(number)
  }

  package mutating func member(_ name: StaticString, time nanoseconds: Int64) {
    key(name)
    time(nanoseconds)
  }

  package mutating func member(_ name: StaticString, bool flag: Bool) {
    key(name)
    bool(flag)
  }

  package mutating func null() { raw("null") }
  package mutating func bool(_ flag: Bool) { raw(flag ? "true" : "false") }

  package mutating func string(_ text: String) {
    var text = text
    separate()
    text.withUTF8 { unsafe JSONQuoting.append(UnsafeRawBufferPointer($0), to: &bytes) }
  }

  /// Text as stored; invalid UTF-8 is replaced.
  package mutating func string(_ utf8: ArraySlice<UInt8>) {
    separate()
    unsafe utf8.withUnsafeBytes { unsafe JSONQuoting.append($0, to: &bytes) }
  }

  /// A JSON number.
  package mutating func integer(_ number: some BinaryInteger) {
    separate()
    appendDigits(Int64(clamping: number))
  }

  /// Nanoseconds since 1970, as a decimal string.
  package mutating func time(_ nanoseconds: Int64) { quoted(nanoseconds) }

  /// An integer as a decimal string.
  package mutating func quoted(_ number: Int64) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    appendDigits(number)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A JSON number with a fraction or an exponent; null when it is not finite.
  package mutating func number(_ number: Double) {
    guard number.isFinite else { return null() }
    separate()
    bytes.append(contentsOf: number.description.utf8)
  }

  package mutating func number(_ number: Double?) {
    if let number { self.number(number) } else { null() }
  }

  /// A typed value as the API writes it: integers beyond ±2⁵³, doubles that are not finite and bytes get a wrapper.
  package mutating func value(_ value: AttributeValue) {
    switch value {
    case .empty: null()
    case .string(let text): string(text)
    case .bool(let flag): bool(flag)
    case .int(let number): typed(number)
    case .double(let number): typed(number)
    case .bytes(let content): base64(content[...])
    case .array(let values):
      beginArray()
      for value in values { self.value(value) }
      endArray()
    case .map(let entries): object(entries)
    }
  }

  package mutating func value(_ value: AttributeValue?) {
    if let value { self.value(value) } else { null() }
  }

  package mutating func object(_ entries: [Attribute]) {
    beginObject()
    for entry in entries {
      key(entry.key)
      value(entry.value)
    }
    endObject()
  }

  /// An attribute's integer.
  package mutating func typed(_ number: Int64) {
    if number.magnitude <= 1 << 53 { return integer(number) }
    beginObject()
    key("$int")
    time(number)
    endObject()
  }

  /// An attribute's double.
  package mutating func typed(_ number: Double) {
    if number.isFinite { return self.number(number) }
    beginObject()
    key("$double")
    string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
    endObject()
  }

  /// An attribute's bytes.
  package mutating func base64(_ content: ArraySlice<UInt8>) {
    beginObject()
    key("$bytes")
    separate()
    bytes.append(UInt8(ascii: "\""))
    Base64.append(content, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    endObject()
  }

  /// JSON text made before, as one value.
  package mutating func raw(_ text: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
  }

  private mutating func raw(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func appendDigits(_ number: Int64) {
    var rest = number.magnitude
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    if rest < 10 { return bytes.append(UInt8(rest) + 0x30) }
    let start = bytes.count
    while rest > 0 {
      bytes.append(UInt8(rest % 10) + 0x30)
      rest /= 10
    }
    bytes[start...].reverse()
  }
}
