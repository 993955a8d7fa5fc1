/// The folder for what is damaged: nothing is deleted, everything has its reason beside it.
package struct Quarantine: Sendable {
  /// Something set aside.
  package struct Item: Sendable, Hashable {
    package let name: String
    package let reason: String
  }

  private static let reasonExtension = ".reason"
  private let directory: String
  private let fileSystem: any FileSystem

  package init(directory: String, fileSystem: any FileSystem) {
    self.directory = directory
    self.fileSystem = fileSystem
  }

  /// Moves a file here under a name that tells where it was.
  package func move(_ path: String, as name: String, reason: String) throws(StorageError) -> Item {
    try fileSystem.createDirectory(directory)
    try fileSystem.rename(path, to: directory + "/" + name)
    return try describe(name, reason: reason)
  }

  /// Keeps a copy of bytes. The same damage found again replaces it.
  package func keep(_ bytes: ArraySlice<UInt8>, as name: String, reason: String) throws(StorageError) -> Item {
    try fileSystem.createDirectory(directory)
    let file = try fileSystem.create(directory + "/" + name)
    try file.append(Array(bytes))
    try file.sync()
    return try describe(name, reason: reason)
  }

  private func describe(_ name: String, reason: String) throws(StorageError) -> Item {
    let file = try fileSystem.create(directory + "/" + name + Self.reasonExtension)
    try file.append(Array(reason.utf8))
    try file.sync()
    try fileSystem.syncDirectory(directory)
    return Item(name: name, reason: reason)
  }

  /// Everything set aside so far, also by earlier runs, by name.
  package func items() -> [Item] {
    guard let names = try? fileSystem.list(directory) else { return [] }
    return names.filter { !$0.hasSuffix(Self.reasonExtension) }.map { name in
      Item(name: name, reason: reason(of: name) ?? "set aside without a reason")
    }
  }

  private func reason(of name: String) -> String? {
    guard let file = try? fileSystem.openForReading(directory + "/" + name + Self.reasonExtension),
      let count = try? file.byteCount(), let bytes = try? file.read(at: 0, count: min(count, 4096))
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
