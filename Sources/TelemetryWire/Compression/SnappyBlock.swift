import CSnappy
import TelemetryModel

/// The block format of snappy, whole bodies at a time.
package enum SnappyBlock {
  /// The content of a block.
  ///
  /// - Throws: `.decompressedTooLarge` before memory is taken, `.badSnappy` for damage.
  package static func decompressed(_ block: [UInt8], byteLimit: Int) throws(WireError) -> [UInt8] {
    var decompressor = Decompressor()
    try unsafe decompressor.decompress(block.span.bytes, .snappy, byteLimit: byteLimit)
    return unsafe Array(decompressor.output)
  }

  /// A block with this content.
  package static func compressed(_ content: [UInt8]) -> [UInt8] {
    let capacity = snappy_max_compressed_length(content.count)
    return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
      var length = capacity
      let status = unsafe content.withUnsafeBytes { source in
        unsafe snappy_compress(
          source.bindMemory(to: CChar.self).baseAddress, content.count,
          UnsafeMutableRawBufferPointer(target).bindMemory(to: CChar.self).baseAddress, &length)
      }
      assert(status == SNAPPY_OK, "the room suffices")
      count = status == SNAPPY_OK ? length : 0
    }
  }
}
