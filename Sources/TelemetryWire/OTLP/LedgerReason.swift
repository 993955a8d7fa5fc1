/// Everything a walk can count; name and action are what people see.
enum LedgerReason: Int, CaseIterable {
  case recordTooLarge, nestingTooDeep, timeTooOld, timeTooFarAhead, timeOutOfRange
  case invalidTraceID, invalidSpanID, countOutOfRange, bucketsMismatch, boundsUnsorted
  case labelsUnsorted, labelDuplicate, labelNameEmpty, labelReference, labelsOverLimit, metricNameMissing
  case histogramInvalid
  case attributesOverLimit, keyTooLong, emptyKey, duplicateKey, distinctKeysOverLimit, identityNestingTooDeep
  case invalidReference, invalidParent, invalidChild, childTimeOutOfRange
  case valueTruncated
  case invalidUTF8, missingTime, missingEndTime, durationOutOfRange, unknownEnumName
  case unknownField, unstoredField, base64ID, snakeCaseField

  /// The stable word of docs/guides/ingest-limits.md.
  var name: String {
    switch self {
    case .recordTooLarge: "record_too_large"
    case .nestingTooDeep, .identityNestingTooDeep: "nesting_too_deep"
    case .timeTooOld: "time_too_old"
    case .timeTooFarAhead: "time_too_far_ahead"
    case .timeOutOfRange, .childTimeOutOfRange: "time_out_of_range"
    case .invalidTraceID: "invalid_trace_id"
    case .invalidSpanID: "invalid_span_id"
    case .countOutOfRange: "count_out_of_range"
    case .bucketsMismatch: "buckets_mismatch"
    case .boundsUnsorted: "bounds_unsorted"
    case .labelsUnsorted: "labels_unsorted"
    case .labelDuplicate: "label_duplicate"
    case .labelNameEmpty: "label_name_empty"
    case .labelReference: "label_reference_invalid"
    case .labelsOverLimit: "labels_over_limit"
    case .metricNameMissing: "metric_name_missing"
    case .histogramInvalid: "histogram_invalid"
    case .attributesOverLimit: "attributes_over_limit"
    case .keyTooLong: "key_too_long"
    case .emptyKey: "empty_key"
    case .duplicateKey: "duplicate_key"
    case .distinctKeysOverLimit: "distinct_keys_over_limit"
    case .invalidReference: "invalid_id"
    case .invalidParent: "invalid_parent_span_id"
    case .invalidChild: "invalid_link"
    case .valueTruncated: "value_truncated"
    case .invalidUTF8: "invalid_utf8"
    case .missingTime: "time_missing"
    case .missingEndTime: "end_time_missing"
    case .durationOutOfRange: "duration_out_of_range"
    case .unknownEnumName: "unknown_enum_name"
    case .unknownField: "unknown_field"
    case .unstoredField: "field_not_stored"
    case .base64ID: "base64_id"
    case .snakeCaseField: "snake_case_field"
    }
  }

  var action: LedgerAction {
    switch self {
    case .recordTooLarge, .nestingTooDeep, .timeTooOld, .timeTooFarAhead, .timeOutOfRange, .invalidTraceID,
      .invalidSpanID, .countOutOfRange, .bucketsMismatch, .boundsUnsorted, .labelsUnsorted, .labelDuplicate,
      .labelNameEmpty, .labelReference, .labelsOverLimit, .metricNameMissing, .histogramInvalid:
      .rejected
    case .attributesOverLimit, .keyTooLong, .emptyKey, .duplicateKey, .distinctKeysOverLimit, .identityNestingTooDeep,
      .invalidReference, .invalidParent, .invalidChild, .childTimeOutOfRange:
      .dropped
    case .valueTruncated: .truncated
    case .invalidUTF8, .missingTime, .missingEndTime, .durationOutOfRange, .unknownEnumName: .replaced
    case .unknownField, .unstoredField, .base64ID, .snakeCaseField: .ignored
    }
  }
}
