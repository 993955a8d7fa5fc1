package import TelemetryModel
import TelemetryStore

extension LogQLEngine {
  /// Deletes the lines of a selection that are stored now, for good.
  ///
  /// - Parameter text: the query, as the list of deletions shows it.
  /// - Throws: `.evaluation` for a selection that the store does not decide alone, since rows that only look alike would be
  ///   deleted with the others.
  package func delete(_ selection: LogSelection, range: TimeRange, text: String) async throws(LogQLError) {
    let lowered = LoweredSelection(selection, catalogue: try await catalogue(range), demand: .all)
    guard lowered.isExact else {
      let open = lowered.matchers.map(LogQLPrinter.text) + lowered.stages.map(LogQLPrinter.text)
      throw .evaluation(
        "a deletion takes stream selectors, line filters and filters of stored labels, but not: "
          + open.joined(separator: " "))
    }
    do throws(StoreFailure) {
      _ = try await store.delete(
        DeleteRequest(signal: .logs, predicate: lowered.predicate, timeRange: range, text: text))
    } catch {
      throw LogQLError(error, operation: "the deletion")
    }
  }
}
