/// What the export of one signal tells people: a line for each kind of failure, with what to do about it.
struct ExportReports: Sendable {
  let signal: TelemetrySignal
  let reporter: FailureReporter

  private var name: String { signal.rawValue }

  func queueIsFull(capacity: Int) {
    reporter.report(
      "\(signal) queue full",
      "the queue of \(name) is full (\(capacity)): new ones are dropped and counted in otel.sdk.processor metrics; "
        + "raise the queue size, give it a disk buffer, or look at the export failures above")
  }

  func willRetry(_ reason: String) {
    reporter.report(
      "\(signal) retry",
      "\(name) are kept and sent again later, \(reason); check OTEL_EXPORTER_OTLP_ENDPOINT and that the receiver runs")
  }

  func isDelivered() { reporter.overcome("\(signal) retry", "\(name) are being delivered again") }

  func rejected(_ count: Int, of itemCount: Int, _ message: String) {
    reporter.report("\(signal) rejected", "the server rejected \(count) of \(itemCount) \(name): \(message)")
  }

  func refused(_ itemCount: Int, _ reason: String) {
    reporter.report(
      "\(signal) refused",
      "\(itemCount) \(name) are lost, \(reason); if the receiver does not take \(name), set "
        + "OTEL_\(name.uppercased())_EXPORTER=none")
  }

  func lostAtShutdown(_ itemCount: Int, hasBuffer: Bool) {
    reporter.report(
      "\(signal) shutdown",
      "\(itemCount) \(name) could not be sent before the shutdown deadline and are lost; "
        + (hasBuffer ? "the disk buffer has no room for them" : "a disk buffer would keep them"))
  }

  func bufferProblem(_ problem: String) { reporter.report("buffer \(problem)", "disk buffer: \(problem)") }

  func bufferIsFull() {
    reporter.report(
      "buffer full", "the disk buffer is full: telemetry waits in memory until the receiver takes some")
  }

  func bufferFailed(_ reason: String) {
    reporter.report("buffer failed", "the disk buffer does not work, telemetry waits in memory only: \(reason)")
  }

  func bufferIsDamaged(_ itemCount: Int) {
    reporter.report("buffer damaged", "\(itemCount) \(name) on disk are damaged and lost; check the disk")
  }
}
