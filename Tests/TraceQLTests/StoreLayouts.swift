import EmbeddedStore
import Foundation
import QueryTestSupport
import TelemetryModel
import TelemetryStore

/// Stores with the same spans laid out in different ways.
struct StoreLayouts {
  let stores: [(name: String, store: EmbeddedStore)]
  private let folder: URL

  /// - Parameter rows: dealt to blocks at random, so that spans of a trace lie in several blocks and parts.
  init(_ rows: [FixtureRow], _ generator: inout SeededGenerator) async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("traceql-tests-\(UUID().uuidString)")
    var stores: [(String, EmbeddedStore)] = []
    for (name, batchCount, flushes) in [("memory", 1, []), ("parts", 4, [0, 1, 2, 3]), ("mixed", 5, [1, 3])] {
      let store = try await StoreLayouts.open(folder.appendingPathComponent(name).path)
      let shuffled = rows.shuffled(using: &generator)
      for batch in 0..<batchCount {
        let own = shuffled.enumerated().filter { $0.offset % batchCount == batch }.map(\.element)
        if own.isEmpty { continue }
        try store.append([StoreLayouts.request(FixtureRow.batch(.spans, own))], shard: 0)
        if flushes.contains(batch) { try await store.flush() }
      }
      stores.append((name, store))
    }
    self.stores = stores
  }

  func close() async {
    for (_, store) in stores { await store.close() }
    try? FileManager.default.removeItem(at: folder)
  }

  private static func request(_ batch: RecordBatch) -> IngestBatch {
    IngestBatch(
      kind: .otlpTracesProtobuf, contentEncoding: .identity, body: [0], limits: IngestLimits(),
      receivedAt: RandomTraces.start, batch: batch)
  }

  private static func open(_ path: String) async throws -> EmbeddedStore {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var configuration = EmbeddedStoreConfiguration(directory: path, shardCount: 1)
    configuration.maintenanceInterval = 3_600_000_000_000
    configuration.reservedDiskBytes = 0
    configuration.clock = { RandomTraces.start }
    return try await EmbeddedStore.open(configuration)
  }
}
