import EmbeddedStore
import FoundationEssentials
import Synchronization
import TelemetryModel

/// The server's state and configuration, as the API shows them.
final class ServerStatusBoard: StatusSource {
  private let loader: ConfigurationLoader
  private let store: EmbeddedStore
  private let received: ReceivedSignals
  private let startedAt = WallClock.now()
  private let listeners = Mutex<[ListenerStatus]>([])
  /// When each condition was first seen; nanoseconds since 1970.
  private let firstSeen = Mutex<[StoreCondition: Int64]>([:])

  init(loader: ConfigurationLoader, store: EmbeddedStore, received: ReceivedSignals) {
    self.loader = loader
    self.store = store
    self.received = received
  }

  func listens(_ kind: String, on address: String) {
    listeners.withLock { $0.append(ListenerStatus(kind: kind, address: address)) }
  }

  func status() async -> ServerStatus {
    let (received, newest) = await received.current()
    let disk = try? FileManager.default.attributesOfFileSystem(forPath: loader.configuration.dataDirectory)
    return ServerStatus(
      version: SightlineVersion.text, startedAt: startedAt, listeners: listeners.withLock { $0 },
      dataDirectory: loader.configuration.dataDirectory, durability: loader.configuration.durability.rawValue,
      health: health(), everReceived: received, newest: newest, diskFreeBytes: bytes(disk?[.systemFreeSize]),
      diskTotalBytes: bytes(disk?[.systemSize]))
  }

  func configuration() async -> [Attribute] {
    Setting.all.map { setting in
      Attribute(
        setting.path,
        .map([
          Attribute("value", .string(setting.show(loader.configuration))),
          Attribute("origin", .string("\(loader.origins[setting.path] ?? .standard)")),
          Attribute("summary", .string(setting.summary)),
        ]))
    }
  }

  private func health() -> [HealthCondition] {
    let conditions = store.health
    let now = WallClock.now()
    return firstSeen.withLock { firstSeen in
      firstSeen = firstSeen.filter { conditions.contains($0.key) }
      return conditions.map { condition in
        let since = firstSeen[condition] ?? now
        firstSeen[condition] = since
        return HealthCondition(
          condition: condition.kind.rawValue, severity: "error",
          message: "\(condition.object): \(condition.detail)", since: since)
      }
    }
  }

  private func bytes(_ value: Any?) -> Int64? { (value as? any BinaryInteger).map { Int64(clamping: $0) } }
}
