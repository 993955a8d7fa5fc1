import TelemetryModel

extension TemplateFunctions {
  static let times: [String: Function] = [
    "__timestamp__": Function(0) { (_, row) in .time(CivilTime(unixNanoseconds: row.time)) },
    "now": Function(0) { (_, _) in .time(CivilTime(unixNanoseconds: WallClock.now())) },
    "date": Function(2) { (arguments, _) throws(TemplateError) in
      .string(try time(arguments[1]).formatted(try string(arguments[0])))
    },
    "toDate": Function(2) { (arguments, _) throws(TemplateError) in
      .time(read(try string(arguments[1]), layout: try string(arguments[0]), zone: .utc))
    },
    "toDateInZone": Function(3) { (arguments, _) throws(TemplateError) in
      let name = try string(arguments[1])
      guard let zone = TimeZoneRules(name: name) else { throw TemplateError("unknown time zone \(name)") }
      return .time(read(try string(arguments[2]), layout: try string(arguments[0]), zone: zone))
    },
    "unixEpoch": Function(1) { (arguments, _) throws(TemplateError) in
      .string(String(floorDivide(try time(arguments[0]).unixNanoseconds, 1_000_000_000)))
    },
    "unixEpochMillis": Function(1) { (arguments, _) throws(TemplateError) in
      .string(String(floorDivide(try time(arguments[0]).unixNanoseconds, 1_000_000)))
    },
    "unixEpochNanos": Function(1) { (arguments, _) throws(TemplateError) in
      .string(String(try time(arguments[0]).unixNanoseconds))
    },
    "unixToTime": Function(1) { (arguments, _) throws(TemplateError) in
      let text = try string(arguments[0])
      // The number of digits tells the unit: days, seconds, milliseconds, microseconds or nanoseconds.
      let unit: Int64? =
        switch text.utf8.count {
        case 5: 86_400_000_000_000
        case 10: 1_000_000_000
        case 13: 1_000_000
        case 16: 1_000
        case 19: 1
        default: nil
        }
      guard let number = Int64(text), let unit else { throw TemplateError("unable to parse time '\(text)'") }
      let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: unit)
      guard !overflow else { throw TemplateError("unable to parse time '\(text)'") }
      return .time(CivilTime(unixNanoseconds: nanoseconds))
    },
  ]

  private static func floorDivide(_ value: Int64, _ unit: Int64) -> Int64 {
    value / unit - (value % unit < 0 ? 1 : 0)
  }

  /// The time of a value; whole numbers are seconds since 1970.
  private static func time(_ value: TemplateValue) throws(TemplateError) -> CivilTime {
    switch value {
    case .time(let time): return time
    case .int(let seconds):
      let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      guard !overflow else { throw TemplateError("the time is out of range") }
      return CivilTime(unixNanoseconds: nanoseconds)
    default: throw TemplateError("expected time.Time; found \(value.text)")
    }
  }

  /// The time of a text; what does not look like the layout is the zero time of Go's library, kept in range.
  private static func read(_ text: String, layout: String, zone: TimeZoneRules) -> CivilTime {
    TimeReader.time(text, layout: layout, zone: zone) ?? CivilTime(unixNanoseconds: 0)
  }
}
