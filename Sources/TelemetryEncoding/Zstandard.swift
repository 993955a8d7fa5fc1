import CZstd
import Synchronization

/// zstd frames with contexts that are used again: a context costs more than a small frame.
package enum Zstandard {
  /// For data chunks, where speed counts.
  package static let chunkLevel: Int32 = 1
  /// For dictionaries and identity tables, small and read often.
  package static let tableLevel: Int32 = 3

  /// Appends one frame of `source`; returns its length. Cost: about 3 ns a byte at level 1.
  package static func append(
    _ source: RawSpan, level: Int32, to writer: inout EncodingWriter
  ) -> Int {
    let context = contexts.withLock { $0.popLast() } ?? Contexts()
    defer { contexts.withLock { $0.append(context) } }
    let before = writer.count
    unsafe source.withUnsafeBytes { source in
      unsafe writer.append(capacity: ZSTD_compressBound(source.count)) { target in
        let written = unsafe ZSTD_compressCCtx(
          context.compression, target.baseAddress, target.count, source.baseAddress, source.count, level)
        precondition(ZSTD_isError(written) == 0, "zstd compresses into a buffer of the size that it asked for")
        return written
      }
    }
    return writer.count - before
  }

  /// Appends the content of the frame at `range` of `source`, exactly `byteCount` bytes, to `target`.
  package static func decompress(
    _ source: [UInt8], _ range: Range<Int>, byteCount: Int, into target: inout [UInt8]
  ) throws(EncodingError) {
    guard byteCount <= EncodingLimits.chunkBytes else {
      throw EncodingError(.tooLarge, "a frame of \(byteCount) bytes")
    }
    let start = target.count
    target.append(contentsOf: repeatElement(0, count: byteCount))
    let written = decompress(source, range, into: &target, at: start, byteCount: byteCount)
    guard written == byteCount else { throw EncodingError(.damaged, "a zstd frame is damaged") }
  }

  /// How many bytes were written, or nil when the frame is damaged or longer than `byteCount`.
  private static func decompress(
    _ source: [UInt8], _ range: Range<Int>, into target: inout [UInt8], at start: Int, byteCount: Int
  ) -> Int? {
    let context = contexts.withLock { $0.popLast() } ?? Contexts()
    defer { contexts.withLock { $0.append(context) } }
    return unsafe source.withUnsafeBytes { source in
      unsafe target.withUnsafeMutableBytes { target in
        let from = unsafe UnsafeRawBufferPointer(rebasing: source[range])
        let to = unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + byteCount])
        let written = unsafe ZSTD_decompressDCtx(
          context.decompression, to.baseAddress, to.count, from.baseAddress, from.count)
        return ZSTD_isError(written) == 0 ? written : nil
      }
    }
  }

  /// Contexts that no thread uses now: as many as ever ran at once.
  private static let contexts = Mutex<[Contexts]>([])
}

/// One compression and one decompression context, used by one thread at a time.
///
/// Unchecked: the list in `Zstandard` hands it to one thread and takes it back.
@safe
private final class Contexts: @unchecked Sendable {
  let compression: OpaquePointer?
  let decompression: OpaquePointer?

  init() {
    unsafe compression = ZSTD_createCCtx()
    unsafe decompression = ZSTD_createDCtx()
  }

  deinit {
    unsafe ZSTD_freeCCtx(compression)
    unsafe ZSTD_freeDCtx(decompression)
  }
}
