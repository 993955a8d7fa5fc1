import QueryCore
import TelemetryModel
import TelemetryStore

extension JSONWriter {
  /// One entry of the catalogue.
  mutating func metric(_ metric: MetricCatalogue.Metric) {
    beginObject()
    key("name")
    string(metric.name)
    key("unit")
    string(metric.unit)
    key("description")
    string(metric.description)
    key("kind")
    string(metric.kind.name)
    key("temporality")
    string(metric.temporality.name)
    key("monotonic")
    bool(metric.isMonotonic)
    key("series")
    integer(metric.seriesCount)
    key("last_time")
    time(metric.lastTime)
    key("services")
    strings(metric.services.sorted())
    endObject()
  }

  /// One series without points.
  mutating func series(_ entry: SeriesPoints) {
    let series = entry.series
    beginObject()
    key("id")
    string(SpanID(SeriesName.hash(series)).description)
    key("name")
    string(series.name)
    key("unit")
    string(series.unit)
    key("kind")
    string(series.kind.name)
    key("temporality")
    string(series.temporality.name)
    key("monotonic")
    bool(series.isMonotonic)
    key("attributes")
    object(series.attributes.attributes)
    key("resource")
    object(series.resource.attributes.attributes)
    let scope = RowParts.scopeText(series.scope)
    if !scope.isEmpty {
      key("scope")
      raw(scope)
    }
    key("first_time")
    time(entry.firstTime)
    key("last_time")
    time(entry.lastTime)
    endObject()
  }

  /// One line of a chart.
  mutating func line(_ line: MetricTable.Line) {
    beginObject()
    key("key")
    beginObject()
    for (name, value) in line.key {
      key(name)
      self.value(value)
    }
    endObject()
    key("values")
    beginArray()
    for value in line.values { number(value) }
    endArray()
    endObject()
  }

  mutating func exemplars(_ exemplars: [ExemplarTable.Exemplar]) {
    beginArray()
    for exemplar in exemplars {
      beginObject()
      key("time")
      time(exemplar.time)
      key("value")
      number(exemplar.value)
      if let trace = exemplar.traceID {
        key("trace_id")
        traceID(trace)
      }
      if let span = exemplar.spanID {
        key("span_id")
        spanID(span)
      }
      key("series")
      integer(exemplar.line)
      key("attributes")
      object(exemplar.attributes)
      endObject()
    }
    endArray()
  }
}

/// The stable name of a series.
enum SeriesName {
  /// A hash of everything that makes the series what it is.
  static func hash(_ series: Series) -> UInt64 {
    var bytes = Array(series.name.utf8) + [0] + Array(series.unit.utf8) + [0]
    bytes += [series.kind.rawValue, series.temporality.rawValue, series.isMonotonic ? 1 : 0]
    bytes += series.attributes.encoded + series.resource.attributes.encoded + series.scope.attributes.encoded
    bytes += Array(series.scope.name.utf8) + [0] + Array(series.scope.version.utf8)
    bytes += ValueEncoding.encode(.array(series.bounds.map { .double($0) }))
    return DistinctState.hash(bytes)
  }
}
