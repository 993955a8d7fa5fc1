import Synchronization

/// What waits for export in a ``RecordRing``.
protocol ExportRecord: AnyObject, Sendable {
  /// How many spans, log records or data points it stands for.
  var itemCount: Int { get }
}

/// A value as it waits for export.
final class QueuedRecord<Value: Sendable>: ExportRecord {
  let value: Value
  let itemCount: Int

  init(_ value: Value, itemCount: Int = 1) {
    self.value = value
    self.itemCount = itemCount
  }
}

/// A first-in first-out buffer for many producers and one consumer that never holds more than its capacity.
///
/// Producers take a position by one compare-and-exchange and then fill its place; neither locks nor allocates. The
/// consumer looks at the first records and releases them later, so that a batch in flight keeps its places.
/// Invariant: a place is free for position `p` when `p - head < capacity`, and readable when its turn is `p + 1`.
/// Concurrency: `@unchecked`, since the places are raw memory; turns and the two ends order every access to them.
final class RecordRing<Record: ExportRecord>: @unchecked Sendable {
  private struct Place: ~Copyable {
    let turn = Atomic<UInt64>(0)
    var record: Unmanaged<Record>?
  }

  /// What became of a record.
  enum Outcome {
    /// It is in, with so many others before it, itself counted; rather too many than too few.
    case taken(waitingCount: Int)
    /// There was no room.
    case full
    /// The ring takes nothing more.
    case closed
  }

  /// The bit of `tail` that says that the ring is closed.
  private static var closed: UInt64 { 1 << 63 }

  /// How many records fit.
  let capacity: Int
  private let places: UnsafeMutablePointer<Place>
  private let placeCount: Int
  private let tail = Atomic<UInt64>(0)
  private let head = Atomic<UInt64>(0)

  init(capacity: Int) {
    self.capacity = max(1, capacity)
    var size = 1
    while size < self.capacity { size *= 2 }
    placeCount = size
    places = .allocate(capacity: size)
    for index in 0..<size { (places + index).initialize(to: Place()) }
  }

  deinit {
    removeFirst(count)
    places.deinitialize(count: placeCount)
    places.deallocate()
  }

  /// Records that have entered since the start.
  var acceptedCount: Int { Int(tail.load(ordering: .acquiring) & ~Self.closed) }
  /// Records that have left since the start.
  var settledCount: Int { Int(head.load(ordering: .acquiring)) }
  /// Records that are in.
  var count: Int {
    let settled = settledCount
    return acceptedCount - settled
  }

  /// Adds a record at the end.
  func append(_ record: Record) -> Outcome {
    var position = tail.load(ordering: .relaxed)
    while true {
      if position & Self.closed != 0 { return .closed }
      let first = head.load(ordering: .acquiring)
      // A position read long ago may lie before the head by now; it is read again.
      if position >= first, position - first >= UInt64(capacity) {
        let latest = tail.load(ordering: .acquiring)
        if latest == position { return .full }
        position = latest
        continue
      }
      let (isMine, latest) = tail.weakCompareExchange(
        expected: position, desired: position + 1, ordering: .sequentiallyConsistent)
      guard isMine else {
        position = latest
        continue
      }
      let place = places + (Int(position) & (placeCount - 1))
      place.pointee.record = Unmanaged.passRetained(record)
      place.pointee.turn.store(position + 1, ordering: .releasing)
      return .taken(waitingCount: Int(position + 1 - first))
    }
  }

  /// The first records, at most `limit`, which stay in; ends before one whose producer is not done. Consumer only.
  func prefix(_ limit: Int) -> [Record] {
    let first = head.load(ordering: .relaxed)
    let length = min(limit, count)
    var records: [Record] = []
    records.reserveCapacity(length)
    for offset in 0..<UInt64(length) {
      let place = places + (Int(first + offset) & (placeCount - 1))
      guard place.pointee.turn.load(ordering: .acquiring) == first + offset + 1,
        let record = place.pointee.record?.takeUnretainedValue()
      else { break }
      records.append(record)
    }
    return records
  }

  /// Lets the first records go, all of which ``prefix(_:)`` has shown. Consumer only.
  func removeFirst(_ length: Int) {
    let first = head.load(ordering: .relaxed)
    for offset in 0..<UInt64(length) {
      let place = places + (Int(first + offset) & (placeCount - 1))
      place.pointee.record?.release()
      place.pointee.record = nil
    }
    head.store(first + UInt64(length), ordering: .sequentiallyConsistent)
  }

  /// Takes nothing more.
  func close() { tail.bitwiseOr(Self.closed, ordering: .sequentiallyConsistent) }
}
