/// One line on its way through a pipeline.
struct PipelineRow {
  /// The line as the stages so far have made it.
  var line: ArraySlice<UInt8>
  /// Nanoseconds since 1970.
  let time: Int64
  var labels: RowLabels
}

/// A stage ready to run.
protocol Stage: Sendable {
  /// Changes the row, or says that it is left out.
  ///
  /// - Returns: false when the row does not pass.
  func process(_ row: inout PipelineRow) -> Bool
}
