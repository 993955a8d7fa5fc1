import Foundation

/// A folder that is removed with the object.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("sightline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  /// A copy of another folder as it is now.
  init(copyOf other: String) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("sightline-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(fileURLWithPath: other), to: url)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Paths of all files below that end so, relative to the folder, sorted.
  func files(_ suffix: String) -> [String] {
    let enumerator = FileManager.default.enumerator(atPath: path)
    return (enumerator?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(suffix) }.sorted()
  }

  func flipByte(of name: String, at position: Int) throws {
    let url = URL(fileURLWithPath: path + "/" + name)
    var data = try Data(contentsOf: url)
    data[position] ^= 0x55
    try data.write(to: url)
  }

  func byteCount(of name: String) throws -> Int { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)).count }
}
