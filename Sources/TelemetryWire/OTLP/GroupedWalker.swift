import TelemetryModel

/// The way through an export request, the same in all three signals: resources, their scopes, and in each scope log
/// records, spans or metrics. Specialised for each walker, so that the loop costs what a hand-written copy would.
protocol GroupedWalker: ~Copyable {
  /// Takes one message of a scope; `resource` and `scope` are the identities it stands under.
  mutating func walkItem(
    _ bytes: RawSpan, _ item: WireRange, resource: Int, scope: Int, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError)
}

extension GroupedWalker where Self: ~Copyable {
  @inline(__always)
  mutating func walk(
    _ bytes: RawSpan, _ identities: inout Identities, _ context: inout WalkContext
  ) throws(WireError) {
    var position = 0
    while position < bytes.byteCount {
      let tag = try bytes.protobufTag(&position, bytes.byteCount)
      if tag == 0x0a {
        try walkResource(bytes, try bytes.protobufRange(&position, bytes.byteCount), &identities, &context)
      } else {
        try context.skipUnknown(bytes, tag, &position, bytes.byteCount)
      }
    }
  }

  @inline(__always)
  private mutating func walkResource(
    _ bytes: RawSpan, _ range: WireRange, _ identities: inout Identities, _ context: inout WalkContext
  ) throws(WireError) {
    let header = try bytes.groupHeader(range, &context)
    let resource = try identities.resource(bytes, header.message, schema: header.schema, &context)
    var position = range.start
    while let group = try bytes.nextGroupItem(&position, range.end) {
      try walkScope(bytes, group, resource: resource, &identities, &context)
    }
  }

  @inline(__always)
  private mutating func walkScope(
    _ bytes: RawSpan, _ range: WireRange, resource: Int, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    let header = try bytes.groupHeader(range, &context)
    let scope = try identities.scope(bytes, header.message, schema: header.schema, &context)
    var position = range.start
    while let item = try bytes.nextGroupItem(&position, range.end) {
      try walkItem(bytes, item, resource: resource, scope: scope, &identities, &context)
    }
  }
}

extension RawSpan {
  /// The next message of field 2, which holds the scopes of a resource and the items of a scope; nil at the end.
  @inline(__always)
  fileprivate func nextGroupItem(_ position: inout Int, _ end: Int) throws(WireError) -> WireRange? {
    while position < end {
      let tag = try protobufTag(&position, end)
      if tag == 0x12 { return try protobufRange(&position, end) }
      try protobufSkip(tag, &position, end)
    }
    return nil
  }
}
