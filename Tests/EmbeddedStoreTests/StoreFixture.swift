import EmbeddedStore
import TelemetryModel
import TelemetryStorage
import TelemetryStore

/// A body that no decoder of this fixture takes.
struct UndecodableBody: Error {}

/// Bodies of a made-up format, so that these tests depend on nothing but the store: sixteen bytes a row, time and id.
enum StoreFixture {
  static let second: Int64 = 1_000_000_000
  static let start: Int64 = 1_763_800_000 * second
  static let idKey = ColumnKey(.record, "id", .int)

  static func request(_ signal: Signal, ids: [Int64], time: Int64 = start) throws -> IngestBatch {
    try request(signal, rows: ids.map { (time + $0, $0) })
  }

  static func request(_ signal: Signal, rows: [(time: Int64, id: Int64)]) throws -> IngestBatch {
    var body: [UInt8] = []
    for row in rows {
      for value in [row.time, row.id] {
        for shift in 0..<8 { body.append(UInt8(truncatingIfNeeded: value >> Int64(shift * 8))) }
      }
    }
    let kind: BodyKind =
      switch signal {
      case .logs: .otlpLogsProtobuf
      case .spans: .otlpTracesProtobuf
      case .metrics: .otlpMetricsProtobuf
      }
    return IngestBatch(
      kind: kind, contentEncoding: .identity, body: body, limits: IngestLimits(), receivedAt: start,
      batch: try decode(body, signal: signal))
  }

  static func decode(_ body: [UInt8], signal: Signal) throws -> RecordBatch {
    guard body.count.isMultiple(of: 16) else { throw UndecodableBody() }
    let values = stride(from: 0, to: body.count, by: 8).map { offset in
      (0..<8).reduce(Int64(0)) { $0 | Int64(body[offset + $1]) << Int64($1 * 8) }
    }
    let times = stride(from: 0, to: values.count, by: 2).map { values[$0] }
    let ids = stride(from: 1, to: values.count, by: 2).map { values[$0] }
    let zeros = [UInt32](repeating: 0, count: ids.count)
    let resource = Resource(attributes: AttributeSet([Attribute("service.name", .string("shop"))]))
    let columns = [
      Column(ColumnKey(Field.time, .int), values: .int64(times)), Column(idKey, values: .int64(ids)),
    ]
    switch signal {
    case .logs:
      return RecordBatch(
        signal: signal, rowCount: ids.count, columns: columns, resources: [resource], resourceCodes: zeros,
        scopes: [InstrumentationScope()], scopeCodes: zeros)
    case .spans:
      let traces = Column(
        ColumnKey(Field.traceID, .traceID),
        values: .traceIDs(ids.map { TraceID(high: 7, low: UInt64(bitPattern: $0 / 10)) }))
      return RecordBatch(
        signal: signal, rowCount: ids.count, columns: columns + [traces], resources: [resource], resourceCodes: zeros,
        scopes: [InstrumentationScope()], scopeCodes: zeros)
    case .metrics:
      let series = Series(
        resource: resource, scope: InstrumentationScope(), name: "requests", unit: "", description: "", kind: .gauge,
        temporality: .unspecified, isMonotonic: false, attributes: .none)
      return RecordBatch(signal: signal, rowCount: ids.count, columns: columns, series: [series], seriesCodes: zeros)
    }
  }

  /// A store whose maintenance runs only when asked.
  static func configuration(
    _ folder: TemporaryFolder, shards: Int = 2, change: (inout EmbeddedStoreConfiguration) -> Void = { _ in }
  ) -> EmbeddedStoreConfiguration {
    var configuration = EmbeddedStoreConfiguration(directory: folder.path, shardCount: shards)
    configuration.maintenanceInterval = 3600 * second
    configuration.syncInterval = 3600 * second
    configuration.compactionInterval = 3600 * second
    configuration.compactionShare = 1
    configuration.compactionNiceness = 0
    configuration.queryThreadCount = 1
    configuration.reservedDiskBytes = 0
    configuration.clock = { start }
    change(&configuration)
    return configuration
  }

  static func open(
    _ configuration: EmbeddedStoreConfiguration, fileSystem: any FileSystem = PosixFileSystem()
  ) async throws -> EmbeddedStore {
    try await EmbeddedStore.open(configuration, fileSystem: fileSystem) {
      { frame in try decode(frame.body, signal: frame.kind.signal) }
    }
  }

  /// The ids of all stored rows, sorted; a row stored twice comes twice.
  static func ids(_ store: EmbeddedStore, _ signal: Signal) async throws -> [Int64] {
    let stream = try await store.scan(ScanRequest(signal: signal, timeRange: .all, order: .stored))
    var ids: [Int64] = []
    while let event = try await stream.next() {
      guard case .rows(let batch) = event, let column = batch.column(idKey), case .int64(let values) = column.values
      else {
        continue
      }
      ids += values
    }
    return ids.sorted()
  }
}

/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
