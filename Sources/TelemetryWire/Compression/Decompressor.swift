import CDeflate
import CSnappy
import CZstd
import TelemetryModel

/// Decompresses one body at a time into memory of its own, never beyond a limit.
///
/// gzip and deflate by libdeflate, which decodes into one piece of memory: a guess at the size, doubled until the
/// content fits, so that a body is decoded at most about twice. zstd streamed, since its frames need not say their
/// size. A snappy block says its size, which is checked before memory is taken. A bomb costs the time of decoding `byteLimit` bytes at most twice, and that much memory.
@safe
struct Decompressor: ~Copyable {
  /// zstd windows that are accepted even under a smaller limit: what RFC 8878 asks every decoder for is 8 MiB.
  private static let windowBytes = 8 << 20
  /// Memory kept from one body to the next.
  private static let keptBytes = 4 << 20

  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  private var count = 0
  private var deflate: OpaquePointer?
  private var zstd: OpaquePointer?

  init() {
    unsafe memory = nil
    unsafe deflate = nil
    unsafe zstd = nil
  }

  deinit {
    unsafe memory?.deallocate()
    if let deflate = unsafe deflate { unsafe libdeflate_free_decompressor(deflate) }
    if let zstd = unsafe zstd { unsafe _ = ZSTD_freeDCtx(zstd) }
  }

  /// The content, valid until the next call of `decompress` or `reset`.
  var output: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: memory, count: count) }

  /// Replaces `output` with the content of `body`.
  mutating func decompress(
    _ body: RawSpan, _ encoding: ContentEncoding, byteLimit: Int
  ) throws(WireError) {
    count = 0
    // The pointer does not outlive `body`, which is borrowed until this returns.
    let source = unsafe body.withUnsafeBytes { unsafe $0 }
    switch encoding {
    case .identity: throw WireError(.unknownEncoding, offset: 0)
    case .gzip: try unsafe inflateGzip(source, byteLimit)
    case .deflate: try unsafe inflateDeflate(source, byteLimit)
    case .zstd: try unsafe inflateZstd(source, byteLimit)
    case .snappy: try unsafe inflateSnappy(source, byteLimit)
    }
  }

  /// Forgets the content, and its memory when it is large.
  mutating func reset() {
    count = 0
    guard capacity > Decompressor.keptBytes else { return }
    unsafe memory?.deallocate()
    unsafe memory = nil
    capacity = 0
  }

  // MARK: Memory

  /// Makes room for at least `wanted` bytes, never more than `byteLimit`; false when there is no more.
  private mutating func grow(_ wanted: Int, _ byteLimit: Int) -> Bool {
    let newCapacity = min(max(wanted, 4096), byteLimit)
    guard newCapacity > capacity else { return false }
    let new = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
    if let old = unsafe memory {
      unsafe new.copyMemory(from: old, byteCount: count)
      unsafe old.deallocate()
    }
    unsafe memory = new
    capacity = newCapacity
    return true
  }

  // MARK: gzip and deflate

  private mutating func deflateDecompressor() throws(WireError) -> OpaquePointer {
    if let existing = unsafe deflate { return unsafe existing }
    guard let new = unsafe libdeflate_alloc_decompressor() else { throw WireError(.outOfMemory, offset: 0) }
    unsafe deflate = new
    return unsafe new
  }

  private enum Wrapping { case gzip, zlib, raw }

  private mutating func inflateGzip(_ source: UnsafeRawBufferPointer, _ byteLimit: Int) throws(WireError) {
    guard source.count >= 18 else { throw WireError(.truncatedCompression, offset: source.count) }
    // The trailer's size, modulo 2^32, is only a first guess: it may lie.
    let hint = unsafe UInt32(littleEndian: source.loadUnaligned(fromByteOffset: source.count - 4, as: UInt32.self))
    _ = grow(min(Int(hint), source.count.multipliedClamped(by: 32)), byteLimit)
    var offset = 0
    while offset < source.count {
      if offset > 0, unsafe source[offset] == 0, unsafe source[offset...].allSatisfy({ $0 == 0 }) { return }
      offset += try unsafe inflate(source, from: offset, .gzip, .badGzip, byteLimit)
    }
  }

  private mutating func inflateDeflate(_ source: UnsafeRawBufferPointer, _ byteLimit: Int) throws(WireError) {
    guard source.count >= 2 else { throw WireError(.truncatedCompression, offset: source.count) }
    _ = grow(source.count.multipliedClamped(by: 4), byteLimit)
    let header = unsafe Int(source[0]) << 8 | Int(source[1])
    var consumed = 0
    if unsafe source[0] & 0x0f == 8, header % 31 == 0 {
      do throws(WireError) {
        consumed = try unsafe inflate(source, from: 0, .zlib, .badDeflate, byteLimit)
      } catch {
        // Raw deflate may begin like zlib, once in a thousand times.
        guard error.code == .badCompression else { throw error }
        count = 0
      }
    }
    if consumed == 0 { consumed = try unsafe inflate(source, from: 0, .raw, .badDeflate, byteLimit) }
    guard consumed == source.count else { throw WireError(.badDeflate, offset: consumed) }
  }

  /// Decodes one member behind the content so far; returns the bytes that it took.
  private mutating func inflate(
    _ source: UnsafeRawBufferPointer, from offset: Int, _ wrapping: Wrapping, _ failure: WireError.Reason,
    _ byteLimit: Int
  ) throws(WireError) -> Int {
    let decompressor = try unsafe deflateDecompressor()
    guard let base = source.baseAddress else { throw WireError(failure, offset: offset) }
    if capacity == 0 { _ = grow(4096, byteLimit) }
    guard capacity > 0 else { throw WireError(.decompressedTooLarge, offset: offset) }
    while true {
      var taken = 0
      var written = 0
      let input = unsafe base + offset
      let target = unsafe memory.unsafelyUnwrapped + count
      let room = capacity - count
      let left = source.count - offset
      let result: libdeflate_result
      switch wrapping {
      case .gzip:
        unsafe result = libdeflate_gzip_decompress_ex(decompressor, input, left, target, room, &taken, &written)
      case .zlib:
        unsafe result = libdeflate_zlib_decompress_ex(decompressor, input, left, target, room, &taken, &written)
      case .raw:
        unsafe result = libdeflate_deflate_decompress_ex(decompressor, input, left, target, room, &taken, &written)
      }
      if result == LIBDEFLATE_SUCCESS {
        count += written
        guard taken > 0 else { throw WireError(failure, offset: offset) }
        return taken
      }
      guard result == LIBDEFLATE_INSUFFICIENT_SPACE else { throw WireError(failure, offset: offset) }
      guard grow(capacity.multipliedClamped(by: 2), byteLimit) else {
        throw WireError(.decompressedTooLarge, offset: offset)
      }
    }
  }

  // MARK: snappy

  private mutating func inflateSnappy(_ source: UnsafeRawBufferPointer, _ byteLimit: Int) throws(WireError) {
    guard source.count > 0, let base = source.baseAddress else {
      throw WireError(.truncatedCompression, offset: 0)
    }
    let input = unsafe base.assumingMemoryBound(to: CChar.self)
    var length = 0
    guard unsafe snappy_uncompressed_length(input, source.count, &length) == SNAPPY_OK else {
      throw WireError(.badSnappy, offset: 0)
    }
    guard length >= 0, length <= byteLimit else { throw WireError(.decompressedTooLarge, offset: 0) }
    // A copy of 64 bytes takes three: no valid block of this size says more.
    guard length <= source.count.multipliedClamped(by: 64) else { throw WireError(.badSnappy, offset: 0) }
    _ = grow(length, byteLimit)
    guard length > 0 else { return }
    let target = unsafe memory.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)
    guard unsafe snappy_uncompress(input, source.count, target, &length) == SNAPPY_OK else {
      throw WireError(.badSnappy, offset: 0)
    }
    count = length
  }

  // MARK: zstd

  private mutating func zstdContext(_ byteLimit: Int) throws(WireError) -> OpaquePointer {
    // A context keeps the largest window it has met: a large one is not kept.
    if let existing = unsafe zstd {
      if unsafe ZSTD_sizeof_DCtx(existing) <= Decompressor.windowBytes + Decompressor.keptBytes {
        unsafe _ = ZSTD_DCtx_reset(existing, ZSTD_reset_session_and_parameters)
      } else {
        unsafe _ = ZSTD_freeDCtx(existing)
        unsafe zstd = nil
      }
    }
    if unsafe zstd == nil { unsafe zstd = ZSTD_createDCtx() }
    guard let context = unsafe zstd else { throw WireError(.outOfMemory, offset: 0) }
    let window = max(byteLimit, Decompressor.windowBytes)
    let windowLog = Int32(min(27, Int.bitWidth - 1 - window.leadingZeroBitCount))
    unsafe _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLog)
    return unsafe context
  }

  private mutating func inflateZstd(_ source: UnsafeRawBufferPointer, _ byteLimit: Int) throws(WireError) {
    guard source.count > 0, let base = source.baseAddress else {
      throw WireError(.truncatedCompression, offset: 0)
    }
    let context = try unsafe zstdContext(byteLimit)
    let declared = unsafe ZSTD_getFrameContentSize(base, source.count)
    // The two largest values mean "unknown" and "no frame".
    let isDeclared = declared < UInt64.max - 1
    if isDeclared, declared > UInt64(byteLimit) { throw WireError(.decompressedTooLarge, offset: 0) }
    let guess = isDeclared ? Int(declared) : source.count.multipliedClamped(by: 4)
    // One byte more than the limit, to tell a body that fits exactly from one that does not.
    let byteCeiling = byteLimit + 1
    _ = grow(min(guess, source.count.multipliedClamped(by: 256)) + 1, byteCeiling)
    var input = unsafe ZSTD_inBuffer(src: base, size: source.count, pos: 0)
    var pending = 1
    while true {
      if count == capacity, !grow(capacity.multipliedClamped(by: 2), byteCeiling) {
        throw unsafe WireError(.decompressedTooLarge, offset: input.pos)
      }
      var output = unsafe ZSTD_outBuffer(dst: memory.unsafelyUnwrapped + count, size: capacity - count, pos: 0)
      let before = unsafe input.pos
      unsafe pending = ZSTD_decompressStream(context, &output, &input)
      if ZSTD_isError(pending) != 0 {
        let isWindow = ZSTD_getErrorCode(pending) == ZSTD_error_frameParameter_windowTooLarge
        throw unsafe WireError(isWindow ? .windowTooLarge : .badZstd, offset: input.pos)
      }
      count += unsafe output.pos
      guard count <= byteLimit else { throw unsafe WireError(.decompressedTooLarge, offset: input.pos) }
      if unsafe input.pos == source.count, pending == 0 { return }
      let isStuck = unsafe output.pos == 0 && input.pos == before
      if isStuck || (unsafe input.pos == source.count && output.pos < output.size) {
        throw WireError(.truncatedCompression, offset: source.count)
      }
    }
  }
}

extension Int {
  /// The product, or the largest number when it does not fit.
  func multipliedClamped(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
