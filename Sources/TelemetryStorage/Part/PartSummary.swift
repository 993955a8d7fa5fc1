package import TelemetryModel

/// What a part is, apart from its rows.
package struct PartIdentity: Sendable, Hashable {
  package let tenant: String
  package let signal: Signal
  /// The file's name without extension.
  package let name: String

  package init(tenant: String, signal: Signal, name: String) {
    self.tenant = tenant
    self.signal = signal
    self.name = name
  }
}

/// What is known of a part without its blocks.
package struct PartSummary: Sendable, Hashable {
  package let identity: PartIdentity
  package let rowCount: Int
  package let blockCount: Int
  /// Size of the file.
  package let byteCount: Int
  /// First and last time of the rows, both inclusive; 0 without rows.
  package let timeFirst: Int64
  package let timeLast: Int64
  /// Bytes of the rows in memory, before encoding.
  package let rawByteCount: Int

  package var signal: Signal { identity.signal }
  package var tenant: String { identity.tenant }
  package var name: String { identity.name }
}
