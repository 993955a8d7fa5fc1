/// Some spans of one trace, as a stage of a pipeline gives them.
struct Spanset {
  /// Places in the trace's spans by start time, ascending.
  var spans: [Int]
  /// What `by()` and aggregates tell of it, by the text of the stage.
  var attributes: [(name: String, value: Static)] = []
}
