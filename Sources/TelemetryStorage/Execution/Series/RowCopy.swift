/// Consecutive rows of one source that go into a target one after the other. The target's rows are those of all copies in
/// their order.
struct RowCopy: Sendable {
  let source: UInt32
  let start: UInt32
  let count: UInt32

  init(source: Int, start: Int, count: Int) {
    self.source = UInt32(source)
    self.start = UInt32(start)
    self.count = UInt32(count)
  }

  init(source: UInt32, start: UInt32, count: UInt32) {
    self.source = source
    self.start = start
    self.count = count
  }

  var rows: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
