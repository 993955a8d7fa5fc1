import TelemetryModel

/// An `AnyValue` as it stands on the wire: its type and either its bits or where its content lies.
struct WireValue {
  var type = ValueType.empty
  /// `bool`, `int` and `double`.
  var bits: UInt64 = 0
  /// `string`, `bytes`, `array` and `map`.
  var range = WireRange()
}
