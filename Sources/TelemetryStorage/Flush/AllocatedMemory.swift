import CKernels

/// Lets the memory of large arrays go back to the system when they are freed; see ADR 0116.
package enum AllocatedMemory {
  /// Columns of memtables and flushes are larger than this; columns that queries decode, which come and go quickly, are smaller.
  private static let mappedByteCount = 4 << 20

  /// Gives each large array a mapping of its own, which ends with it. Without this the allocator raises its threshold with
  /// the sizes that it sees freed, and keeps them.
  package static func configure() { sightline_map_allocations(mappedByteCount) }

  /// Gives back what freed small pieces left behind: after a flush.
  package static func trim() { sightline_trim_allocations() }
}
