/// The two messages of remote write, and what their fields are numbered.
enum RemoteWriteVersion {
  /// `prometheus.WriteRequest`.
  case one
  /// `io.prometheus.write.v2.Request`.
  case two

  /// The tag of a `TimeSeries` in the request.
  var seriesTag: UInt32 { self == .one ? 0x0a : 0x2a }
  /// The tags of exemplars and histograms in a `TimeSeries`.
  var exemplarTag: UInt32 { self == .one ? 0x1a : 0x22 }
  var histogramTag: UInt32 { self == .one ? 0x22 : 0x1a }
}
