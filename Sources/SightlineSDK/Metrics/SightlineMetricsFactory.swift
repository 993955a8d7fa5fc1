public import CoreMetrics

/// The metrics factory behind swift-metrics.
///
/// Counters are monotonic sums, recorders and timers histograms (timers in seconds), recorders without aggregation and
/// meters gauges. A meter that is only raised and lowered is a non-monotonic sum. The same label and dimensions
/// always give the same series.
public final class SightlineMetricsFactory: MetricsFactory {
  private let registry: MetricRegistry

  init(registry: MetricRegistry) { self.registry = registry }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    registry.counter(label, dimensions)
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    registry.floatingCounter(label, dimensions)
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    registry.meter(label, dimensions)
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    aggregate ? registry.histogram(label, dimensions) : registry.gauge(label, dimensions)
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    registry.timer(label, dimensions)
  }

  public func destroyCounter(_ handler: any CounterHandler) { registry.remove(handler) }
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { registry.remove(handler) }
  public func destroyMeter(_ handler: any MeterHandler) { registry.remove(handler) }
  public func destroyRecorder(_ handler: any RecorderHandler) { registry.remove(handler) }
  public func destroyTimer(_ handler: any TimerHandler) { registry.remove(handler) }
}
