package import TelemetryModel

/// What the edits so far add up to.
package struct ManifestState: Sendable, Equatable {
  package private(set) var parts: [PartKey: PartEntry] = [:]
  /// Per shard and signal; only rises.
  package private(set) var flushedThrough: [Int: [Signal: UInt64]] = [:]
  /// The number of shards of the last run; zero in a new folder.
  package private(set) var shardCount = 0
  package private(set) var nextPart: UInt64 = 1
  /// Deletions, by id; those whose rows are gone with their outcome.
  package private(set) var tombstones: [UInt64: Tombstone] = [:]
  package private(set) var outcomes: [UInt64: TombstoneOutcome] = [:]

  /// Finished deletions that are remembered.
  private static let outcomeLimit = 1000

  package init() {}

  mutating func apply(_ operation: ManifestOperation) {
    switch operation {
    case .addPart(let entry):
      parts[entry.key] = entry
      if let number = UInt64(entry.name), number < .max { nextPart = max(nextPart, number + 1) }
    case .removePart(let key): parts[key] = nil
    case .flushedThrough(let shard, let signal, let sequence):
      flushedThrough[shard, default: [:]][signal] = max(sequence, flushedThrough[shard]?[signal] ?? 0)
    case .shardCount(let count): shardCount = count
    case .nextPart(let number): nextPart = max(nextPart, number)
    case .addTombstone(let tombstone): tombstones[tombstone.id] = tombstone
    case .finishTombstone(let outcome):
      outcomes[outcome.id] = outcome
      while outcomes.count > Self.outcomeLimit, let oldest = outcomes.keys.min() {
        outcomes[oldest] = nil
        tombstones[oldest] = nil
      }
    }
  }

  /// Deletions whose rows are not all gone, oldest first.
  package var pendingTombstones: [Tombstone] {
    tombstones.values.filter { outcomes[$0.id] == nil }.sorted { $0.id < $1.id }
  }

  /// The operations that build this state from nothing, in a fixed order.
  var operations: [ManifestOperation] {
    var operations: [ManifestOperation] = [.shardCount(shardCount), .nextPart(nextPart)]
    for (shard, signals) in flushedThrough.sorted(by: { $0.key < $1.key }) {
      for (signal, sequence) in signals.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        operations.append(.flushedThrough(shard: shard, signal: signal, sequence: sequence))
      }
    }
    let sorted = parts.values.sorted {
      ($0.signal.rawValue, $0.day, $0.name) < ($1.signal.rawValue, $1.day, $1.name)
    }
    operations += sorted.map { .addPart($0) }
    operations += tombstones.values.sorted { $0.id < $1.id }.map { .addTombstone($0) }
    return operations + outcomes.values.sorted { $0.id < $1.id }.map { .finishTombstone($0) }
  }
}
