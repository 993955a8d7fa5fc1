import TelemetryEncoding
import TelemetryModel

/// The series of a part: codes into resources, scopes, distinct descriptors and distinct attribute sets, so that a
/// series costs little more than its own labels.
enum SeriesTable {
  /// The resources and scopes that the series name, and the section's bytes.
  static func encode(_ series: [Series]) -> (
    resources: [Resource], scopes: [InstrumentationScope], bytes: EncodingWriter
  ) {
    var resources = DistinctTable<Resource>()
    var scopes = DistinctTable<InstrumentationScope>()
    var resourceCodes: [Int64] = []
    var scopeCodes: [Int64] = []
    var descriptors = BytesInterner(expectedCount: 256)
    var descriptorCodes: [Int64] = []
    var sets = BytesInterner(expectedCount: series.count)
    var setCodes: [Int64] = []
    var scratch = EncodingWriter()
    for entry in series {
      resourceCodes.append(resources.code(of: entry.resource))
      scopeCodes.append(scopes.code(of: entry.scope))
      scratch.removeAll()
      appendDescriptor(entry, to: &scratch)
      descriptorCodes.append(intern(scratch.bytes, &descriptors))
      setCodes.append(intern(entry.attributes.encoded, &sets))
    }
    var writer = EncodingWriter()
    writer.append(varint: series.count)
    WordCodec.appendNested(resourceCodes.span, to: &writer)
    WordCodec.appendNested(scopeCodes.span, to: &writer)
    writer.append(varint: descriptors.count)
    BytesCodec.appendTable(descriptors.finish(), to: &writer)
    WordCodec.appendNested(descriptorCodes.span, to: &writer)
    writer.append(varint: sets.count)
    BytesCodec.appendTable(sets.finish(), to: &writer)
    WordCodec.appendNested(setCodes.span, to: &writer)
    return (resources.entries, scopes.entries, writer)
  }

  /// - Parameter known: a table whose series objects are taken where series are equal, so that parts share them.
  static func decode(
    _ reader: inout EncodingReader, resources: [Resource], scopes: [InstrumentationScope],
    known: SeriesColumns? = nil
  ) throws(EncodingError) -> SeriesColumns {
    let count = try reader.count(limit: PartFormat.tableLimit)
    let resourceCodes = try WordCodec.decodeCodes(count: count, limit: resources.count, &reader)
    let scopeCodes = try WordCodec.decodeCodes(count: count, limit: scopes.count, &reader)
    let descriptorCount = try reader.count(limit: count)
    let descriptorBytes = try BytesCodec.decodeTable(count: descriptorCount, &reader)
    let descriptorCodes = try WordCodec.decodeCodes(count: count, limit: descriptorCount, &reader)
    let setCount = try reader.count(limit: count)
    let sets = try IdentityTables.decodeSets(count: setCount, &reader)
    let setCodes = try WordCodec.decodeCodes(count: count, limit: setCount, &reader)
    var descriptors: [Descriptor] = []
    for index in 0..<descriptorCount {
      var bytes = EncodingReader(Array(descriptorBytes[index]))
      descriptors.append(try Descriptor(&bytes))
    }
    let shared = known.map { SharedSeries($0.series) }
    var series: [Series] = []
    series.reserveCapacity(count)
    for index in 0..<count {
      let descriptor = descriptors[Int(descriptorCodes[index])]
      let own = Series(
        resource: resources[Int(resourceCodes[index])], scope: scopes[Int(scopeCodes[index])], name: descriptor.name,
        unit: descriptor.unit, description: descriptor.description, kind: descriptor.kind,
        temporality: descriptor.temporality, isMonotonic: descriptor.isMonotonic,
        attributes: sets[Int(setCodes[index])], bounds: descriptor.bounds)
      series.append(shared?.object(for: own) ?? own)
    }
    return SeriesColumns(
      series: series, descriptorCount: descriptorCount, descriptorCodes: descriptorCodes,
      resources: resources, resourceCodes: resourceCodes, scopes: scopes, scopeCodes: scopeCodes, attributeSets: sets,
      attributeCodes: setCodes)
  }

  private static func appendDescriptor(_ series: Series, to writer: inout EncodingWriter) {
    writer.append(string: series.name)
    writer.append(string: series.unit)
    writer.append(string: series.description)
    writer.append(series.kind.rawValue)
    writer.append(series.temporality.rawValue)
    writer.append(series.isMonotonic ? 1 : 0)
    writer.append(varint: series.bounds.count)
    for bound in series.bounds { writer.append(fixed: bound.bitPattern) }
  }

  private static func intern(_ bytes: [UInt8], _ interner: inout BytesInterner) -> Int64 {
    Int64(unsafe interner.code(of: bytes.span.bytes, start: 0, count: bytes.count))
  }
}

/// What the series of one metric have in common.
private struct Descriptor {
  let name: String
  let unit: String
  let description: String
  let kind: MetricKind
  let temporality: Temporality
  let isMonotonic: Bool
  let bounds: [Double]

  init(_ reader: inout EncodingReader) throws(EncodingError) {
    name = try reader.string()
    unit = try reader.string()
    description = try reader.string()
    guard let kind = MetricKind(rawValue: try reader.byte()), let temporality = Temporality(rawValue: try reader.byte())
    else { throw EncodingError(.damaged, "an unknown kind of metric") }
    self.kind = kind
    self.temporality = temporality
    isMonotonic = try reader.byte() != 0
    var bounds: [Double] = []
    for _ in 0..<(try reader.count(limit: reader.remaining / 8)) {
      bounds.append(Double(bitPattern: try reader.fixed(UInt64.self)))
    }
    self.bounds = bounds
  }
}

/// Series objects by their content.
private struct SharedSeries {
  private let series: [Series]
  private var places: [UInt64: Int] = [:]

  init(_ series: [Series]) {
    self.series = series
    places.reserveCapacity(series.count)
    for (place, one) in series.enumerated() { places[one.contentHash] = place }
  }

  /// The object that says the same, also in what is no part of the identity.
  func object(for own: Series) -> Series? {
    guard let place = places[own.contentHash], series[place] == own, series[place].description == own.description
    else { return nil }
    return series[place]
  }
}

/// Distinct entries in the order of first sight; neighbours are usually equal.
private struct DistinctTable<Entry: Hashable> {
  private(set) var entries: [Entry] = []
  private var codes: [Entry: Int64] = [:]
  private var last: Int64 = 0

  mutating func code(of entry: Entry) -> Int64 {
    if !entries.isEmpty, entries[Int(last)] == entry { return last }
    if let code = codes[entry] {
      last = code
      return code
    }
    last = Int64(entries.count)
    codes[entry] = last
    entries.append(entry)
    return last
  }
}
