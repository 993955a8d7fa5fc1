import Glibc

/// How one memory budget is shared by memtables, queries and bodies in flight.
package struct MemoryPlan: Sendable, Hashable {
  /// Everything together.
  package let totalBytes: Int
  /// The store's share: memtables, flushes and queries.
  package let storeBytes: Int
  /// Request bodies between receipt and answer.
  package let inFlightBytes: Int

  /// 40 % of the machine but at most 800 MiB, unless configured.
  package init(configuration: ServerConfiguration, machineBytes: Int = MemoryPlan.machineBytes) {
    let standard = min(machineBytes / 5 * 2, 800 << 20)
    let total = configuration.memoryBytes > 0 ? Int(clamping: configuration.memoryBytes) : standard
    totalBytes = max(total, 64 << 20)
    inFlightBytes = min(Int(clamping: configuration.inFlightBytes), totalBytes / 4)
    storeBytes = totalBytes - inFlightBytes
  }

  /// Physical memory of the machine.
  package static var machineBytes: Int { Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE))) }
}
