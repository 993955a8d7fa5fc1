/// Reads times by Go layouts.
struct TimeReader {
  private var rest: Substring
  private var year: Int64 = 1
  private var month = 1
  private var day = 1
  private var dayOfYear: Int?
  private var hour = 0
  private var isHalfDay = false
  private var isAfternoon = false
  private var minute = 0
  private var second = 0
  private var nanosecond = 0
  private var offset: Int?

  /// The time of a text; nil when the text does not look like the layout.
  ///
  /// - Parameter zone: of texts that name none.
  static func time(_ text: String, layout: String, zone: TimeZoneRules) -> CivilTime? {
    var reader = TimeReader(rest: text[...])
    for piece in TimeLayout(layout).pieces {
      guard reader.read(piece) else { return nil }
    }
    guard reader.rest.isEmpty else { return nil }
    return reader.result(zone)
  }

  private init(rest: Substring) { self.rest = rest }

  private mutating func read(_ piece: TimeLayout.Piece) -> Bool {
    switch piece {
    case .literal(let literal):
      guard rest.hasPrefix(literal) else { return false }
      rest = rest.dropFirst(literal.count)
      return true
    case .fraction(_, _, let isTrimmed):
      if readFraction() { return true }
      return isTrimmed
    case .element(let element): return read(element: element)
    }
  }

  private mutating func readFraction() -> Bool {
    guard let first = rest.first, first == "." || first == "," else { return false }
    let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty else { return false }
    let nine = String(digits.prefix(9)) + String(repeating: "0", count: max(0, 9 - digits.count))
    nanosecond = Int(nine) ?? 0
    rest = rest.dropFirst(1 + digits.count)
    return true
  }

  private mutating func number(_ range: ClosedRange<Int>, _ least: Int, _ most: Int) -> Int? {
    let digits = rest.prefix(most).prefix { $0.isASCII && $0.isNumber }
    guard digits.count >= least, let value = Int(digits), range.contains(value) else { return nil }
    rest = rest.dropFirst(digits.count)
    return value
  }

  private mutating func word(_ words: [String], isShort: Bool) -> Int? {
    for (index, name) in words.enumerated() {
      let name = isShort ? String(name.prefix(3)) : name
      guard rest.prefix(name.count).lowercased() == name.lowercased() else { continue }
      rest = rest.dropFirst(name.count)
      return index
    }
    return nil
  }

  private mutating func read(element: String) -> Bool {
    switch element {
    case "2006": return number(0...9999, 4, 4).map { year = Int64($0) } != nil
    case "06": return number(0...99, 2, 2).map { year = Int64($0 >= 69 ? 1900 + $0 : 2000 + $0) } != nil
    case "January": return word(CivilTime.months, isShort: false).map { month = $0 + 1 } != nil
    case "Jan": return word(CivilTime.months, isShort: true).map { month = $0 + 1 } != nil
    case "01": return number(1...12, 2, 2).map { month = $0 } != nil
    case "1": return number(1...12, 1, 2).map { month = $0 } != nil
    case "Monday": return word(CivilTime.weekdays, isShort: false) != nil
    case "Mon": return word(CivilTime.weekdays, isShort: true) != nil
    case "02": return number(1...31, 2, 2).map { day = $0 } != nil
    case "2", "_2":
      while element == "_2", rest.first == " " { rest = rest.dropFirst() }
      return number(1...31, 1, 2).map { day = $0 } != nil
    case "002", "__2":
      while element == "__2", rest.first == " " { rest = rest.dropFirst() }
      return number(1...366, 1, 3).map { dayOfYear = $0 } != nil
    case "15": return number(0...23, 1, 2).map { hour = $0 } != nil
    case "03", "3":
      isHalfDay = true
      return number(1...12, element == "03" ? 2 : 1, 2).map { hour = $0 } != nil
    case "04": return number(0...59, 2, 2).map { minute = $0 } != nil
    case "4": return number(0...59, 1, 2).map { minute = $0 } != nil
    case "05", "5":
      guard let value = number(0...59, element == "05" ? 2 : 1, 2) else { return false }
      second = value
      // A fraction may stand behind the seconds that the layout does not show; a point that the layout has comes later.
      if let next = rest.dropFirst().first, rest.first == ".", next.isASCII, next.isNumber { return readFraction() }
      return true
    case "PM", "pm":
      let half = rest.prefix(2).lowercased()
      guard half == "am" || half == "pm" else { return false }
      isHalfDay = true
      isAfternoon = half == "pm"
      rest = rest.dropFirst(2)
      return true
    case "MST":
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      guard name.count >= 3 else { return false }
      if name == "UTC" || name == "GMT" { offset = 0 }
      rest = rest.dropFirst(name.count)
      return true
    default: return readZone(element)
    }
  }

  private mutating func readZone(_ element: String) -> Bool {
    if element.hasPrefix("Z"), rest.first == "Z" {
      rest = rest.dropFirst()
      offset = 0
      return true
    }
    guard let sign = rest.first, sign == "+" || sign == "-" else { return false }
    rest = rest.dropFirst()
    guard let hours = number(0...24, 2, 2) else { return false }
    var seconds = hours * 3600
    if element.dropFirst().count > 2 {
      if element.contains(":") {
        guard rest.first == ":" else { return false }
        rest = rest.dropFirst()
      }
      guard let minutes = number(0...59, 2, 2) else { return false }
      seconds += minutes * 60
    }
    offset = sign == "-" ? -seconds : seconds
    return true
  }

  private func result(_ zone: TimeZoneRules) -> CivilTime? {
    var hour = hour
    if isHalfDay { hour = hour % 12 + (isAfternoon ? 12 : 0) }
    var days = CivilTime.day(year: year, month: month, day: day)
    if let dayOfYear { days = CivilTime.day(year: year, month: 1, day: 1) + Int64(dayOfYear) - 1 }
    if dayOfYear == nil, CivilTime.date(day: days).month != month { return nil }
    let local = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    let shift = offset.map { ($0, $0 == 0 ? "UTC" : "") } ?? zone.offset(local: local)
    let (seconds, overflow) = (local - Int64(shift.0)).multipliedReportingOverflow(by: 1_000_000_000)
    let (total, carry) = seconds.addingReportingOverflow(Int64(nanosecond))
    return overflow || carry ? nil : CivilTime(unixNanoseconds: total, offset: shift.0, zone: shift.1)
  }
}
