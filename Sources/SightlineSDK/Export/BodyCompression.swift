import CZlib
import CZstd

/// How the bodies of export requests are compressed.
public enum BodyCompression: String, Sendable, Hashable, CaseIterable {
  /// As they are.
  case none
  /// gzip, which every receiver knows.
  case gzip
  /// Zstandard: smaller, and cheaper for both sides.
  case zstd

  /// The compressed body, or nil when it stays as it is.
  ///
  /// Both at the level that costs the host least. Cost: about 8 ns a byte for gzip, 2 ns for Zstandard.
  func compress(_ body: [UInt8]) -> [UInt8]? {
    switch self {
    case .none: nil
    case .gzip: Self.gzip(body)
    case .zstd: Self.zstandard(body)
    }
  }

  private static func gzip(_ body: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    // 15 bits of window, and 16 for the gzip frame around it.
    guard
      deflateInit2_(
        &stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    guard let inputCount = UInt32(exactly: body.count) else { return nil }
    let bound = Int(deflateBound(&stream, UInt(body.count)))
    guard let outputCount = UInt32(exactly: bound) else { return nil }
    return body.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: bound) { output, count in
        // zlib reads through a pointer that it does not call constant.
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = inputCount
        stream.next_out = output.baseAddress
        stream.avail_out = outputCount
        count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? bound - Int(stream.avail_out) : 0
      }
    }.nonEmpty
  }

  private static func zstandard(_ body: [UInt8]) -> [UInt8]? {
    let bound = ZSTD_compressBound(body.count)
    return body.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: bound) { output, count in
        let written = ZSTD_compress(output.baseAddress, bound, input.baseAddress, input.count, 1)
        count = ZSTD_isError(written) == 0 ? written : 0
      }
    }.nonEmpty
  }
}

extension [UInt8] {
  fileprivate var nonEmpty: [UInt8]? { isEmpty ? nil : self }
}
