import PromQL
import Testing

@Suite("Labels")
struct LabelsTests {
  @Test("labels are sorted by bytes, unique, and never empty")
  func canonicalForm() {
    let labels = Labels([.init("b", "1"), .init("a", "x"), .init("b", "2"), .init("c", ""), .init("B", "y")])
    #expect(labels.pairs.map(\.name) == ["B", "a", "b"])
    #expect(labels["b"] == "2" && labels["c"] == nil && labels.name == "")
  }
}
