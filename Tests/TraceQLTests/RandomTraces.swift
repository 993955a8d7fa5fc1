import QueryTestSupport
import TelemetryModel

/// Random traces as they arrive: in any order, with spans that never come, several roots, and attributes of every type.
struct RandomTraces {
  static let start: Int64 = 1_763_800_000_000_000_000
  static let millisecond: Int64 = 1_000_000

  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// The spans of some traces.
  mutating func spans(traceCount: Int) -> [FixtureRow] {
    (1...traceCount).flatMap { trace in oneTrace(UInt64(trace)) }
  }

  private mutating func oneTrace(_ trace: UInt64) -> [FixtureRow] {
    let count = generator.pick([1, 2, 4, 7, 12])
    let begin = RandomTraces.start + Int64.random(in: 0..<60_000, using: &generator) * RandomTraces.millisecond
    var rows: [FixtureRow] = []
    for number in 1...count {
      var parent: UInt64 = 0
      if number > 1, generator.chance(0.9) { parent = UInt64(Int.random(in: 1..<number, using: &generator)) }
      rows.append(span(trace, UInt64(number), parent: parent, begin: begin + Int64(number) * RandomTraces.millisecond))
    }
    // Spans that never come leave children without a parent.
    return rows.filter { _ in rows.count == 1 || generator.chance(0.9) }
  }

  private mutating func span(_ trace: UInt64, _ id: UInt64, parent: UInt64, begin: Int64) -> FixtureRow {
    let service = generator.pick(["front", "cart", "pay"])
    var row = FixtureRow(service: service, time: begin, resource: resource())
    row.traceID = TraceID(high: 5, low: trace)
    row.spanID = SpanID(trace << 8 | id)
    if parent != 0 { row.parent = SpanID(trace << 8 | parent) }
    row.intrinsics[Field.duration] = .int(Int64.random(in: 0...200, using: &generator) * RandomTraces.millisecond)
    if generator.chance(0.9) { row.intrinsics[Field.name] = .string(generator.pick(["op1", "op2", "read"])) }
    if generator.chance(0.7) { row.intrinsics[Field.kind] = .int(Int64.random(in: 1...5, using: &generator)) }
    if generator.chance(0.5) { row.intrinsics[Field.status] = .int(Int64.random(in: 1...2, using: &generator)) }
    if generator.chance(0.3) { row.intrinsics[Field.statusMessage] = .string(generator.pick(["broken", "late"])) }
    if generator.chance(0.7) { row.attributes.append(Attribute("a", value())) }
    if generator.chance(0.5) { row.attributes.append(Attribute("b", .int(Int64.random(in: 0...3, using: &generator)))) }
    if generator.chance(0.5) { row.attributes.append(Attribute("flag", .bool(generator.chance(0.5)))) }
    if generator.chance(0.2) { row.attributes.append(Attribute("region", .string("eu"))) }
    row.events = (0..<generator.pick([0, 0, 1, 2])).map { _ in generator.pick(["boom", "note"]) }
    return row
  }

  private mutating func resource() -> [Attribute] {
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: []
    case 1: [Attribute("region", .string(generator.pick(["eu", "us"])))]
    default: [Attribute("region", .array([.string("us"), .string("asia")]))]
    }
  }

  private mutating func value() -> AttributeValue {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0...3: .int(Int64.random(in: 0...3, using: &generator))
    case 4: .double(generator.pick([0.5, 1, 2.5]))
    case 5, 6: .string(generator.pick(["x", "y", "xy"]))
    case 7: .bool(true)
    case 8: .array([.string("x"), .string("z")])
    default: .array([.int(1), .int(2)])
    }
  }
}
