package import TelemetryModel

/// Reads the frames of one segment from its bytes.
///
/// After a bad frame it goes on behind it when the bad one's length leads to a whole frame, since then only that frame is
/// damaged.
package struct LogSegmentReader {
  package enum Item {
    case frame(LoggedBody)
    /// A whole frame whose rows are in parts already: its body is not read.
    case spent(signal: Signal, sequence: UInt64)
    /// Bytes that are no frame; a whole frame follows.
    case damaged(Range<Int>)
    /// Bytes to the end that are no frame. `isTorn`: they look like a write that a crash cut off, so that nobody was
    /// told that they were stored.
    case unreadable(Range<Int>, isTorn: Bool)
  }

  private let bytes: [UInt8]
  private var position: Int
  private var lastSequence: UInt64
  private let flushedThrough: [Signal: UInt64]

  /// - Parameters:
  ///   - lastSequence: the sequence before the segment's first one; frames must lie above it.
  ///   - flushedThrough: frames of a signal up to this sequence are spent.
  package init(_ bytes: [UInt8], after lastSequence: UInt64, flushedThrough: [Signal: UInt64]) {
    self.bytes = bytes
    self.flushedThrough = flushedThrough
    position = min(LogSegment.headerByteCount, bytes.count)
    self.lastSequence = lastSequence
  }

  /// The next frame or damage, nil at the end.
  package mutating func next() -> Item? {
    guard position < bytes.count else { return nil }
    let start = position
    let length = frameLength(at: start)
    if let length, let item = frame(at: start, length: length) {
      position = start + LogFrame.prefixByteCount + length
      switch item {
      case .frame(let body): lastSequence = body.sequence
      case .spent(_, let sequence): lastSequence = sequence
      case .damaged, .unreadable: break
      }
      return item
    }
    if let length {
      let end = start + LogFrame.prefixByteCount + length
      if let following = frameLength(at: end), frame(at: end, length: following) != nil {
        position = end
        return .damaged(start..<end)
      }
    }
    position = bytes.count
    return .unreadable(
      start..<bytes.count, isTorn: length == nil && !isWholeButForLength(at: start) && !hasFrame(after: start))
  }

  /// Whether the rest of the segment is one frame whose length is damaged.
  private func isWholeButForLength(at offset: Int) -> Bool {
    let content = offset + LogFrame.prefixByteCount
    return content + LogFrame.fixedByteCount <= bytes.count && frame(at: offset, length: bytes.count - content) != nil
  }

  /// Whether a whole frame lies somewhere behind a place where none begins: then it was no write that was cut off. What
  /// lies there is not replayed, since a body may contain what looks like a frame.
  private func hasFrame(after offset: Int) -> Bool {
    var candidate = offset + 1
    while candidate + LogFrame.prefixByteCount + LogFrame.fixedByteCount <= bytes.count {
      if LogFrame.mayBegin(bytes, at: candidate), let length = frameLength(at: candidate),
        frame(at: candidate, length: length) != nil
      {
        return true
      }
      candidate += 1
    }
    return false
  }

  /// The length that the prefix at `offset` says; nil when no frame of it fits in the segment.
  private func frameLength(at offset: Int) -> Int? {
    guard offset + LogFrame.prefixByteCount <= bytes.count else { return nil }
    var reader = StoredBytesReader(bytes[offset..<offset + 4])
    guard let length = reader.integer(UInt32.self), length >= LogFrame.fixedByteCount,
      Int(length) <= bytes.count - offset - LogFrame.prefixByteCount
    else { return nil }
    return Int(length)
  }

  /// The whole frame at `offset`, if there is one.
  private func frame(at offset: Int, length: Int) -> Item? {
    let content = bytes[offset + LogFrame.prefixByteCount..<offset + LogFrame.prefixByteCount + length]
    var prefix = StoredBytesReader(bytes[offset + 4..<offset + 8])
    guard prefix.integer(UInt32.self) == content.castagnoli, let (sequence, kind) = LogFrame.identity(content),
      sequence > lastSequence
    else { return nil }
    if sequence <= flushedThrough[kind.signal] ?? 0 { return .spent(signal: kind.signal, sequence: sequence) }
    return LogFrame.decode(content).map { .frame($0) }
  }
}
