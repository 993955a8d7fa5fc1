import TelemetryModel

/// The OTLP messages as OTLP/JSON writes them: names, protobuf field numbers and types.
enum OTLPMessage: Int, CaseIterable {
  case logsRequest, resourceLogs, scopeLogs, logRecord
  case traceRequest, resourceSpans, scopeSpans, span, event, link, status
  case metricsRequest, resourceMetrics, scopeMetrics, metric
  case gauge, sum, histogram, exponentialHistogram, summary
  case numberPoint, histogramPoint, exponentialPoint, summaryPoint, buckets, quantile, exemplar
  case resource, scope, entityReference, keyValue, anyValue, arrayValue, mapValue

  /// The message of a signal's request.
  static func request(_ signal: Signal) -> OTLPMessage {
    switch signal {
    case .logs: .logsRequest
    case .spans: .traceRequest
    case .metrics: .metricsRequest
    }
  }
}

/// The fields of each message; the numbers are those of opentelemetry-proto 1.x.
enum OTLPSchema {
  /// The fields of `message`, in no particular order.
  static func fields(_ message: OTLPMessage) -> [OTLPField] {
    switch message {
    case .logsRequest: [list("resourceLogs", 1, .resourceLogs)]
    case .resourceLogs: group(.resource, "resource", "scopeLogs", .scopeLogs)
    case .scopeLogs: group(.scope, "scope", "logRecords", .logRecord)
    case .traceRequest: [list("resourceSpans", 1, .resourceSpans)]
    case .resourceSpans: group(.resource, "resource", "scopeSpans", .scopeSpans)
    case .scopeSpans: group(.scope, "scope", "spans", .span)
    case .metricsRequest: [list("resourceMetrics", 1, .resourceMetrics)]
    case .resourceMetrics: group(.resource, "resource", "scopeMetrics", .scopeMetrics)
    case .scopeMetrics: group(.scope, "scope", "metrics", .metric)
    case .logRecord: logRecord
    case .span, .event, .link, .status: span(message)
    case .resource:
      [
        list("attributes", 1, .keyValue), OTLPField("droppedAttributesCount", 2, .uint32),
        list("entityRefs", 3, .entityReference),
      ]
    case .entityReference:
      [
        OTLPField("schemaUrl", 1, .string), OTLPField("type", 2, .string),
        OTLPField("idKeys", 3, .string, repeated: true), OTLPField("descriptionKeys", 4, .string, repeated: true),
      ]
    case .scope:
      [
        OTLPField("name", 1, .string), OTLPField("version", 2, .string), list("attributes", 3, .keyValue),
        OTLPField("droppedAttributesCount", 4, .uint32),
      ]
    case .keyValue: [OTLPField("key", 1, .string), OTLPField("value", 2, .message(.anyValue))]
    case .anyValue:
      [
        OTLPField("stringValue", 1, .string), OTLPField("boolValue", 2, .bool), OTLPField("intValue", 3, .int64),
        OTLPField("doubleValue", 4, .double), OTLPField("arrayValue", 5, .message(.arrayValue)),
        OTLPField("kvlistValue", 6, .message(.mapValue)), OTLPField("bytesValue", 7, .bytes),
      ]
    case .arrayValue: [list("values", 1, .anyValue)]
    case .mapValue: [list("values", 1, .keyValue)]
    default: metricFields(message)
    }
  }

  private static func list(_ name: StaticString, _ number: UInt32, _ message: OTLPMessage) -> OTLPField {
    OTLPField(name, number, .message(message), repeated: true)
  }

  private static func group(
    _ header: OTLPMessage, _ headerName: StaticString, _ listName: StaticString, _ listed: OTLPMessage
  ) -> [OTLPField] {
    [
      OTLPField(headerName, 1, .message(header)), list(listName, 2, listed), OTLPField("schemaUrl", 3, .string),
    ]
  }

  private static var logRecord: [OTLPField] {
    [
      OTLPField("timeUnixNano", 1, .fixed64), OTLPField("observedTimeUnixNano", 11, .fixed64),
      OTLPField("severityNumber", 2, .enumeration(.severityNumber)),
      OTLPField("severityText", 3, .string), OTLPField("body", 5, .message(.anyValue)),
      list("attributes", 6, .keyValue), OTLPField("droppedAttributesCount", 7, .uint32),
      OTLPField("flags", 8, .fixed32), OTLPField("traceId", 9, .identifier(byteCount: 16)),
      OTLPField("spanId", 10, .identifier(byteCount: 8)), OTLPField("eventName", 12, .string),
    ]
  }

  private static func span(_ message: OTLPMessage) -> [OTLPField] {
    switch message {
    case .event:
      [
        OTLPField("timeUnixNano", 1, .fixed64), OTLPField("name", 2, .string), list("attributes", 3, .keyValue),
        OTLPField("droppedAttributesCount", 4, .uint32),
      ]
    case .link:
      [
        OTLPField("traceId", 1, .identifier(byteCount: 16)), OTLPField("spanId", 2, .identifier(byteCount: 8)),
        OTLPField("traceState", 3, .string), list("attributes", 4, .keyValue),
        OTLPField("droppedAttributesCount", 5, .uint32), OTLPField("flags", 6, .fixed32),
      ]
    case .status:
      [
        OTLPField("message", 2, .string),
        OTLPField("code", 3, .enumeration(.statusCode)),
      ]
    default:
      [
        OTLPField("traceId", 1, .identifier(byteCount: 16)), OTLPField("spanId", 2, .identifier(byteCount: 8)),
        OTLPField("traceState", 3, .string), OTLPField("parentSpanId", 4, .identifier(byteCount: 8)),
        OTLPField("name", 5, .string), OTLPField("kind", 6, .enumeration(.spanKind)),
        OTLPField("startTimeUnixNano", 7, .fixed64), OTLPField("endTimeUnixNano", 8, .fixed64),
        list("attributes", 9, .keyValue), OTLPField("droppedAttributesCount", 10, .uint32),
        list("events", 11, .event), OTLPField("droppedEventsCount", 12, .uint32), list("links", 13, .link),
        OTLPField("droppedLinksCount", 14, .uint32), OTLPField("status", 15, .message(.status)),
        OTLPField("flags", 16, .fixed32),
      ]
    }
  }
}
