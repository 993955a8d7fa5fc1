import NIOCore

/// Gathers one body into one array, within the body limit and the admission gate.
struct BodyIntake {
  private(set) var bytes: [UInt8] = []
  let permit: AdmissionPermit
  private let limit: Int

  /// `reservedBytes` is what the body will probably take; it is reserved, not believed.
  init(permit: AdmissionPermit, limit: Int, reservedBytes: Int) {
    self.permit = permit
    self.limit = limit
    bytes.reserveCapacity(min(reservedBytes, limit))
  }

  /// Reserves for a body whose length has become known.
  mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(min(byteCount, limit)) }

  /// Copies what arrived: the only copy between socket and decoder. Returns why the body must be refused, if it must.
  mutating func append(_ buffer: ByteBuffer) -> IngestRefusal? {
    let total = bytes.count + buffer.readableBytes
    guard total <= limit else { return .bodyTooLarge(limit: limit) }
    guard permit.grow(to: total) else { return .noRoom }
    bytes.append(contentsOf: buffer.readableBytesView)
    return nil
  }
}
