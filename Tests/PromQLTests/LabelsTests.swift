import Testing

@testable import PromQL
@testable import conformance

@Suite("Labels")
struct LabelsTests {
  @Test("labels are sorted by bytes, unique, and never empty")
  func canonicalForm() {
    let labels = Labels([.init("b", "1"), .init("a", "x"), .init("b", "2"), .init("c", ""), .init("B", "y")])
    #expect(labels.pairs.map(\.name) == ["B", "a", "b"])
    #expect(labels["b"] == "2" && labels["c"] == nil && labels.name == "")
  }

  @Test("names and values are told apart by bytes, also where Swift holds texts for equal")
  func bytes() async throws {
    let (one, two) = ("caf\u{e9}", "cafe\u{301}")
    #expect(one == two)
    let left = Labels([.init("__name__", "m"), .init("place", one)])
    let right = Labels([.init("__name__", "m"), .init("place", two)])
    #expect(left != right && Set([left, right]).count == 2)
    #expect(left.precedes(right) != right.precedes(left))
    #expect(Labels([.init(one, "1"), .init(two, "2")]).pairs.count == 2)
    #expect(!LabelMatcher("place", .equal(one)).accepts(two) && LabelMatcher("place", .notEqual(one)).accepts(two))
    var store = MemorySampleStore()
    store.load([left, right].map { LoadedSeries(labels: $0, samples: [(0, .float(1))]) })
    let engine = Engine(source: store)
    for (query, count) in [
      ("sum by (place) (m)", 2), ("m{place=\"\(one)\"}", 1), ("m * on (place) m", 2), ("count_values(\"v\", m)", 1),
      ("m unless m{place=\"\(two)\"}", 1),
    ] {
      guard case .vector(let samples) = try await engine.instant(query, at: 0).data else {
        Issue.record("\(query) is no vector")
        continue
      }
      #expect(samples.count == count, "\(query)")
    }
  }

  @Test("labels made in steps are equal to those made at once, hashes too")
  func hashes() {
    let whole = Labels([.init("__name__", "m"), .init("a", "1"), .init("b", "2"), .init("le", "5")])
    #expect(
      whole.without("b").setting("b", "2") == whole && Set([whole.without("b").setting("b", "2"), whole]).count == 1)
    #expect(whole.withoutMetadata == Labels([.init("a", "1"), .init("b", "2"), .init("le", "5")]))
    #expect(whole.keeping(["b", "le"]) == Labels([.init("b", "2"), .init("le", "5")]))
    #expect(whole.without(["a", "x"]) == whole.without("a"))
    #expect(whole.matching(ignoring: ["a"]) == whole.withoutMetadata.without("a"))
  }
}
