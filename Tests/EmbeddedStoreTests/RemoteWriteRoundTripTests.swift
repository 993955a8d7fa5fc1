import EmbeddedStore
import TelemetryModel
import TelemetryStore
import TelemetryWire
import Testing

@Suite("Remote write through the store")
struct RemoteWriteRoundTripTests {
  /// `up{job="a"} 1.5`, a stale marker, and a histogram with a gap, of version one.
  private static func body(time: UInt64) -> [UInt8] {
    func varint(_ value: UInt64) -> [UInt8] {
      value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + varint(value >> 7)
    }
    func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
      varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }
    func fixed(_ number: UInt64, _ value: UInt64) -> [UInt8] {
      varint(number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
    func number(_ number: UInt64, _ value: UInt64) -> [UInt8] { varint(number << 3) + varint(value) }
    func label(_ name: String, _ value: String) -> [UInt8] {
      field(1, field(1, Array(name.utf8)) + field(2, Array(value.utf8)))
    }
    func sample(_ bits: UInt64, _ time: UInt64) -> [UInt8] { field(2, fixed(1, bits) + number(2, time)) }
    let spans = field(11, number(1, 2) + number(2, 1)) + field(11, number(1, 8) + number(2, 1))
    let histogram =
      number(1, 5) + fixed(3, 7.5.bitPattern) + number(4, 6) + spans + field(12, [4, 2]) + number(15, time)
    return field(
      1,
      label("__name__", "up") + label("job", "a") + sample(1.5.bitPattern, time)
        + sample(0x7ff0_0000_0000_0002, time + 1000))
      + field(1, label("__name__", "latency") + field(4, histogram))
  }

  private func check(_ store: EmbeddedStore) async throws {
    let answer = try await store.series(SeriesRequest(timeRange: .all, includesPoints: true))
    let series = Dictionary(uniqueKeysWithValues: answer.series.map { ($0.series.name, $0) })
    #expect(series.count == 2)
    let up = try #require(series["up"])
    #expect(up.series.kind == .untyped && up.series.attributes["job"] == .string("a"))
    guard case .double(let values)? = up.points?.column(ColumnKey(Field.value, .double))?.values else {
      Issue.record("no values")
      return
    }
    #expect(values.map(\.bitPattern) == [0x3ff8_0000_0000_0000, 0x7ff0_0000_0000_0002])
    let latency = try #require(series["latency"]?.points)
    let expected: [(ColumnKey, AttributeValue)] = [
      (ColumnKey(Field.count, .int), .int(5)), (ColumnKey(Field.sum, .double), .double(7.5)),
      (ColumnKey(Field.scale, .int), .int(3)), (ColumnKey(Field.positiveSpans, .bytes), .bytes([2, 1, 8, 1])),
      (ColumnKey(Field.positiveCounts, .bytes), .bytes([2, 3])),
    ]
    for (key, value) in expected { #expect(latency.column(key)?.value(atRow: 0) == value, "\(key)") }
  }

  @Test("series and points are the same in memory, in a part, and after a replay")
  func roundTrip() async throws {
    let folder = try TemporaryFolder()
    let body = Self.body(time: UInt64(StoreFixture.start / 1_000_000))
    let configuration = StoreFixture.configuration(folder, shards: 1)
    func append(_ store: EmbeddedStore) throws {
      let decoded = try BodyDecoder().decode(
        body, kind: .remoteWriteV1, contentEncoding: .identity, limits: IngestLimits(), receivedAt: StoreFixture.start)
      let batch = IngestBatch(
        kind: .remoteWriteV1, contentEncoding: .identity, body: body, limits: IngestLimits(),
        receivedAt: StoreFixture.start, batch: decoded.batch)
      try store.append([batch], shard: 0)
    }
    let store = try await EmbeddedStore.open(configuration)
    try append(store)
    try await check(store)
    try await store.flush()
    try await check(store)
    try append(store)
    try await check(store)
    // The folder as a crash leaves it: the second append is in the log alone.
    let crashed = try TemporaryFolder(copyOf: folder.path)
    await store.close()
    let reopened = try await EmbeddedStore.open(StoreFixture.configuration(crashed, shards: 1))
    try await check(reopened)
    await reopened.close()
  }
}
