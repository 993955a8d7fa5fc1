/// Where a field lives.
package enum FieldScope: UInt8, Sendable, Hashable {
  /// Fixed columns of the row type: `time`, `body`, `duration`, `trace_id` … (see `Field`).
  case intrinsic = 0
  /// Resource attributes.
  case resource = 1
  /// Attributes of the instrumentation scope.
  case scope = 2
  /// Attributes of the record, the span or the data point's series.
  case record = 3
  /// Attributes of span events.
  case event = 4
  /// Attributes of span links.
  case link = 5
  /// A bare key: the record's attribute if it has it, else the resource's, else the scope's.
  case any = 6
}

/// A field that a query names: a scope and a key, whatever its type.
package struct FieldReference: Sendable, Hashable {
  package let scope: FieldScope
  package let key: String

  package init(_ scope: FieldScope, _ key: String) {
    self.scope = scope
    self.key = key
  }

  /// Parses the text form that the API, the search bar and the UI use.
  ///
  /// `resource.K`, `scope.K`, `attribute.K`, `event.K` and `link.K` name a scope; the names in `Field.names` and
  /// their aliases are intrinsic; anything else is a bare key (`any`).
  package init(text: String) {
    if let intrinsic = Field.names[text] {
      self = intrinsic
      return
    }
    for (prefix, scope) in FieldReference.prefixes where text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count {
      self.init(scope, String(text.dropFirst(prefix.count)))
      return
    }
    self.init(.any, text)
  }

  /// The text form; `FieldReference(text:)` reads it back.
  package var text: String {
    switch scope {
    case .intrinsic: key
    case .any: key
    case .resource: "resource." + key
    case .scope: "scope." + key
    case .record: "attribute." + key
    case .event: "event." + key
    case .link: "link." + key
    }
  }

  private static let prefixes: [(String, FieldScope)] = [
    ("resource.", .resource), ("scope.", .scope), ("attribute.", .record), ("event.", .event), ("link.", .link),
  ]
}

/// The intrinsic fields: the fixed columns of each row type, and the fields computed from them.
///
/// Keys are the names of stored intrinsic columns (`ColumnKey.scope == .intrinsic`) too; `docs/format/part.md` lists
/// which row type has which.
package enum Field {
  // Shared
  /// Event time of a log, start of a span, time of a point; int64 nanoseconds since 1970.
  package static let time = FieldReference(.intrinsic, "time")
  package static let traceID = FieldReference(.intrinsic, "trace_id")
  package static let spanID = FieldReference(.intrinsic, "span_id")
  package static let flags = FieldReference(.intrinsic, "flags")
  package static let droppedAttributesCount = FieldReference(.intrinsic, "dropped_attributes_count")
  /// How many values of the row were cut at a limit; absent when none.
  package static let truncatedValuesCount = FieldReference(.intrinsic, "truncated_values_count")
  /// Computed: `service.name` of the resource.
  package static let serviceName = FieldReference(.resource, "service.name")
  /// Computed from the instrumentation scope.
  package static let scopeName = FieldReference(.intrinsic, "scope.name")
  package static let scopeVersion = FieldReference(.intrinsic, "scope.version")
  // Logs
  package static let observedTime = FieldReference(.intrinsic, "observed_time")
  /// `SeverityNumber`, 1–24; absent when unspecified.
  package static let severity = FieldReference(.intrinsic, "severity")
  package static let severityText = FieldReference(.intrinsic, "severity_text")
  package static let body = FieldReference(.intrinsic, "body")
  package static let eventName = FieldReference(.intrinsic, "event_name")
  // Spans
  package static let parentSpanID = FieldReference(.intrinsic, "parent_span_id")
  package static let name = FieldReference(.intrinsic, "name")
  /// `SpanKind` raw value.
  package static let kind = FieldReference(.intrinsic, "kind")
  /// Nanoseconds, end − start; negative when the clocks say so.
  package static let duration = FieldReference(.intrinsic, "duration")
  /// `StatusCode` raw value; absent when unset.
  package static let status = FieldReference(.intrinsic, "status")
  package static let statusMessage = FieldReference(.intrinsic, "status_message")
  package static let traceState = FieldReference(.intrinsic, "trace_state")
  package static let droppedEventsCount = FieldReference(.intrinsic, "dropped_events_count")
  package static let droppedLinksCount = FieldReference(.intrinsic, "dropped_links_count")
  // Points
  /// Computed from the series.
  package static let metricName = FieldReference(.intrinsic, "metric")
  package static let unit = FieldReference(.intrinsic, "unit")
  /// Computed from the series: `MetricKind.name`.
  package static let metricKind = FieldReference(.intrinsic, "metric_kind")
  package static let startTime = FieldReference(.intrinsic, "start_time")
  /// int or double.
  package static let value = FieldReference(.intrinsic, "value")
  package static let count = FieldReference(.intrinsic, "count")
  package static let sum = FieldReference(.intrinsic, "sum")
  package static let minimum = FieldReference(.intrinsic, "min")
  package static let maximum = FieldReference(.intrinsic, "max")
  /// Bucket counts of an explicit histogram: varints.
  package static let bucketCounts = FieldReference(.intrinsic, "bucket_counts")
  package static let scale = FieldReference(.intrinsic, "scale")
  package static let zeroCount = FieldReference(.intrinsic, "zero_count")
  package static let zeroThreshold = FieldReference(.intrinsic, "zero_threshold")
  package static let positiveOffset = FieldReference(.intrinsic, "positive_offset")
  /// Varints.
  package static let positiveCounts = FieldReference(.intrinsic, "positive_counts")
  package static let negativeOffset = FieldReference(.intrinsic, "negative_offset")
  package static let negativeCounts = FieldReference(.intrinsic, "negative_counts")
  /// Runs of buckets of a sparse histogram, instead of an offset: pairs of varints (offset, zigzag; length).
  package static let positiveSpans = FieldReference(.intrinsic, "positive_spans")
  package static let negativeSpans = FieldReference(.intrinsic, "negative_spans")
  /// Counts of a histogram whose counts are no integers: little-endian doubles.
  package static let positiveFloatCounts = FieldReference(.intrinsic, "positive_float_counts")
  package static let negativeFloatCounts = FieldReference(.intrinsic, "negative_float_counts")
  /// Upper bounds of a point's own buckets (`scale` −53): little-endian doubles.
  package static let customBounds = FieldReference(.intrinsic, "custom_bounds")
  /// What the sender says of a reset before the point: 1 reset, 2 none, 3 gauge; absent when it says nothing.
  package static let resetHint = FieldReference(.intrinsic, "reset_hint")
  /// Quantile values of a summary: pairs of little-endian doubles (quantile, value).
  package static let quantiles = FieldReference(.intrinsic, "quantiles")

  /// Text form → field, with the aliases that people type.
  package static let names: [String: FieldReference] = {
    let all = [
      time, traceID, spanID, flags, droppedAttributesCount, truncatedValuesCount, scopeName, scopeVersion, observedTime,
      severity, severityText, body, eventName, parentSpanID, name, kind, duration, status, statusMessage, traceState,
      droppedEventsCount, droppedLinksCount, metricName, unit, metricKind, startTime, value, count, sum, minimum,
      maximum,
      bucketCounts, scale, zeroCount, zeroThreshold, positiveOffset, positiveCounts, negativeOffset, negativeCounts,
      quantiles, positiveSpans, negativeSpans, positiveFloatCounts, negativeFloatCounts, customBounds, resetHint,
    ]
    var names = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
    names["service"] = serviceName
    names["service.name"] = serviceName
    names["level"] = severity
    names["message"] = body
    return names
  }()
}
