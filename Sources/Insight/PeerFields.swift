package import TelemetryModel

/// The attributes of a call that tell whom it reached.
///
/// The order of preference is that of service graphs elsewhere: the peer's own name, then the database, its product, the
/// destination of a message, and at last the address.
package struct PeerFields: Sendable, Hashable {
  private let values: [String?]

  /// The fields to group calls by; new names of the semantic conventions and old ones.
  package static let all: [FieldReference] = [
    "service.peer.name", "peer.service", "db.namespace", "db.name", "db.system.name", "db.system",
    "messaging.destination.name", "messaging.system", "rpc.system.name", "rpc.system", "server.address", "server.port",
    "net.peer.name", "net.peer.port", "http.request.method", "http.method",
  ].map { FieldReference(.record, $0) }

  /// - Parameter values: one per field of `all`.
  package init(_ values: [AttributeValue?]) { self.values = values.map { $0?.textOrNumber } }

  private subscript(_ name: String) -> String? {
    guard let index = PeerFields.all.firstIndex(where: { $0.key == name }), index < values.count else { return nil }
    return values[index]
  }

  /// What the call reached, by its attributes alone.
  package var name: String {
    if let name = self["service.peer.name"] ?? self["peer.service"] { return name }
    if let name = self["db.namespace"] ?? self["db.name"] ?? self["db.system.name"] ?? self["db.system"] { return name }
    if let name = self["messaging.destination.name"] ?? self["messaging.system"] { return name }
    if let address = self["server.address"] ?? self["net.peer.name"] {
      return (self["server.port"] ?? self["net.peer.port"]).map { address + ":" + $0 } ?? address
    }
    return "unknown"
  }

  /// Whether a service of ours may stand behind the call; a database may not.
  package var canBeService: Bool { kind != .db }

  package var kind: DependencyKind {
    if self["db.system.name"] ?? self["db.system"] != nil { return .db }
    if self["messaging.system"] ?? self["messaging.destination.name"] != nil { return .messaging }
    if self["rpc.system.name"] ?? self["rpc.system"] != nil { return .rpc }
    if self["http.request.method"] ?? self["http.method"] != nil { return .http }
    return .other
  }
}
