import TelemetryModel

/// One table of the distinct identities of all inputs, in the order of first sight, and what the codes of each input are in
/// it. Inputs that agree on an order keep it.
struct IdentityUnion<Entry: Hashable> {
  private(set) var entries: [Entry] = []
  /// By input and its code.
  private(set) var codes: [[UInt32]] = []
  private var codeOfEntry: [Entry: UInt32] = [:]

  mutating func add(_ table: [Entry]) {
    codes.append(
      table.map { entry in
        if let code = codeOfEntry[entry] { return code }
        let code = UInt32(truncatingIfNeeded: entries.count)
        codeOfEntry[entry] = code
        entries.append(entry)
        return code
      })
  }
}

/// The entries that output rows use, numbered as they come.
struct UsedIdentities {
  /// Codes of the union by new code.
  private(set) var used: [Int] = []
  private var newCodes: [UInt32]

  init(count: Int) { newCodes = [UInt32](repeating: .max, count: count) }

  mutating func code(of code: UInt32) -> UInt32 {
    let index = Int(code)
    if newCodes[index] == .max {
      newCodes[index] = UInt32(truncatingIfNeeded: used.count)
      used.append(index)
    }
    return newCodes[index]
  }
}
