/// Days of UTC, the partitions of the store.
package enum UTCDay {
  package static let nanoseconds: Int64 = 86_400_000_000_000

  /// Days since 1970 of a time in nanoseconds.
  package static func number(of time: Int64) -> Int64 {
    time >= 0 ? time / nanoseconds : (time + 1) / nanoseconds - 1
  }

  /// `20261122` for a day since 1970. Any day that 64-bit nanoseconds reach (1677–2262).
  package static func date(_ day: Int64) -> UInt32 {
    // Howard Hinnant, "chrono-compatible low-level date algorithms": civil_from_days.
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return UInt32(clamping: year * 10_000 + month * 100 + dayOfMonth)
  }
}
