/// An unordered set of attributes in canonical form: sorted by key, encoded once, compared by content.
///
/// Resources, scopes and series are identified by it. Immutable and shared by reference, since one set stands
/// behind thousands of rows.
package final class AttributeSet: Sendable, Hashable {
  /// Sorted by key; a key that came twice keeps its last value.
  package let attributes: [Attribute]
  /// `ValueEncoding` of the set as a map.
  package let encoded: [UInt8]
  /// Hash of `encoded`; the same in every process.
  package let contentHash: UInt64

  package init(_ attributes: [Attribute]) {
    var last: [String: AttributeValue] = [:]
    for attribute in attributes { last[attribute.key] = attribute.value }
    let sorted = last.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }
    self.attributes = sorted
    encoded = ValueEncoding.encode(.map(sorted))
    contentHash = ContentHash.of(encoded)
  }

  /// Reads a set back from `encoded` bytes; nil when they are damaged. Bytes in canonical order are taken as they are.
  package init?(encoded: [UInt8]) {
    guard case .map(let attributes)? = ValueEncoding.decode(encoded) else { return nil }
    var isSorted = true
    for index in attributes.indices.dropFirst() where !(attributes[index - 1].key < attributes[index].key) {
      isSorted = false
    }
    if isSorted {
      self.attributes = attributes
      self.encoded = encoded
    } else {
      let canonical = AttributeSet(attributes)
      self.attributes = canonical.attributes
      self.encoded = canonical.encoded
    }
    contentHash = ContentHash.of(self.encoded)
  }

  package static let none = AttributeSet([])

  /// The value of `key`. Cost: a binary search.
  package subscript(key: String) -> AttributeValue? {
    var low = 0
    var high = attributes.count
    while low < high {
      let middle = (low + high) / 2
      if attributes[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low < attributes.count && attributes[low].key == key ? attributes[low].value : nil
  }

  package static func == (left: AttributeSet, right: AttributeSet) -> Bool {
    left === right || (left.contentHash == right.contentHash && left.encoded == right.encoded)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(contentHash) }
}
