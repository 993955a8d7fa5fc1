import TelemetryModel

/// Gives texts that differ only in their variables the same code, counted from 0 in the order of first sight.
///
/// A text is looked up by the hash of what stands between its variables and compared piece by piece: its template is put
/// together only when it is new.
struct SkeletonTable: ~Copyable {
  /// The templates, a marker for each variable.
  private(set) var templates = BytesColumn()
  /// Of each template, how many variables it has.
  private(set) var slotCounts: [Int] = []
  private var hashes: [UInt64] = []
  /// Upper half: of the hash; lower half: code + 1; 0 is empty.
  private var slots = [UInt64](repeating: 0, count: 1024)

  private static let tagMask: UInt64 = 0xffff_ffff_0000_0000

  var count: Int { slotCounts.count }

  /// The code of the text at `range` of `arena`, whose variables are `variables`.
  mutating func code(
    of range: Range<Int>, in arena: RawSpan, _ variables: UnsafeBufferPointer<TextVariable>
  ) -> Int {
    let hash = unsafe SkeletonTable.hash(of: range, in: arena, variables)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let entry = slots[slot]
      if entry & SkeletonTable.tagMask == hash & SkeletonTable.tagMask {
        let code = Int(UInt32(truncatingIfNeeded: entry)) &- 1
        if unsafe isEqual(code, range, arena, variables) { return code }
      }
      slot = (slot &+ 1) & mask
    }
    return unsafe insert(hash, at: slot, range, arena, variables)
  }

  private static func hash(
    of range: Range<Int>, in arena: RawSpan, _ variables: UnsafeBufferPointer<TextVariable>
  ) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: variables.count)
    var start = range.lowerBound
    for index in 0..<variables.count {
      let variable = unsafe variables[index]
      hash = mixed(hash, arena, start, variable.start)
      start = variable.start &+ variable.length
    }
    return mixed(hash, arena, start, range.upperBound)
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ arena: RawSpan, _ start: Int, _ end: Int) -> UInt64 {
    ContentHash.mix(
      hash ^ 0x9e37_79b9_7f4a_7c15, ContentHash.of(arena, start: start, count: end &- start) ^ 0xd1b5_4a32_d192_ed03)
  }

  private func isEqual(
    _ code: Int, _ range: Range<Int>, _ arena: RawSpan, _ variables: UnsafeBufferPointer<TextVariable>
  ) -> Bool {
    guard slotCounts[code] == variables.count else { return false }
    let stored = templates.range(code)
    let template = unsafe templates.arena.span.bytes
    var position = stored.lowerBound
    var start = range.lowerBound
    for index in 0...variables.count {
      let isLast = index == variables.count
      let end = isLast ? range.upperBound : unsafe variables[index].start
      let length = end &- start
      guard length <= stored.upperBound &- position,
        SkeletonTable.isEqual(arena, start, template, position, count: length)
      else { return false }
      position &+= length
      if isLast { break }
      guard position < stored.upperBound,
        unsafe template.unsafeLoad(fromByteOffset: position, as: UInt8.self) == TemplateScanner.marker
      else { return false }
      position &+= 1
      start = unsafe end &+ variables[index].length
    }
    return position == stored.upperBound
  }

  @inline(__always)
  private static func isEqual(_ left: RawSpan, _ start: Int, _ right: RawSpan, _ other: Int, count: Int) -> Bool {
    var offset = 0
    while offset &+ 8 <= count {
      let one = unsafe left.unsafeLoadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self)
      let two = unsafe right.unsafeLoadUnaligned(fromByteOffset: other &+ offset, as: UInt64.self)
      if one != two { return false }
      offset &+= 8
    }
    while offset < count {
      let one = unsafe left.unsafeLoad(fromByteOffset: start &+ offset, as: UInt8.self)
      let two = unsafe right.unsafeLoad(fromByteOffset: other &+ offset, as: UInt8.self)
      if one != two { return false }
      offset &+= 1
    }
    return true
  }

  private mutating func insert(
    _ hash: UInt64, at slot: Int, _ range: Range<Int>, _ arena: RawSpan,
    _ variables: UnsafeBufferPointer<TextVariable>
  ) -> Int {
    var template: [UInt8] = []
    var start = range.lowerBound
    for index in 0..<variables.count {
      let variable = unsafe variables[index]
      unsafe arena.extracting(start..<variable.start).withUnsafeBytes { unsafe template.append(contentsOf: $0) }
      template.append(TemplateScanner.marker)
      start = variable.start &+ variable.length
    }
    unsafe arena.extracting(start..<range.upperBound).withUnsafeBytes { unsafe template.append(contentsOf: $0) }
    let code = slotCounts.count
    templates.append(template)
    slotCounts.append(variables.count)
    hashes.append(hash)
    slots[slot] = hash & SkeletonTable.tagMask | UInt64(code &+ 1)
    if slotCounts.count * 2 > slots.count { grow() }
    return code
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = hash & SkeletonTable.tagMask | UInt64(code + 1)
    }
  }
}
