internal import Synchronization

/// The conditions that hold now; raised and cleared from any thread.
final class StoreConditions: Sendable {
  private struct Key: Hashable {
    let kind: StoreCondition.Kind
    let object: String
  }

  private let conditions = Mutex<[Key: StoreCondition]>([:])

  /// The latest detail of the same kind and object is kept.
  func raise(_ kind: StoreCondition.Kind, _ object: String, _ detail: String) {
    conditions.withLock {
      $0[Key(kind: kind, object: object)] = StoreCondition(kind: kind, object: object, detail: detail)
    }
  }

  func clear(_ kind: StoreCondition.Kind, _ object: String) {
    conditions.withLock { $0[Key(kind: kind, object: object)] = nil }
  }

  func holds(_ kind: StoreCondition.Kind) -> Bool { conditions.withLock { $0.keys.contains { $0.kind == kind } } }

  /// Sorted by kind and object.
  var all: [StoreCondition] {
    conditions.withLock { Array($0.values) }.sorted { ($0.kind.rawValue, $0.object) < ($1.kind.rawValue, $1.object) }
  }
}
