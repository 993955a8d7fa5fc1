internal import TelemetryModel
internal import TelemetryStore

/// The bytes of one frame of the log; see docs/format/wal.md.
enum LogFrame {
  /// Length and checksum, which the length does not count.
  static let prefixByteCount = 8
  /// The fixed fields behind the prefix.
  static let fixedByteCount = 64
  private static let compressedFlag: UInt8 = 1
  /// No body of this size is ever accepted; a greater one in a frame is damage, not a reason to allocate.
  static let bodyByteLimit = 1 << 30

  /// Appends the frame of a body.
  static func append(
    _ batch: IngestBatch, sequence: UInt64, compressor: LogBodyCompressor, to output: inout [UInt8]
  ) {
    let start = output.count
    let tenant = batch.tenant.utf8.prefix(255)
    output.reserveCapacity(start + prefixByteCount + fixedByteCount + tenant.count + batch.body.count)
    output.appendStored(UInt64(0))
    output.appendStored(sequence)
    output.append(batch.kind.rawValue)
    output.append(batch.contentEncoding.rawValue)
    let flagsOffset = output.count
    output.append(0)
    output.append(UInt8(truncatingIfNeeded: tenant.count))
    output.appendStored(batch.receivedAt)
    output.appendStored(UInt32(clamping: batch.body.count))
    for limit in [
      batch.limits.bodyBytes, batch.limits.recordBytes, batch.limits.valueBytes, batch.limits.attributes,
      batch.limits.keyBytes, batch.limits.nesting,
    ] { output.appendStored(UInt32(clamping: limit)) }
    output.appendStored(batch.limits.futureNanoseconds)
    output.appendStored(batch.limits.pastNanoseconds)
    output.append(contentsOf: tenant)
    if batch.contentEncoding == .identity, batch.body.count >= LogBodyCompressor.threshold,
      compressor.compress(batch.body, into: &output)
    {
      output[flagsOffset] = compressedFlag
    } else {
      output.append(contentsOf: batch.body)
    }
    output.overwriteStored(UInt32(clamping: output.count - start - prefixByteCount), at: start)
    output.overwriteStored(output.castagnoli(start + prefixByteCount..<output.count), at: start + 4)
  }

  /// A cheap look at the bytes that say kind, encoding and flags; the caller has checked that a fixed part fits.
  static func mayBegin(_ bytes: [UInt8], at offset: Int) -> Bool {
    let fields = offset + prefixByteCount + 8
    return BodyKind(rawValue: bytes[fields]) != nil && ContentEncoding(rawValue: bytes[fields + 1]) != nil
      && bytes[fields + 2] <= compressedFlag
  }

  /// The first two fields of the content behind the prefix.
  static func identity(_ content: ArraySlice<UInt8>) -> (sequence: UInt64, kind: BodyKind)? {
    var reader = StoredBytesReader(content)
    guard let sequence = reader.integer(UInt64.self), let raw = reader.integer(UInt8.self),
      let kind = BodyKind(rawValue: raw)
    else { return nil }
    return (sequence, kind)
  }

  /// Reads the content behind the prefix, whose checksum has been verified; nil when it does not follow the format.
  static func decode(_ content: ArraySlice<UInt8>) -> LoggedBody? {
    var reader = StoredBytesReader(content)
    guard let sequence = reader.integer(UInt64.self), let rawKind = reader.integer(UInt8.self),
      let kind = BodyKind(rawValue: rawKind), let rawEncoding = reader.integer(UInt8.self),
      let encoding = ContentEncoding(rawValue: rawEncoding), let flags = reader.integer(UInt8.self),
      flags <= compressedFlag,
      let tenantLength = reader.integer(UInt8.self), let receivedAt = reader.integer(Int64.self),
      let bodyByteCount = reader.integer(UInt32.self), bodyByteCount <= bodyByteLimit,
      let limits = decodeLimits(&reader),
      reader.remaining >= Int(tenantLength)
    else { return nil }
    let bodyStart = reader.position + Int(tenantLength)
    guard let tenant = String(validating: content[reader.position..<bodyStart], as: UTF8.self) else { return nil }
    let stored = content[bodyStart...]
    let body: [UInt8]
    if flags & compressedFlag != 0 {
      guard let whole = LogBodyCompressor.decompress(stored, byteCount: Int(bodyByteCount)) else { return nil }
      body = whole
    } else {
      guard stored.count == Int(bodyByteCount) else { return nil }
      body = Array(stored)
    }
    return LoggedBody(
      sequence: sequence, tenant: tenant, kind: kind, contentEncoding: encoding, limits: limits, receivedAt: receivedAt,
      body: body)
  }

  private static func decodeLimits(_ reader: inout StoredBytesReader) -> IngestLimits? {
    guard let bodyBytes = reader.integer(UInt32.self), let recordBytes = reader.integer(UInt32.self),
      let valueBytes = reader.integer(UInt32.self), let attributes = reader.integer(UInt32.self),
      let keyBytes = reader.integer(UInt32.self), let nesting = reader.integer(UInt32.self),
      let future = reader.integer(Int64.self), let past = reader.integer(Int64.self)
    else { return nil }
    var limits = IngestLimits()
    limits.bodyBytes = Int(bodyBytes)
    limits.recordBytes = Int(recordBytes)
    limits.valueBytes = Int(valueBytes)
    limits.attributes = Int(attributes)
    limits.keyBytes = Int(keyBytes)
    limits.nesting = Int(nesting)
    limits.futureNanoseconds = future
    limits.pastNanoseconds = past
    return limits
  }
}
