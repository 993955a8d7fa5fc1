import EmbeddedStore
import Glibc

/// With `SIGHTLINE_CONFORMANCE_MERGED=1` questions are asked of merged parts: the answers are the same.
enum MergedParts {
  private static let areWanted = unsafe getenv("SIGHTLINE_CONFORMANCE_MERGED").map { unsafe String(cString: $0) } == "1"

  /// Merges everything, when asked.
  static func prepare(_ store: EmbeddedStore) async throws {
    if areWanted { try await store.compact() }
  }
}
