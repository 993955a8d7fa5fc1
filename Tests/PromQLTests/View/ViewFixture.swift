import EmbeddedStore
import Foundation
import TelemetryModel
import TelemetryStore

@testable import PromQL

/// A store of its own with points written by hand.
struct ViewFixture {
  static let second: Int64 = 1_000_000_000
  /// Milliseconds.
  static let start: Int64 = 1_700_000_000_000

  static let resource = Resource(
    attributes: AttributeSet([
      Attribute("service.name", .string("checkout")), Attribute("service.namespace", .string("shop")),
      Attribute("service.instance.id", .string("i-1")), Attribute("host.name", .string("h1")),
      Attribute("process.pid", .int(42)),
    ]))

  static func series(
    _ name: String, _ kind: MetricKind, _ attributes: [Attribute] = [], unit: String = "",
    temporality: Temporality = .cumulative, resource: Resource = resource, bounds: [Double] = []
  ) -> Series {
    Series(
      resource: kind.isVerbatim ? Resource(attributes: .none) : resource, scope: InstrumentationScope(), name: name,
      unit: unit, description: "about \(name)", kind: kind, temporality: temporality, isMonotonic: true,
      attributes: AttributeSet(attributes), bounds: bounds)
  }

  /// Points of one series, a column a field; times are seconds after the start.
  static func batch(_ series: Series, seconds: [Int64], _ columns: [Column]) -> RecordBatch {
    let times = seconds.map { start * 1_000_000 + $0 * second }
    return RecordBatch(
      signal: .metrics, rowCount: seconds.count,
      columns: [Column(ColumnKey(Field.time, .int), values: .int64(times))] + columns, series: [series],
      seriesCodes: [UInt32](repeating: 0, count: seconds.count))
  }

  static func doubles(_ field: FieldReference, _ values: [Double]) -> Column {
    Column(ColumnKey(field, .double), values: .double(values))
  }

  static func integers(_ field: FieldReference, _ values: [Int64]) -> Column {
    Column(ColumnKey(field, .int), values: .int64(values))
  }

  /// Small counts as varints.
  static func counts(_ field: FieldReference, _ values: [[UInt8]]) -> Column {
    var column = BytesColumn()
    for value in values { column.append(value) }
    return Column(ColumnKey(field, .bytes), values: .bytes(column))
  }

  static func startTimes(_ seconds: [Int64]) -> Column {
    integers(Field.startTime, seconds.map { start * 1_000_000 + $0 * second })
  }

  /// Runs `body` on a view of the batches: in memory, and again after a flush.
  static func with(_ batches: [RecordBatch], _ body: (MetricsView) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sightline-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = EmbeddedStoreConfiguration(directory: folder.path, shardCount: 1)
    configuration.maintenanceInterval = 3_600 * second
    configuration.reservedDiskBytes = 0
    configuration.queryThreadCount = 1
    configuration.clock = { start * 1_000_000 }
    let store = try await EmbeddedStore.open(configuration)
    for batch in batches {
      let request = IngestBatch(
        kind: .otlpMetricsProtobuf, contentEncoding: .identity, body: [], limits: IngestLimits(),
        receivedAt: start * 1_000_000, batch: batch)
      try store.append([request], shard: 0)
    }
    try await body(MetricsView(store))
    try await store.flush()
    try await body(MetricsView(store))
    await store.close()
  }
}

extension MetricsView {
  /// The series that equality matchers accept in the two minutes from the start, by labels as text.
  func found(_ matchers: [(String, String)]) async throws -> [String: SampleSeries] {
    let series = try await select(
      SampleRequest(
        matchers: matchers.map { LabelMatcher($0.0, .equal($0.1)) }, start: ViewFixture.start,
        end: ViewFixture.start + 120_000))
    return Dictionary(series.map { ($0.labels.plainText, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Labels {
  var plainText: String { pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ",") }
}

extension SampleSeries {
  var numbers: [Double] { Array(floats.values[floats.range]) }
  /// Seconds after the start.
  var seconds: [Int64] { floats.times[floats.range].map { ($0 - ViewFixture.start) / 1000 } }
}
