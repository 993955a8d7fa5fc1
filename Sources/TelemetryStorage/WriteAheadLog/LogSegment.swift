package import TelemetryModel

/// One segment file of a shard's log that is no longer written, and what it holds.
package struct LogSegment: Sendable, Equatable {
  package let number: Int
  package let path: String
  package internal(set) var byteCount: Int
  /// The greatest sequence of each signal in the segment; a signal without a frame is missing.
  package internal(set) var lastSequences: [Signal: UInt64]

  /// Whether every frame is in a part.
  func isSpent(_ flushedThrough: [Signal: UInt64]) -> Bool {
    lastSequences.allSatisfy { signal, last in last <= flushedThrough[signal] ?? 0 }
  }

  static let headerByteCount = 16
  private static let magic: [UInt8] = Array("OTW1".utf8)
  static let formatMajor: UInt16 = 1

  /// The header of a new segment.
  static func header(shard: Int) -> [UInt8] {
    var bytes = magic
    bytes.appendStored(formatMajor)
    bytes.appendStored(UInt16(0))
    bytes.appendStored(UInt32(clamping: shard))
    bytes.appendStored(bytes[...].castagnoli)
    return bytes
  }

  enum HeaderCheck: Equatable {
    case good
    case incomplete
    case damaged
    case newerFormat(UInt16)
  }

  /// What the first bytes of a segment say.
  static func check(_ bytes: [UInt8]) -> HeaderCheck {
    // Zeros are a header that a power failure kept from the disk, while the file's length reached it.
    guard bytes.count >= headerByteCount, bytes[..<headerByteCount].contains(where: { $0 != 0 }) else {
      return .incomplete
    }
    var reader = StoredBytesReader(bytes[4..<headerByteCount])
    guard Array(bytes[..<4]) == magic, let major = reader.integer(UInt16.self), reader.integer(UInt16.self) != nil,
      reader.integer(UInt32.self) != nil, let checksum = reader.integer(UInt32.self),
      checksum == bytes[..<12].castagnoli
    else { return .damaged }
    return major > formatMajor ? .newerFormat(major) : .good
  }

  /// `0000000012.wal`
  static func fileName(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".wal"
  }

  /// The number of a segment's file name; nil for any other file.
  static func number(ofFile name: String) -> Int? {
    guard name.hasSuffix(".wal"), name.utf8.count == 14 else { return nil }
    return Int(name.dropLast(4))
  }
}
