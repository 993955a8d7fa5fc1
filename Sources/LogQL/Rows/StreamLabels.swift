import TelemetryModel

/// The stream labels of resources, made once for each.
struct StreamLabels {
  private let demand: LabelDemand
  private var known: [AttributeSet: [RowLabels.Entry]] = [:]
  private static let capacity = 4096

  init(_ demand: LabelDemand) { self.demand = demand }

  mutating func entries(of attributes: AttributeSet) -> [RowLabels.Entry] {
    if let entries = known[attributes] { return entries }
    var entries: [RowLabels.Entry] = []
    for attribute in attributes.attributes {
      AttributeText.forEachLabel(LabelName.translated(attribute.key), attribute.value) { name, text in
        guard demand.wants(name), !entries.contains(where: { $0.name == name }) else { return }
        entries.append(RowLabels.Entry(name: name, value: text, category: .stream))
      }
    }
    if known.count >= StreamLabels.capacity { known.removeAll() }
    known[attributes] = entries
    return entries
  }
}
