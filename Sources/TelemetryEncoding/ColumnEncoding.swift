/// How the values of a chunk are encoded. Raw values are part of docs/format/part.md: never renumber.
package enum ColumnEncoding: UInt8, Sendable, Hashable, CaseIterable {
  case constant = 0
  case frameOfReference = 1
  case deltaFrameOfReference = 2
  case bytePlanes = 3
  case deltaBytePlanes = 4
  case compressedWords = 5
  case raw = 6
  case dictionary = 7
  case frames = 8
  case identifierDictionary = 9
  case timeDifference = 10
  case rowDistance = 11
  case decimals = 12
  case templates = 32

  /// The name in the inventory.
  package var name: String {
    switch self {
    case .constant: "constant"
    case .frameOfReference: "frame_of_reference"
    case .deltaFrameOfReference: "delta"
    case .bytePlanes: "byte_planes"
    case .deltaBytePlanes: "delta_byte_planes"
    case .compressedWords: "zstd_words"
    case .raw: "raw"
    case .dictionary: "dictionary"
    case .frames: "zstd_frames"
    case .identifierDictionary: "id_dictionary"
    case .timeDifference: "time_difference"
    case .rowDistance: "row_distance"
    case .decimals: "decimals"
    case .templates: "templates"
    }
  }

  /// Reads an id.
  package init(id: UInt8) throws(EncodingError) {
    guard let encoding = ColumnEncoding(rawValue: id) else {
      throw EncodingError(.unknownEncoding, "encoding \(id) is unknown to this version")
    }
    self = encoding
  }
}

/// What decoders refuse before they allocate.
package enum EncodingLimits {
  /// Rows of a block.
  package static let blockRows = 65_536
  /// Rows of a block's child table.
  package static let childRows = 4_194_304
  /// Bytes of all values of one chunk or table column.
  package static let chunkBytes = 1 << 30
}
