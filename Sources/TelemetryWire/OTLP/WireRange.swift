/// A half-open byte range of a body; empty until a field sets it.
struct WireRange: BitwiseCopyable {
  var start = 0
  var end = 0

  @inline(__always) var count: Int { end &- start }
}
