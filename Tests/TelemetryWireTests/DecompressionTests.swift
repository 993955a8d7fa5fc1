import CDeflate
import CZstd
import TelemetryModel
import TelemetryWire
import Testing

@Suite("Compressed bodies")
struct DecompressionTests {
  enum Form: CaseIterable { case gzip, zlib, raw }

  private func compress(_ bytes: [UInt8], _ form: Form) -> [UInt8] {
    let compressor = libdeflate_alloc_compressor(6)
    defer { libdeflate_free_compressor(compressor) }
    var output = [UInt8](repeating: 0, count: bytes.count + 1024)
    let count =
      switch form {
      case .gzip: libdeflate_gzip_compress(compressor, bytes, bytes.count, &output, output.count)
      case .zlib: libdeflate_zlib_compress(compressor, bytes, bytes.count, &output, output.count)
      case .raw: libdeflate_deflate_compress(compressor, bytes, bytes.count, &output, output.count)
      }
    return Array(output[..<count])
  }

  /// A zstd frame; streamed ones do not declare their size.
  private func zstd(_ bytes: [UInt8], streamed: Bool = false, windowLog: Int32? = nil) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    if let windowLog { ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog) }
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count) + 64)
    guard streamed else { return Array(output[..<ZSTD_compress2(context, &output, output.count, bytes, bytes.count)]) }
    return bytes.withUnsafeBytes { source in
      output.withUnsafeMutableBytes { target in
        var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        var result = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        _ = ZSTD_compressStream2(context, &result, &input, ZSTD_e_continue)
        while ZSTD_compressStream2(context, &result, &input, ZSTD_e_end) > 0 {}
        return Array(target[..<result.pos])
      }
    }
  }

  private var body: [UInt8] {
    OTLPBodies.request(records: (0..<200).map { OTLPBodies.log("message \($0)", [Attribute("n", .int(Int64($0)))]) })
  }

  private func code(_ body: [UInt8], _ encoding: ContentEncoding, limit: Int = 64 << 20) -> WireError.Code? {
    var limits = IngestLimits()
    limits.bodyBytes = limit
    do throws(WireError) {
      _ = try BodyDecoder().decode(body, .otlpLogsProtobuf, encoding, limits: limits)
      return nil
    } catch { return error.code }
  }

  @Test("every encoding gives the same batch, with one decoder, up to exactly the limit")
  func encodings() throws {
    let body = body
    let decoder = BodyDecoder()
    let half = body.count / 2
    let (first, second) = (Array(body[..<half]), Array(body[half...]))
    let bodies: [(ContentEncoding, [UInt8])] = [
      (.gzip, compress(body, .gzip)), (.gzip, compress(first, .gzip) + compress(second, .gzip)),
      (.gzip, compress(first, .gzip) + compress([], .gzip) + compress(second, .gzip) + [0, 0, 0]),
      (.deflate, compress(body, .zlib)),
      (.deflate, compress(body, .raw)), (.zstd, zstd(body)), (.zstd, zstd(body, streamed: true)),
      (.zstd, zstd(first, streamed: true) + zstd(second)),
    ]
    for (index, (encoding, compressed)) in bodies.enumerated() {
      let decoded = try decoder.decode(compressed, .otlpLogsProtobuf, encoding)
      #expect(decoded.batch.rowCount == 200 && decoded.batch.brokenInvariant == nil, "body \(index)")
      #expect(decoded.batch.attribute("n", row: 199) == .int(199))
      #expect(code(compressed, encoding, limit: body.count) == nil, "body \(index)")
      #expect(code(compressed, encoding, limit: body.count - 1) == .tooLarge, "body \(index)")
    }
  }

  @Test("bombs end early")
  func bombs() {
    let zeros = [UInt8](repeating: 0, count: 64 << 20)
    let bombs: [(ContentEncoding, [UInt8])] = [
      (.gzip, compress(zeros, .gzip)), (.deflate, compress(zeros, .zlib)), (.deflate, compress(zeros, .raw)),
      (.zstd, zstd(zeros)),
      (.zstd, zstd(zeros, streamed: true)),
    ]
    for (index, (encoding, bomb)) in bombs.enumerated() {
      #expect(code(bomb, encoding, limit: 1 << 20) == .tooLarge, "bomb \(index)")
    }
    // A window larger than the limit is refused before its memory is taken.
    #expect(code(zstd(zeros, streamed: true, windowLog: 27), .zstd, limit: 1 << 20) == .tooLarge)
    // A trailer that lies about the size only costs another try.
    var lying = compress(body, .gzip)
    lying.replaceSubrange((lying.count - 4)..., with: [0xff, 0xff, 0xff, 0xff])
    #expect(code(lying, .gzip, limit: 1 << 20) == .badCompression)
  }

  @Test("damaged and truncated bodies are typed errors")
  func damage() {
    let body = body
    let bodies: [(ContentEncoding, [UInt8])] = [
      (.gzip, compress(body, .gzip)), (.deflate, compress(body, .zlib)), (.deflate, compress(body, .raw)),
      (.zstd, zstd(body)),
      (.zstd, zstd(body, streamed: true)),
    ]
    for (encoding, compressed) in bodies {
      #expect(code([], encoding) == .badCompression && code([1], encoding) == .badCompression)
      #expect(code(body, encoding) == .badCompression)
      #expect(code(compressed + [1, 2, 3], encoding) == .badCompression)
      for length in stride(from: 1, to: compressed.count, by: 97) {
        #expect(code(Array(compressed[..<length]), encoding) == .badCompression, "\(encoding) \(length)")
      }
      for seed in 0..<200 as Range<UInt64> {
        var generator = SeededGenerator(seed: seed)
        var damaged = compressed
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        _ = code(damaged, encoding, limit: 1 << 20)
      }
    }
  }
}
