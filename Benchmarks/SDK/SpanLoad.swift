import ArgumentParser
import SightlineSDK
import Tracing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Makes numbered spans at a steady rate and says what became of them, for tests of what is lost.
///
/// The receiver, the queue and the disk buffer come from the environment, as for every program.
struct SpanLoad: AsyncParsableCommand {
  /// How the program ends.
  enum End: String, ExpressibleByArgument, CaseIterable {
    /// With a shutdown.
    case shutdown
    /// By returning from `main`, without one.
    case exit
    /// Killed by itself, without any notice.
    case kill
  }

  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Makes numbered spans at a steady rate and prints the counts as JSON.")

  @Option(help: "How many spans.") var spans = 1000
  @Option(help: "The number of the first one.") var first = 0
  @Option(help: "Spans a second.") var rate = 1000
  @Option(help: "Milliseconds between the last span and the end.") var linger = 0
  @Option(help: "How the program ends.") var end = End.shutdown

  func run() async throws {
    let configuration = ObservabilityConfiguration(serviceName: "load")
    let observability = Observability.bootstrap(configuration)
    let clock = ContinuousClock()
    let started = clock.now
    for number in 0..<spans {
      withSpan("load") { span in span.attributes["number"] = first + number }
      // Ten rests a second suffice; the rate holds over the whole.
      if number % max(1, rate / 10) == 0 {
        try await clock.sleep(until: started + .seconds(Double(number) / Double(max(1, rate))))
      }
    }
    try await clock.sleep(for: .milliseconds(linger))
    switch end {
    case .shutdown: await observability.shutdown()
    case .exit: break
    case .kill: kill(getpid(), SIGKILL)
    }
    if let counts = observability.statistics[.traces] {
      let drops = counts.droppedCounts.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
      print(
        "{\"offered\": \(counts.offeredCount), \"exported\": \(counts.exportedCount), "
          + "\"recovered\": \(counts.recoveredCount), \"queued\": \(counts.queuedCount), "
          + "\"buffered\": \(counts.bufferedCount), \"dropped\": {\(drops.joined(separator: ", "))}}")
    }
  }
}
