/// A time in the proleptic Gregorian calendar, UTC.
struct CalendarTime {
  let year: Int64
  /// 1 … 12.
  let month: Int64
  /// 1 … 31.
  let day: Int64
  let hour: Int64
  let minute: Int64
  let second: Int64
  let millisecond: Int64
  /// 0 is Sunday.
  let weekday: Int64

  init(milliseconds: Int64) {
    func divided(_ value: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
      let rest = (value % divisor + divisor) % divisor
      return ((value - rest) / divisor, rest)
    }
    let (seconds, millisecond) = divided(milliseconds, by: 1000)
    let (days, ofDay) = divided(seconds, by: 86_400)
    self.millisecond = millisecond
    (hour, minute, second) = (ofDay / 3600, ofDay / 60 % 60, ofDay % 60)
    weekday = divided(days + 4, by: 7).rest
    // Days since 0000-03-01, in eras of 400 years.
    let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  var daysInMonth: Int64 {
    switch month {
    case 2: isLeapYear ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// 1 … 366.
  var dayOfYear: Int64 {
    let before: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    return before[Int(month - 1)] + day + (month > 2 && isLeapYear ? 1 : 0)
  }

  /// RFC 3339, the fraction without zeros at its end.
  var text: String {
    func padded(_ value: Int64, _ width: Int = 2) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    var fraction = millisecond == 0 ? "" : "." + padded(millisecond, 3)
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return
      "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(padded(hour)):\(padded(minute)):\(padded(second))\(fraction)Z"
  }
}
