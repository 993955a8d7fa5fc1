/// Remarks on an answer: each text once, in order of appearance.
package struct Annotations: Sendable {
  package private(set) var warnings: [String] = []
  package private(set) var infos: [String] = []
  private struct Key: Hashable {
    let annotation: Annotation
    let start: Int
  }
  private var known: Set<Key> = []
  private var monotonicity: [String: ForcedMonotonicity] = [:]
  private var monotonicityOrder: [String] = []

  package init() {}

  /// Adds a remark on the part of `query` at `range`.
  mutating func add(_ annotation: Annotation, at range: SourceRange, in query: String) {
    guard known.insert(Key(annotation: annotation, start: range.start)).inserted else { return }
    let text = "PromQL \(annotation.isWarning ? "warning" : "info"): \(annotation.text) (\(range.position(in: query)))"
    if annotation.isWarning {
      if !warnings.contains(text) { warnings.append(text) }
    } else if !infos.contains(text) {
      infos.append(text)
    }
  }

  /// Adds a remark on buckets whose counts fell; remarks on one metric are joined.
  mutating func add(_ forced: ForcedMonotonicity, at range: SourceRange, in query: String) {
    let key = forced.metricName + " " + range.position(in: query)
    if var known = monotonicity[key] {
      known.merge(forced)
      monotonicity[key] = known
    } else {
      monotonicity[key] = forced
      monotonicityOrder.append(key)
    }
  }

  /// Turns joined remarks into texts; to be called once, when the answer is complete.
  mutating func finish() {
    for key in monotonicityOrder {
      guard let forced = monotonicity[key], let space = key.lastIndex(of: " ") else { continue }
      infos.append("PromQL info: \(forced.text) (\(key[key.index(after: space)...]))")
    }
    monotonicity = [:]
    monotonicityOrder = []
  }
}
