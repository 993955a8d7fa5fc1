extension OTLPSchema {
  /// The fields of the messages that only metrics have.
  static func metricFields(_ message: OTLPMessage) -> [OTLPField] {
    switch message {
    case .metric:
      [
        OTLPField("name", 1, .string), OTLPField("description", 2, .string), OTLPField("unit", 3, .string),
        OTLPField("gauge", 5, .message(.gauge)), OTLPField("sum", 7, .message(.sum)),
        OTLPField("histogram", 9, .message(.histogram)),
        OTLPField("exponentialHistogram", 10, .message(.exponentialHistogram)),
        OTLPField("summary", 11, .message(.summary)), listed("metadata", 12, .keyValue),
      ]
    case .gauge: [listed("dataPoints", 1, .numberPoint)]
    case .sum: [listed("dataPoints", 1, .numberPoint), temporality, OTLPField("isMonotonic", 3, .bool)]
    case .histogram: [listed("dataPoints", 1, .histogramPoint), temporality]
    case .exponentialHistogram: [listed("dataPoints", 1, .exponentialPoint), temporality]
    case .summary: [listed("dataPoints", 1, .summaryPoint)]
    case .buckets:
      [OTLPField("offset", 1, .sint32), OTLPField("bucketCounts", 2, .uint64, repeated: true)]
    case .quantile: [OTLPField("quantile", 1, .double), OTLPField("value", 2, .double)]
    case .exemplar:
      [
        listed("filteredAttributes", 7, .keyValue), OTLPField("timeUnixNano", 2, .fixed64),
        OTLPField("asDouble", 3, .double), OTLPField("asInt", 6, .sfixed64),
        OTLPField("spanId", 4, .identifier(byteCount: 8)), OTLPField("traceId", 5, .identifier(byteCount: 16)),
      ]
    default: pointFields(message)
    }
  }

  private static func pointFields(_ message: OTLPMessage) -> [OTLPField] {
    let times = [OTLPField("startTimeUnixNano", 2, .fixed64), OTLPField("timeUnixNano", 3, .fixed64)]
    let count = OTLPField("count", 4, .fixed64)
    let sum = OTLPField("sum", 5, .double)
    switch message {
    case .numberPoint:
      return times + [
        listed("attributes", 7, .keyValue), OTLPField("asDouble", 4, .double), OTLPField("asInt", 6, .sfixed64),
        listed("exemplars", 5, .exemplar), OTLPField("flags", 8, .uint32),
      ]
    case .histogramPoint:
      return times + [
        listed("attributes", 9, .keyValue), count, sum, OTLPField("bucketCounts", 6, .fixed64, repeated: true),
        OTLPField("explicitBounds", 7, .double, repeated: true), listed("exemplars", 8, .exemplar),
        OTLPField("flags", 10, .uint32), OTLPField("min", 11, .double), OTLPField("max", 12, .double),
      ]
    case .exponentialPoint:
      return times + [
        listed("attributes", 1, .keyValue), count, sum, OTLPField("scale", 6, .sint32),
        OTLPField("zeroCount", 7, .fixed64), OTLPField("positive", 8, .message(.buckets)),
        OTLPField("negative", 9, .message(.buckets)), OTLPField("flags", 10, .uint32),
        listed("exemplars", 11, .exemplar), OTLPField("min", 12, .double), OTLPField("max", 13, .double),
        OTLPField("zeroThreshold", 14, .double),
      ]
    case .summaryPoint:
      return times + [
        listed("attributes", 7, .keyValue), count, sum, listed("quantileValues", 6, .quantile),
        OTLPField("flags", 8, .uint32),
      ]
    default: return []
    }
  }

  private static var temporality: OTLPField {
    OTLPField("aggregationTemporality", 2, .enumeration(.temporality))
  }

  private static func listed(_ name: StaticString, _ number: UInt32, _ message: OTLPMessage) -> OTLPField {
    OTLPField(name, number, .message(message), repeated: true)
  }
}
