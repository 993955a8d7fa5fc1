import EmbeddedStore
import Glibc
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import TelemetryText
import TelemetryWire

/// An embedded store in a temporary folder, filled by Loki pushes.
struct LogQLStore {
  /// The script's zero: a time that no rule about old or future records touches.
  static let origin: Int64 = 1_700_000_000_000_000_000 / day * day
  private static let day: Int64 = 86_400_000_000_000

  let store: EmbeddedStore
  private let directory: String

  static func open() async throws -> LogQLStore {
    var template = Array("/tmp/conformance-logql-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ScriptError(lineNumber: 0, message: "no temporary folder") }
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var configuration = EmbeddedStoreConfiguration(directory: directory, shardCount: 1)
    configuration.retention = RetentionPolicy(maximumAge: [:])
    configuration.flushAgeSeconds = [.logs: 0, .spans: 0, .metrics: 0]
    configuration.maintenanceInterval = 3_600_000_000_000
    configuration.reservedDiskBytes = 0
    let store = try await EmbeddedStore.open(configuration, fileSystem: PosixFileSystem()) {
      { _ in throw ScriptError(lineNumber: 0, message: "nothing to replay") }
    }
    return LogQLStore(store: store, directory: directory)
  }

  /// Pushes entries, decoded as a server decodes them.
  func push(_ entries: [LogQLScript.Entry]) throws {
    guard !entries.isEmpty else { return }
    let body = Array(LogQLStore.body(entries).utf8)
    var limits = IngestLimits()
    limits.futureNanoseconds = .max / 4
    limits.pastNanoseconds = .max / 4
    let decoded = try BodyDecoder().decode(
      body, kind: .lokiPushJSON, contentEncoding: .identity, limits: limits, receivedAt: LogQLStore.origin)
    guard decoded.rejectedCount == 0, decoded.batch.rowCount == entries.count else {
      throw ScriptError(lineNumber: 0, message: "entries were rejected: \(decoded.rejectedMessage ?? "")")
    }
    try store.append(
      [
        IngestBatch(
          kind: .lokiPushJSON, contentEncoding: .identity, body: body, limits: limits, receivedAt: LogQLStore.origin,
          batch: decoded.batch)
      ], shard: 0)
  }

  private static func body(_ entries: [LogQLScript.Entry]) -> String {
    let streams = entries.map { entry in
      let time = JSONQuoting.quoted(String(origin + entry.time))
      let line = JSONQuoting.quoted(entry.line)
      return "{\"stream\":\(object(entry.stream)),\"values\":[[\(time),\(line),\(object(entry.metadata))]]}"
    }
    return "{\"streams\":[" + streams.joined(separator: ",") + "]}"
  }

  private static func object(_ pairs: [(name: String, value: String)]) -> String {
    "{" + pairs.map { JSONQuoting.quoted($0.name) + ":" + JSONQuoting.quoted($0.value) }.joined(separator: ",") + "}"
  }

  /// Moves everything into parts.
  func flush() async throws {
    try await store.runMaintenance()
    try await MergedParts.prepare(store)
  }

  func close() async {
    await store.close()
    LogQLStore.removeTree(directory)
  }

  /// Removes a folder that `open` made, with all that is in it.
  private static func removeTree(_ path: String) {
    if unsafe unlink(path) == 0 { return }
    guard let folder = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
    _ = unsafe closedir(folder)
    _ = unsafe rmdir(path)
  }
}
