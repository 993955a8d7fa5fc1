import Foundation
import TelemetryFixtures
import TelemetryModel
import Testing

@testable import TelemetryStorage

/// Files that released versions wrote, in `Tests/Golden`: later versions read them as they were.
@Suite("Files of earlier versions")
struct GoldenTests {
  private static let folder =
    String(#filePath.dropLast("TelemetryStorageTests/Part/GoldenTests.swift".count)) + "Golden/"
  private static let current = "part-\(PartFormat.major).\(PartFormat.minor)"

  /// The current version is written once, before a release, with `SIGHTLINE_WRITE_GOLDEN=1`.
  private static let isWriting = ProcessInfo.processInfo.environment["SIGHTLINE_WRITE_GOLDEN"] == "1"

  /// The folders of part versions.
  private static var versions: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Set(names.filter { $0.hasPrefix("part-") } + (isWriting ? [current] : [])).sorted()
  }

  private func rows(_ path: String) throws -> [String] {
    let reader = try PartReader(path: path, fileSystem: PosixFileSystem())
    try reader.verify()
    return try reader.blocks.flatMap { block in
      let batch = try block.read(ColumnSelection.everything).batch
      return (0..<batch.rowCount).map { BatchFixtures.text(batch, row: $0) }
    }
  }

  @Test("parts of every version give back the rows that were written", arguments: versions, Signal.allCases)
  func parts(version: String, signal: Signal) throws {
    let path = Self.folder + version + "/\(signal.name)"
    if version == Self.current, Self.isWriting {
      var fixtures = BatchFixtures(seed: 77)
      try PosixFileSystem().createDirectory(Self.folder + version)
      _ = try PartWriter.write(
        [fixtures.batch(signal, rowCount: 60)], to: path + ".part", in: PosixFileSystem(),
        identity: PartIdentity(tenant: "default", signal: signal, name: "000000000001"))
      try rows(path + ".part").joined(separator: "\n").write(toFile: path + ".txt", atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOfFile: path + ".txt", encoding: .utf8)
    #expect(try rows(path + ".part").joined(separator: "\n") == expected)
  }

  @Test("a manifest of format 1 is read, and replaced by one of this version before the first edit")
  func manifest() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.folder + "manifest-1.0/manifest", toPath: folder.path + "/manifest")
    var (manifest, findings) = try Manifest.open(directory: folder.path, fileSystem: PosixFileSystem())
    #expect(findings.damage.isEmpty)
    #expect(manifest.state.parts.count == 15 && manifest.state.pendingTombstones.isEmpty)
    #expect(manifest.state.parts.values.allSatisfy { $0.level == 0 && $0.sequence == $0.number && $0.rowCount > 0 })
    try manifest.append([.nextPart(100)])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/manifest"))
    #expect(bytes[4] == UInt8(ManifestFile.formatMajor))
    #expect(try Manifest.open(directory: folder.path, fileSystem: PosixFileSystem()).manifest.state == manifest.state)
  }
}
