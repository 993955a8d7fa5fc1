extension NativeHistogram {
  /// The histogram as Prometheus writes it: `{count:3, sum:4, (0.5,1]:3}`.
  package var text: String {
    var text = "{count:\(GoText.general(count)), sum:\(GoText.general(sum))"
    func append(_ bucket: Bucket, _ open: String, _ close: String) {
      text += ", \(open)\(GoText.general(bucket.lower)),\(GoText.general(bucket.upper))\(close):"
      text += GoText.general(bucket.count)
    }
    for bucket in buckets where bucket.count != 0 {
      if !hasCustomBuckets, bucket.lower == -bucket.upper {
        append(bucket, "[", "]")
      } else if hasCustomBuckets || bucket.upper > 0 {
        append(bucket, bucket.lower == -.infinity ? "[" : "(", "]")
      } else {
        append(bucket, "[", ")")
      }
    }
    return text + "}"
  }
}
