import EmbeddedStore
import Glibc
import PromQL
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import TelemetryWire

/// An embedded store in a temporary folder, filled by remote writes and read as Prometheus series.
struct EmbeddedSampleStore: ScriptSampleStore {
  /// Where the store keeps the zero of scripts: a record of time zero would be one without a time.
  static let origin: Int64 = 1_700_006_400_000

  private var store: EmbeddedStore
  private var directory: String

  init() async throws { (store, directory) = try await Self.open() }

  var source: any SampleSource { ShiftedSampleSource(source: MetricsView(store), origin: Self.origin) }

  mutating func clear() async throws {
    await close()
    (store, directory) = try await Self.open()
  }

  mutating func load(_ series: [LoadedSeries]) async throws {
    var encoder = RemoteWriteEncoder()
    var count = 0
    for series in series {
      var floats: [RemoteWriteEncoder.Float] = []
      var histograms: [RemoteWriteEncoder.Histogram] = []
      for sample in series.samples {
        switch sample.value {
        case .float(let value): floats.append(.init(time: sample.time + Self.origin, value: value))
        case .histogram(let value): histograms.append(.init(time: sample.time + Self.origin, value: value))
        }
      }
      count += floats.count + histograms.count
      encoder.add(series.labels, floats: floats, histograms: histograms)
    }
    guard count > 0 else { return }
    let body = encoder.body
    var limits = IngestLimits()
    limits.futureNanoseconds = .max / 4
    limits.pastNanoseconds = .max / 4
    let received = Self.origin * 1_000_000
    let decoded = try BodyDecoder().decode(
      body, kind: .remoteWriteV2, contentEncoding: .identity, limits: limits, receivedAt: received)
    guard decoded.rejectedCount == 0 else {
      throw PromQLScriptError(line: 0, message: "samples were rejected: \(decoded.rejectedMessage ?? "")")
    }
    try store.append(
      [
        IngestBatch(
          kind: .remoteWriteV2, contentEncoding: .identity, body: body, limits: limits, receivedAt: received,
          batch: decoded.batch)
      ], shard: 0)
    try await store.runMaintenance()
    try await MergedParts.prepare(store)
  }

  /// Closes the store and removes its folder.
  func close() async {
    await store.close()
    TemporaryFolder.remove(directory)
  }

  private static func open() async throws -> (EmbeddedStore, String) {
    let directory = try TemporaryFolder.make()
    var configuration = EmbeddedStoreConfiguration(directory: directory, shardCount: 1)
    configuration.retention = RetentionPolicy(maximumAge: [:])
    configuration.flushAgeSeconds = [.logs: 0, .spans: 0, .metrics: 0]
    configuration.maintenanceInterval = 3_600_000_000_000
    configuration.reservedDiskBytes = 0
    let store = try await EmbeddedStore.open(configuration, fileSystem: PosixFileSystem()) {
      { _ in throw PromQLScriptError(line: 0, message: "nothing to replay") }
    }
    return (store, directory)
  }
}

/// A source whose zero of time lies elsewhere.
private struct ShiftedSampleSource: SampleSource {
  let source: any SampleSource
  /// Milliseconds.
  let origin: Int64

  func select(_ request: SampleRequest) async throws -> [SampleSeries] {
    let series = try await source.select(
      SampleRequest(matchers: request.matchers, start: request.start + origin, end: request.end + origin))
    return series.map { series in
      SampleSeries(
        labels: series.labels,
        floats: FloatSamples(
          times: series.floats.times.moved(by: -origin), values: series.floats.values, range: series.floats.range),
        histograms: series.histograms.map { HistogramSample(time: $0.time - origin, histogram: $0.histogram) })
    }
  }
}

/// Folders that live as long as a run.
private enum TemporaryFolder {
  static func make() throws -> String {
    var template = Array("/tmp/conformance-promql-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw PromQLScriptError(line: 0, message: "no temporary folder") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func remove(_ path: String) {
    if unsafe unlink(path) == 0 { return }
    guard let folder = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { remove(path + "/" + name) }
    }
    _ = unsafe closedir(folder)
    _ = unsafe rmdir(path)
  }
}
