import Insight
import QueryCore
import TelemetryModel
import TelemetryStore

extension JSONWriter {
  /// `from` and `to` of a resolved window.
  mutating func window(_ range: TimeRange) {
    member("from", time: range.start)
    member("to", time: range.end)
  }

  /// One service, in the list or by itself.
  mutating func service(_ service: ServiceSummary, axis: TimeAxis) {
    beginObject()
    member("name", string: service.name)
    optional("version", service.version)
    optional("namespace", service.namespace)
    rates(service.rates, axis: axis)
    key("rate_series")
    rateSeries(service.rates, axis: axis)
    key("error_series")
    beginArray()
    for (index, count) in service.rates.errorSeries.enumerated() {
      number(axis.seconds(index) > 0 ? Double(count) / axis.seconds(index) : 0)
    }
    endArray()
    key("p95_series")
    quantileSeries(service.rates)
    if let seen = service.lastSeen {
      member("last_seen", time: seen)
    }
    key("languages")
    strings(service.languages)
    member("logs", integer: service.logCount)
    endObject()
  }

  /// Operations, dependencies and instances.
  mutating func detail(_ detail: ServiceDetail, axis: TimeAxis) {
    key("operations")
    beginArray()
    for operation in detail.operations {
      beginObject()
      member("name", string: operation.name)
      member("kind", string: operation.kind.name)
      rates(operation.rates, axis: axis)
      key("rate_series")
      rateSeries(operation.rates, axis: axis)
      key("p95_series")
      quantileSeries(operation.rates)
      endObject()
    }
    endArray()
    key("dependencies")
    beginArray()
    for dependency in detail.dependencies {
      beginObject()
      member("name", string: dependency.name)
      member("kind", string: dependency.kind.rawValue)
      member("calls", integer: dependency.calls)
      member("errors", integer: dependency.errors)
      key("p95")
      number(dependency.durations.quantile(0.95))
      endObject()
    }
    endArray()
    key("instances")
    beginArray()
    for instance in detail.instances {
      beginObject()
      member("id", string: instance.id)
      optional("host", instance.host)
      optional("version", instance.version)
      member("requests", integer: instance.requests)
      member("errors", integer: instance.errors)
      member("last_seen", time: instance.lastSeen)
      endObject()
    }
    endArray()
  }

  private mutating func optional(_ name: String, _ text: String?) {
    guard let text else { return }
    key(name)
    string(text)
  }

  private mutating func rates(_ rates: RequestRates, axis: TimeAxis) {
    member("requests", integer: rates.requests)
    member("errors", integer: rates.errors)
    key("rate")
    let seconds = Double(axis.range.end - axis.range.start) / 1e9
    number(seconds > 0 ? Double(rates.requests) / seconds : 0)
    key("error_rate")
    number(rates.errorRate)
    for (name, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
      key(name)
      number(rates.durations.quantile(quantile))
    }
  }

  private mutating func rateSeries(_ rates: RequestRates, axis: TimeAxis) {
    beginArray()
    for (index, count) in rates.requestSeries.enumerated() {
      number(axis.seconds(index) > 0 ? Double(count) / axis.seconds(index) : 0)
    }
    endArray()
  }

  private mutating func quantileSeries(_ rates: RequestRates) {
    beginArray()
    for histogram in rates.durationSeries { number(histogram?.quantile(0.95)) }
    endArray()
  }
}
