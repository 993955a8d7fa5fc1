/// The number below which the randomness of a trace makes it be left out: `th` of OpenTelemetry's trace state.
///
/// 56 bits; the probability is `1 - value / 2^56`, and one recorded span stands for its inverse.
/// - SeeAlso: opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling
public struct SamplingThreshold: Sendable, Hashable {
  /// The threshold, below 2^56.
  public let value: UInt64
  /// The trace state of a root, made once.
  let rootState: TraceState

  static let range: UInt64 = 1 &<< 56
  /// How many digits say something; more would cost bytes in every request without meaning.
  private static let precision = 4

  /// Nothing is left out.
  public static let always = SamplingThreshold(value: 0)

  /// - Parameter value: taken modulo 2^56.
  public init(value: UInt64) {
    self.value = value & (Self.range - 1)
    rootState = TraceState(validated: "ot=th:" + Self.text(self.value))
  }

  /// The threshold of a probability in `0 < … <= 1`, rounded to four digits beyond leading ones; nil for less than
  /// 2^-56.
  public init?(probability: Double) {
    guard probability >= 0x1p-56 else { return nil }
    if probability > 1 - 0x1p-53 {
      self = .always
      return
    }
    let rejected = Self.range - UInt64((probability * 0x1p56).rounded())
    // Small probabilities begin with digits f, which say nothing about their size.
    let leading = (~(rejected &<< 8)).leadingZeroBitCount / 4
    let dropped = UInt64(max(0, 14 - Self.precision - leading)) * 4
    let half: UInt64 = dropped == 0 ? 0 : 1 &<< (dropped - 1)
    let rounded = ((rejected + half) &>> dropped) &<< dropped
    self.init(value: rounded >= Self.range ? rejected : rounded)
  }

  /// Reads 1 to 14 hexadecimal digits, padded with zeros behind.
  init?(text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard (1...14).contains(digits.count), let value = Hexadecimal.parse(digits[...]) else { return nil }
    self.init(value: value &<< UInt64(4 * (14 - digits.count)))
  }

  /// The share of traces that are recorded.
  public var probability: Double { Double(Self.range - value) * 0x1p-56 }

  /// The hexadecimal digits without zeros behind.
  var text: String { Self.text(value) }

  private static func text(_ value: UInt64) -> String {
    if value == 0 { return "0" }
    var digits = Hexadecimal.string(value).dropFirst(2)
    while digits.last == "0" { digits = digits.dropLast() }
    return String(digits)
  }
}

/// What the member `ot` of a trace state says about sampling; its other parts are kept.
struct ProbabilityState {
  /// `th`, when it can be read.
  private(set) var threshold: SamplingThreshold?
  /// `rv`: randomness that the root gave because its trace id has none.
  private(set) var randomness: UInt64?
  private var others: [Substring] = []

  /// Reads the member; a state without it says nothing.
  init(_ state: TraceState) {
    guard !state.text.isEmpty, let member = state["ot"] else { return }
    for part in member.split(separator: ";") {
      if part.hasPrefix("th:") {
        threshold = SamplingThreshold(text: part.dropFirst(3))
      } else if part.hasPrefix("rv:") {
        let digits = Array(part.dropFirst(3).utf8)
        if digits.count == 14 { randomness = Hexadecimal.parse(digits[...]) }
        others.append(part)
      } else {
        others.append(part)
      }
    }
  }

  /// The state with `threshold` in the place of what `state`, which this was read from, said.
  func setting(_ threshold: SamplingThreshold, in state: TraceState) -> TraceState {
    let parts = ["th:" + threshold.text] + others.map { String($0) }
    return state.setting(parts.joined(separator: ";"), forKey: "ot")
  }
}
