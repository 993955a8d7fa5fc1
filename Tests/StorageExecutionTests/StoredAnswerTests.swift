import EmbeddedStore
import Foundation
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryStorage

@Suite("Answers do not depend on where the rows are")
struct StoredAnswerTests {
  private static let pieceCount = 8

  @Test(
    "random questions are answered as row by row: from memory, after restarts, from fresh and from merged parts",
    arguments: [Signal.logs, .spans], 0..<5 as Range<UInt64>)
  func everyPlace(signal: Signal, seed: UInt64) async throws {
    var random = RandomTelemetry(seed: seed &* 131 &+ UInt64(signal.rawValue))
    let rows = random.batch(signal, rowCount: 400)
    let questions = Questions(rows, &random)
    var dealt = [[UInt32]](repeating: [], count: StoredAnswerTests.pieceCount)
    for row in 0..<UInt32(rows.rowCount) {
      dealt[Int.random(in: 0..<StoredAnswerTests.pieceCount, using: &random.generator)].append(row)
    }
    let pieces = dealt.filter { !$0.isEmpty }.map { rows.gathered($0) }
    for flushedCount in [0, 5] {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sightline-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      func comment(_ place: String) -> Comment { "seed \(seed), \(flushedCount) flushed, \(place)" }
      var store = try await StoredAnswerTests.open(folder, pieces)
      for (number, piece) in pieces.enumerated() {
        try store.append([StoredAnswerTests.body(number, piece)], shard: number % 2)
        if number < flushedCount { try await store.flush() }
      }
      try await questions.check(store, comment("as appended"))
      await store.close()
      store = try await StoredAnswerTests.open(folder, pieces)
      try await questions.check(store, comment("after a restart"))
      try await store.flush()
      try await questions.check(store, comment("from fresh parts"))
      let partCount = await store.inventory().parts.count
      try await store.compact()
      #expect(await store.inventory().parts.count < max(2, partCount))
      try await questions.check(store, comment("from merged parts"))
      await store.close()
      store = try await StoredAnswerTests.open(folder, pieces)
      try await questions.check(store, comment("from merged parts after a restart"))
      await store.close()
    }
  }

  /// A body is the number of its piece.
  private static func body(_ number: Int, _ piece: RecordBatch) -> IngestBatch {
    IngestBatch(
      kind: piece.signal == .logs ? .otlpLogsProtobuf : .otlpTracesProtobuf, contentEncoding: .identity,
      body: [UInt8(number)], limits: IngestLimits(), receivedAt: 0, batch: piece)
  }

  private static func open(_ folder: String, _ pieces: [RecordBatch]) async throws -> EmbeddedStore {
    var configuration = EmbeddedStoreConfiguration(directory: folder, shardCount: 2)
    configuration.retention = RetentionPolicy(maximumAge: [:])
    configuration.maintenanceInterval = 3_600_000_000_000
    configuration.compactionInterval = 3_600_000_000_000
    configuration.compactionShare = 1
    configuration.compactionNiceness = 0
    configuration.reservedDiskBytes = 0
    return try await EmbeddedStore.open(configuration, fileSystem: PosixFileSystem()) {
      { frame in pieces[Int(frame.body[0])] }
    }
  }
}

/// Random questions with the answers of a row-at-a-time evaluation.
private struct Questions {
  private let signal: Signal
  private var scans: [(request: ScanRequest, ids: [Int64], times: [Int64])] = []
  private var aggregates: [(request: AggregateRequest, groups: [GroupKey: [PartialState]])] = []
  private let fields: Set<FieldReference>

  init(_ rows: RecordBatch, _ random: inout RandomTelemetry) {
    signal = rows.signal
    let oracle = RowOracle(batch: rows)
    let times = rows.times
    for _ in 0..<12 {
      let start = Int64.random(in: 0...900, using: &random.generator)
      let range = random.chance(0.5) ? TimeRange.all : TimeRange(start: start, end: start + 300)
      var request = ScanRequest(signal: signal, timeRange: range, predicate: random.predicate(depth: 3))
      request.order = random.pick([.newestFirst, .oldestFirst])
      let found = (0..<rows.rowCount).filter { range.contains(times[$0]) && oracle.matches(request.predicate, $0) }
      let sorted = found.map { times[$0] }.sorted()
      scans.append((request, found.map { Int64($0) }, request.order == .newestFirst ? sorted.reversed() : sorted))
    }
    for _ in 0..<8 {
      let request = random.aggregateRequest(signal)
      aggregates.append((request, oracle.aggregate(request)))
    }
    var fields = Set(rows.columns.map { FieldReference($0.key.scope, $0.key.name) })
    for resource in rows.resources where rows.resourceCodes.contains(where: { rows.resources[Int($0)] == resource }) {
      for attribute in resource.attributes.attributes { fields.insert(FieldReference(.resource, attribute.key)) }
    }
    self.fields = fields
  }

  /// Asks everything.
  func check(_ store: EmbeddedStore, _ comment: Comment) async throws {
    for scan in scans {
      #expect(try await ids(store, scan.request).sorted(by: { $0.id < $1.id }).map(\.id) == scan.ids, comment)
      var limited = scan.request
      limited.rowLimit = 7
      #expect(try await ids(store, limited).map(\.time) == Array(scan.times.prefix(7)), comment)
    }
    for (request, expected) in aggregates {
      let found = try await store.aggregate(request, progress: nil).groups
      #expect(Set(found.keys) == Set(expected.keys), comment)
      for (key, states) in expected {
        let own = found[key] ?? []
        #expect(own.count == states.count && zip(own, states).allSatisfy { RowOracle.agree($0, $1) }, comment)
      }
    }
    let keys = try await store.fieldKeys(FieldKeysRequest(signal: signal, timeRange: .all)).keys
    #expect(fields.isSubset(of: keys.map(\.field)), comment)
  }

  private func ids(_ store: EmbeddedStore, _ request: ScanRequest) async throws -> [(id: Int64, time: Int64)] {
    let stream = try await store.scan(request)
    var found: [(id: Int64, time: Int64)] = []
    while let event = try await stream.next() {
      guard case .rows(let batch) = event,
        case .int64(let ids)? = batch.column(ColumnKey(.intrinsic, RandomTelemetry.idKey, .int))?.values
      else { continue }
      found += zip(ids, batch.times).map { (id: $0, time: $1) }
    }
    return found
  }
}
