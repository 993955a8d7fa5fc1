/// Measurements that stand for the others, with the spans that they were made under.
struct ExemplarReservoir: Sendable {
  private var places: [Exemplar?]
  private var offeredCount = 0

  init(size: Int) { places = Array(repeating: nil, count: max(1, size)) }

  /// The latest measurement of a bucket.
  mutating func keep(_ exemplar: Exemplar, at bucket: Int) { places[bucket] = exemplar }

  /// A measurement that stays with the same probability as all others.
  mutating func keepAny(_ exemplar: Exemplar) {
    let place =
      offeredCount < places.count ? offeredCount : Int(IdentifierSource.shared.nextUnit() * Double(offeredCount + 1))
    offeredCount += 1
    if place < places.count { places[place] = exemplar }
  }

  var kept: [Exemplar] { places.compactMap { $0 } }

  mutating func clear() {
    places = Array(repeating: nil, count: places.count)
    offeredCount = 0
  }
}
