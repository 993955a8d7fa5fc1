import CZlib
import CZstd

@testable import SightlineSDK

/// Expands what the SDK compressed, up to 16 MiB.
enum Inflation {
  static func expand(_ bytes: [UInt8], _ compression: BodyCompression) -> [UInt8]? {
    switch compression {
    case .none: return bytes
    case .gzip:
      var stream = z_stream()
      guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        return nil
      }
      defer { inflateEnd(&stream) }
      var isWhole = false
      let expanded = bytes.withUnsafeBufferPointer { input in
        [UInt8](unsafeUninitializedCapacity: 16 << 20) { output, count in
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
          stream.avail_in = UInt32(input.count)
          stream.next_out = output.baseAddress
          stream.avail_out = 16 << 20
          isWhole = inflate(&stream, Z_FINISH) == Z_STREAM_END
          count = (16 << 20) - Int(stream.avail_out)
        }
      }
      return isWhole ? expanded : nil
    case .zstd:
      return bytes.withUnsafeBufferPointer { input in
        [UInt8](unsafeUninitializedCapacity: 16 << 20) { output, count in
          let length = ZSTD_decompress(output.baseAddress, 16 << 20, input.baseAddress, input.count)
          count = ZSTD_isError(length) == 0 ? length : 0
        }
      }
    }
  }
}
