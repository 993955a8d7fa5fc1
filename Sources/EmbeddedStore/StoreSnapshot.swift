package import TelemetryStorage

/// What one query reads: taken in one step, so that no row is seen twice or never. Parts that retention removes stay on
/// disk while a snapshot holds them.
package struct StoreSnapshot: Sendable {
  let memory: [MemtableBlock]
  let parts: [StoredPart]

  /// Parts first, then memory: later blocks hold later writes.
  package var blocks: [any BlockSource] {
    var blocks: [any BlockSource] = []
    for part in parts { blocks += part.blocks }
    blocks += memory as [any BlockSource]
    return blocks
  }
}
