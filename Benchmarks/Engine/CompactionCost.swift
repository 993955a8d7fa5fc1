import ArgumentParser
import EmbeddedStore
import TelemetryModel

/// What merging all parts of a store up to the last level costs.
struct CompactionCost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact", abstract: "Merges everything and measures it.",
    discussion: "A copy can be merged once: what comes out is at its last level.")

  @OptionGroup var folder: StoreFolder

  func run() async throws {
    let store = try await folder.open()
    let before = store.counters
    let start = ProcessorTime.now()
    try await store.compact()
    let nanoseconds = ProcessorTime.now() - start
    let after = store.counters
    for signal in Signal.allCases {
      let rows = after.compactedRows[signal] ?? 0
      guard rows > 0 else { continue }
      print(
        "\(signal.name): \(rows) rows, \(before.partCount[signal] ?? 0) parts → \(after.partCount[signal] ?? 0), "
          + "\(before.partBytes[signal] ?? 0) → \(after.partBytes[signal] ?? 0) bytes, "
          + "\(after.compactedBytes[signal] ?? 0) written")
    }
    let rows = after.compactedRows.values.reduce(0, +)
    print(
      "\(nanoseconds / 1_000_000) ms of processor, \(nanoseconds / Int64(max(1, rows))) ns a row, merges alone "
        + "\(after.compactionNanoseconds / Int64(max(1, rows)))")
    await store.close()
  }
}
