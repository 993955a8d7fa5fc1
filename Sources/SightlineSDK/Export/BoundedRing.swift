/// A first-in first-out buffer that never holds more than its capacity.
///
/// Storage grows by doubling up to the capacity and is then reused, so that a full queue allocates nothing.
struct BoundedRing<Element> {
  /// How many elements fit.
  let capacity: Int
  /// How many elements are in.
  private(set) var count = 0
  private var slots: [Element?] = []
  private var head = 0

  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// Adds an element at the end; false when the ring is full.
  mutating func append(_ element: Element) -> Bool {
    if count == slots.count {
      guard count < capacity else { return false }
      grow()
    }
    var position = head + count
    if position >= slots.count { position -= slots.count }
    slots[position] = element
    count += 1
    return true
  }

  /// The first elements, at most `limit`, which stay in.
  func prefix(_ limit: Int) -> [Element] {
    var elements: [Element] = []
    let length = min(limit, count)
    elements.reserveCapacity(length)
    for offset in 0..<length {
      if let element = slots[(head + offset) % slots.count] { elements.append(element) }
    }
    return elements
  }

  /// Takes the first elements out.
  mutating func removeFirst(_ length: Int) {
    let length = min(length, count)
    for offset in 0..<length { slots[(head + offset) % slots.count] = nil }
    count -= length
    head = count == 0 ? 0 : (head + length) % slots.count
  }

  private mutating func grow() {
    var larger: [Element?] = []
    let size = min(capacity, max(16, slots.count * 2))
    larger.reserveCapacity(size)
    for offset in 0..<count { larger.append(slots[(head + offset) % slots.count]) }
    larger.append(contentsOf: repeatElement(nil, count: size - count))
    slots = larger
    head = 0
  }
}
