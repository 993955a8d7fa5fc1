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
    let capacity = ZSTD_compressBound(source.byteCount)
    let target = unsafe context.scratch(capacity)
    let written = unsafe source.withUnsafeBytes { source in
      unsafe ZSTD_compressCCtx(
        context.compression, target.baseAddress, target.count, source.baseAddress, source.count, level)
    }
    precondition(ZSTD_isError(written) == 0, "zstd compresses into a buffer of the size that it asked for")
    unsafe writer.append(contentsOf: UnsafeRawBufferPointer(rebasing: target[..<written]))
    return written
  }

  /// Appends the content of the frame at `range` of `source`, exactly `byteCount` bytes, to `target`.
  package static func decompress(
    _ source: [UInt8], _ range: Range<Int>, byteCount: Int, into target: inout [UInt8]
  ) throws(EncodingError) {
    guard byteCount <= EncodingLimits.chunkBytes else {
      throw EncodingError(.tooLarge, "a frame of \(byteCount) bytes")
    }
    let frame = Frame(range: range, byteCount: byteCount, isCompressed: true)
    let content = try decompress(source, [frame], byteCount: byteCount)
    if target.isEmpty { target = content } else { target += content }
  }

  /// Where the bytes of a frame are, and how many they become.
  struct Frame {
    let range: Range<Int>
    let byteCount: Int
    /// Else the bytes stand as they are.
    let isCompressed: Bool
  }

  /// The contents of frames one after the other, exactly `byteCount` bytes, which the caller has limited.
  static func decompress(
    _ source: [UInt8], _ frames: [Frame], byteCount: Int
  ) throws(EncodingError) -> [UInt8] {
    let context = contexts.withLock { $0.popLast() } ?? Contexts()
    defer { contexts.withLock { $0.append(context) } }
    var isDamaged = false
    // Not filled with zeros first: that would touch every page twice.
    let content = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, initializedCount in
      unsafe source.withUnsafeBytes { source in
        for frame in frames {
          let from = unsafe UnsafeRawBufferPointer(rebasing: source[frame.range])
          guard !isDamaged, frame.byteCount <= byteCount - initializedCount else {
            isDamaged = true
            return
          }
          let to = unsafe UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(target)[initializedCount..<initializedCount + frame.byteCount])
          if !frame.isCompressed {
            unsafe to.copyMemory(from: from)
          } else {
            let written = unsafe ZSTD_decompressDCtx(
              context.decompression, to.baseAddress, to.count, from.baseAddress, from.count)
            if ZSTD_isError(written) != 0 || written != frame.byteCount {
              isDamaged = true
              return
            }
          }
          initializedCount += frame.byteCount
        }
      }
    }
    guard !isDamaged, content.count == byteCount else { throw EncodingError(.damaged, "a zstd frame is damaged") }
    return content
  }

  /// Contexts that no thread uses now: as many as ever ran at once.
  private static let contexts = Mutex<[Contexts]>([])
}

/// One compression and one decompression context with room for a frame, used by one thread at a time.
///
/// Unchecked: the list in `Zstandard` hands it to one thread and takes it back.
@safe
private final class Contexts: @unchecked Sendable {
  let compression: OpaquePointer?
  let decompression: OpaquePointer?
  private var room: UnsafeMutableRawBufferPointer

  init() {
    unsafe room = .allocate(byteCount: 0, alignment: 16)
    unsafe compression = ZSTD_createCCtx()
    unsafe decompression = ZSTD_createDCtx()
  }

  /// At least `byteCount` bytes, as the caller before left them. Room above 1 MiB is not kept for long.
  func scratch(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    if unsafe byteCount > room.count || room.count > max(byteCount, 1 << 20) {
      unsafe room.deallocate()
      unsafe room = .allocate(byteCount: max(byteCount, 256 << 10), alignment: 16)
    }
    return unsafe room
  }

  deinit {
    unsafe room.deallocate()
    unsafe ZSTD_freeCCtx(compression)
    unsafe ZSTD_freeDCtx(decompression)
  }
}
