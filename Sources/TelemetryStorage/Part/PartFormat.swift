import TelemetryEncoding

/// Constants of docs/format/part.md.
enum PartFormat {
  static let magic: UInt32 = 0x3150_544f  // "OTP1"
  static let major: UInt16 = 1
  static let minor: UInt16 = 2
  static let headerBytes = 16
  static let trailerBytes = 48
  static let alignment = 64
  /// Bytes of a block before encoding, if it has more than one row.
  static let blockBytes = 8 << 20
  /// What a reader fetches first; small parts come whole.
  static let tailBytes = 64 << 10
  /// Entries of an identity table.
  static let tableLimit = 1 << 24
  /// Neighbouring chunks are read together over gaps up to this size.
  static let readGap = 16 << 10
}

/// Sections that this version knows.
enum PartSection: UInt16, Sendable {
  case resources = 1
  case scopes = 2
  case series = 3
  case traceFilters = 4
  case valueFilters = 5

  /// The name in the inventory.
  var name: String {
    switch self {
    case .resources: "resources"
    case .scopes: "scopes"
    case .series: "series"
    case .traceFilters: "trace_filters"
    case .valueFilters: "value_filters"
    }
  }
}

extension StorageError {
  /// What a decoding failure means for the file.
  init(_ error: EncodingError, path: String, what: String) {
    self.init(
      error.code == .unknownEncoding ? .unknownEncoding : .damaged, path: path, detail: "\(what): \(error.detail)")
  }
}
