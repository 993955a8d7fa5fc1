import ArgumentParser
import EmbeddedStore
import TelemetryStore

/// The store that questions are asked of, and how often.
struct StoreFolder: ParsableArguments {
  @Option(help: "Data folder of a stopped server; its contents may be rewritten, so give a copy.")
  var data: String

  @Option(help: "Warm runs of each question.")
  var runs = 5

  /// Opens the store, with nothing flushed or deleted while questions are asked.
  func open() async throws -> EmbeddedStore {
    var configuration = EmbeddedStoreConfiguration(directory: data)
    configuration.retention = RetentionPolicy(maximumAge: [:])
    configuration.maintenanceInterval = 3_600_000_000_000
    configuration.compactionInterval = 3_600_000_000_000
    configuration.compactionShare = 1
    configuration.compactionNiceness = 0
    configuration.reservedDiskBytes = 0
    return try await EmbeddedStore.open(configuration)
  }

  /// Measures one question and prints a line: milliseconds, what it answered, the question.
  func ask(_ question: String, _ answer: () async throws -> Int) async throws {
    var count = 0
    let time = try await ProcessorTime.measure(runs: runs) { count = try await answer() }
    print(
      "first \(rounded(time.first)) mean \(rounded(time.mean)) least \(rounded(time.least)) ms, \(count) results: "
        + question)
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
