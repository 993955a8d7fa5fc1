/// Times of samples by the places of their values: a list that many series may share, which begins at any place.
package struct SampleTimes: Sendable {
  /// Milliseconds since 1970.
  package let list: [Int64]
  /// The place of the first time of the list.
  package let first: Int

  package init(_ list: [Int64], first: Int = 0) {
    self.list = list
    self.first = first
  }

  @inline(__always)
  package subscript(place: Int) -> Int64 { list[place &- first] }

  @inline(__always)
  package subscript(places: Range<Int>) -> ArraySlice<Int64> {
    list[places.lowerBound &- first..<places.upperBound &- first]
  }

  /// The same times, each later by so many milliseconds.
  package func moved(by milliseconds: Int64) -> SampleTimes {
    SampleTimes(list.map { $0 + milliseconds }, first: first)
  }
}
