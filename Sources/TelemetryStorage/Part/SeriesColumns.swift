package import TelemetryModel

/// The series of a part, with the columns of their table: what series have in common stands once, so that a predicate is
/// evaluated once for each distinct entry. Immutable.
package final class SeriesColumns: Sendable {
  package let series: [Series]
  /// Name, unit, kind and the like: how many distinct ones there are, and which each series has.
  let descriptorCount: Int
  let descriptorCodes: [UInt32]
  let resources: [Resource]
  let resourceCodes: [UInt32]
  let scopes: [InstrumentationScope]
  let scopeCodes: [UInt32]
  let attributeSets: [AttributeSet]
  let attributeCodes: [UInt32]
  private let knownNumbers = KnownSeriesNumbers()

  /// Every array of codes has one for each series, below the count of its table.
  init(
    series: [Series], descriptorCount: Int, descriptorCodes: [UInt32], resources: [Resource], resourceCodes: [UInt32],
    scopes: [InstrumentationScope], scopeCodes: [UInt32], attributeSets: [AttributeSet],
    attributeCodes: [UInt32]
  ) {
    self.series = series
    self.descriptorCount = descriptorCount
    self.descriptorCodes = descriptorCodes
    self.resources = resources
    self.resourceCodes = resourceCodes
    self.scopes = scopes
    self.scopeCodes = scopeCodes
    self.attributeSets = attributeSets
    self.attributeCodes = attributeCodes
  }

  static let none = SeriesColumns(
    series: [], descriptorCount: 0, descriptorCodes: [], resources: [], resourceCodes: [], scopes: [], scopeCodes: [],
    attributeSets: [], attributeCodes: [])

  package var count: Int { series.count }

  /// The number of each series.
  package func numbers(in numbering: SeriesNumbering) -> [UInt32] { knownNumbers.numbers(of: series, in: numbering) }
}
