package import TelemetryModel

/// Where everything lies in the data folder; see docs/format/manifest.md.
package struct StoreLayout: Sendable {
  package let directory: String

  package init(directory: String) { self.directory = directory }

  package var manifestPath: String { directory + "/manifest" }
  package var lockPath: String { directory + "/lock" }
  package var quarantineDirectory: String { directory + "/quarantine" }

  package var backupsDirectory: String { directory + "/backups" }

  package func backupDirectory(_ name: String) -> String { backupsDirectory + "/" + name }
  package func tenantDirectory(_ tenant: String) -> String { directory + "/tenants/" + tenant }
  package func logDirectory(_ tenant: String) -> String { tenantDirectory(tenant) + "/wal" }
  package func shardDirectory(_ tenant: String, shard: Int) -> String { logDirectory(tenant) + "/\(shard)" }
  package func signalDirectory(_ tenant: String, _ signal: Signal) -> String {
    tenantDirectory(tenant) + "/" + signal.name
  }
  package func dayDirectory(_ part: PartKey) -> String {
    signalDirectory(part.tenant, part.signal) + "/\(part.day)"
  }
  package func partPath(_ part: PartKey) -> String { dayDirectory(part) + "/" + part.name + Self.partExtension }

  package static let partExtension = ".part"

  /// The name of the part with this number: twelve digits, so that names sort by age.
  package static func partName(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }
}
