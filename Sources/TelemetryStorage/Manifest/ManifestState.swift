package import TelemetryModel

/// What the edits so far add up to.
package struct ManifestState: Sendable, Equatable {
  package private(set) var parts: [PartKey: PartEntry] = [:]
  /// Per shard and signal; only rises.
  package private(set) var flushedThrough: [Int: [Signal: UInt64]] = [:]
  /// The number of shards of the last run; zero in a new folder.
  package private(set) var shardCount = 0
  package private(set) var nextPart: UInt64 = 1

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
    }
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
    return operations + sorted.map { .addPart($0) }
  }
}
