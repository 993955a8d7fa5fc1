import QueryCore

/// A time with the zone it is shown in.
struct CivilTime: Sendable {
  let unixNanoseconds: Int64
  /// Seconds east of Greenwich.
  let offset: Int
  let zone: String

  init(unixNanoseconds: Int64, offset: Int = 0, zone: String = "UTC") {
    self.unixNanoseconds = unixNanoseconds
    self.offset = offset
    self.zone = zone
  }

  /// Year, month and day of a day number since 1970 (proleptic Gregorian calendar).
  static func date(day: Int64) -> (year: Int64, month: Int, day: Int) {
    // Days are counted from 1 March of year 0, so that leap days end years (Hinnant, "chrono-compatible algorithms").
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
  }

  /// The day number since 1970 of a date.
  static func day(year: Int64, month: Int, day: Int) -> Int64 {
    Int64(CivilDate.days(year: Int(year), month: month, day: day))
  }

  /// The fields of the clock and the calendar in the time's zone.
  var fields: (year: Int64, month: Int, day: Int, weekday: Int, dayOfYear: Int, second: Int, nanosecond: Int) {
    let seconds = CivilTime.floorDivide(unixNanoseconds, 1_000_000_000)
    let nanosecond = Int(unixNanoseconds - seconds * 1_000_000_000)
    let local = seconds + Int64(offset)
    let dayNumber = CivilTime.floorDivide(local, 86_400)
    let date = CivilTime.date(day: dayNumber)
    let first = CivilTime.day(year: date.year, month: 1, day: 1)
    let weekday = Int(((dayNumber + 4) % 7 + 7) % 7)
    return (
      date.year, date.month, date.day, weekday, Int(dayNumber - first) + 1, Int(local - dayNumber * 86_400), nanosecond
    )
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
}
