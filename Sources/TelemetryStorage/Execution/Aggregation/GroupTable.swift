import TelemetryModel
import TelemetryStore

/// The groups that one worker has seen: each dimension's code joined to the group of the dimensions before it.
struct GroupTable: ~Copyable {
  /// One dimension's codes for the rows of a block.
  enum Codes {
    /// The same for every row.
    case constant(UInt32)
    case rows([UInt32])
  }

  /// Per dimension: group before it and code → group after it.
  private var levels: [KeyTable]
  private(set) var hasRows = false

  init(dimensionCount: Int) { levels = [KeyTable](repeating: KeyTable(), count: dimensionCount) }

  var count: Int { levels.last?.count ?? (hasRows ? 1 : 0) }
  var memoryBytes: Int { levels.reduce(0) { $0 + $1.memoryBytes } }

  /// The groups of the rows of a block, from each dimension's codes.
  mutating func groups(_ dimensions: [Codes], rowCount: Int) -> Codes {
    hasRows = true
    var groups = Codes.constant(0)
    for (level, codes) in dimensions.enumerated() { groups = join(level, groups, codes, rowCount) }
    return groups
  }

  private mutating func join(_ level: Int, _ groups: Codes, _ codes: Codes, _ rowCount: Int) -> Codes {
    if case .constant(let group) = groups, case .constant(let code) = codes {
      return .constant(levels[level].number(of: UInt64(group) << 32 | UInt64(code)))
    }
    let width = Int(codes.greatest) + 1
    let (slotCount, overflow) = (Int(groups.greatest) + 1).multipliedReportingOverflow(by: width)
    if !overflow, slotCount <= GroupTable.directSlotLimit, slotCount <= 4 * rowCount {
      return joinDirectly(level, groups, codes, rowCount, width: width, slotCount: slotCount)
    }
    var joined = [UInt32](repeating: 0, count: rowCount)
    var lastKey: UInt64?
    var lastGroup: UInt32 = 0
    var row = 0
    while row < rowCount {
      let key = UInt64(groups[row]) << 32 | UInt64(codes[row])
      if key != lastKey {
        lastKey = key
        lastGroup = levels[level].number(of: key)
      }
      joined[row] = lastGroup
      row &+= 1
    }
    return .rows(joined)
  }

  /// Up to this many pairs of group and code a block looks each pair up once: 256 KiB stay in the cache.
  private static let directSlotLimit = 1 << 16

  /// With few groups and few codes: one array by both.
  private mutating func joinDirectly(
    _ level: Int, _ groups: Codes, _ codes: Codes, _ rowCount: Int, width: Int, slotCount: Int
  ) -> Codes {
    var known = [UInt32](repeating: .max, count: slotCount)
    var joined = [UInt32](repeating: 0, count: rowCount)
    var row = 0
    while row < rowCount {
      let (group, code) = (groups[row], codes[row])
      let slot = Int(group) &* width &+ Int(code)
      if known[slot] == .max { known[slot] = levels[level].number(of: UInt64(group) << 32 | UInt64(code)) }
      joined[row] = known[slot]
      row &+= 1
    }
    return .rows(joined)
  }

  /// The group of one combination of codes.
  mutating func group(of codes: [UInt32]) -> UInt32 {
    hasRows = true
    var group: UInt32 = 0
    for (level, code) in codes.enumerated() { group = levels[level].number(of: UInt64(group) << 32 | UInt64(code)) }
    return group
  }

  /// The code of each dimension of a group.
  func codes(of group: Int) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: levels.count)
    var current = group
    for level in levels.indices.reversed() {
      let key = levels[level].keys[current]
      codes[level] = UInt32(truncatingIfNeeded: key)
      current = Int(key >> 32)
    }
    return codes
  }
}

extension GroupTable.Codes {
  /// The greatest code.
  fileprivate var greatest: UInt32 {
    switch self {
    case .constant(let code): code
    case .rows(let codes): codes.reduce(0) { max($0, $1) }
    }
  }

  @inline(__always)
  subscript(row: Int) -> UInt32 {
    switch self {
    case .constant(let code): code
    case .rows(let codes): codes[row]
    }
  }
}
