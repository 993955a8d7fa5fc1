/// One query of remote read's `ReadRequest`.
package struct RemoteReadQuery: Sendable {
  /// A matcher; `type` is 0 for =, 1 for !=, 2 for =~ and 3 for !~.
  package struct Matcher: Sendable {
    package var type: UInt64 = 0
    package var name = ""
    package var value = ""
  }

  /// Milliseconds since 1970, both included.
  package private(set) var start: Int64 = 0
  package private(set) var end: Int64 = 0
  package private(set) var matchers: [Matcher] = []

  /// The queries of a request.
  package static func all(_ body: [UInt8]) throws(WireError) -> [RemoteReadQuery] {
    let bytes = unsafe body.span.bytes
    var queries: [RemoteReadQuery] = []
    var position = 0
    while position < bytes.byteCount {
      let tag = try bytes.protobufTag(&position, bytes.byteCount)
      if tag == 0x0a {
        queries.append(try RemoteReadQuery(bytes, try bytes.protobufRange(&position, bytes.byteCount)))
      } else {
        try bytes.protobufSkip(tag, &position, bytes.byteCount)
      }
    }
    return queries
  }

  private init(_ bytes: RawSpan, _ range: WireRange) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x08: start = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      case 0x10: end = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      case 0x1a: matchers.append(try Matcher(bytes, try bytes.protobufRange(&position, range.end)))
      default: try bytes.protobufSkip(tag, &position, range.end)
      }
    }
  }
}

extension RemoteReadQuery.Matcher {
  fileprivate init(_ bytes: RawSpan, _ range: WireRange) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x08: type = try bytes.protobufVarint(&position, range.end)
      case 0x12:
        let text = try bytes.protobufRange(&position, range.end)
        name = bytes.text(text.start, text.end)
      case 0x1a:
        let text = try bytes.protobufRange(&position, range.end)
        value = bytes.text(text.start, text.end)
      default: try bytes.protobufSkip(tag, &position, range.end)
      }
    }
  }
}
