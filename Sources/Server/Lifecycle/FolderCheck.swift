import EmbeddedStore
import TelemetryStorage

/// The check of a data folder, for the command line.
package enum FolderCheck {
  /// Locks the folder and reads everything in it.
  ///
  /// - Throws: `StartFailure` when a server uses the folder, or it is none.
  package static func run(_ directory: String) throws -> FolderReport {
    let fileSystem = PosixFileSystem()
    let check = StoreCheck(directory: directory, tenant: EmbeddedStore.tenant, fileSystem: fileSystem)
    do throws(StorageError) {
      guard fileSystem.exists(StoreLayout(directory: directory).manifestPath) else {
        throw StorageError(.open, path: directory, detail: "there is no manifest: this is no data folder")
      }
      let lock = try FolderLock(path: StoreLayout(directory: directory).lockPath)
      defer { withExtendedLifetime(lock) {} }
      return FolderReport(try check.run())
    } catch {
      throw StartFailure(
        error.code == .locked
          ? "a server uses \(directory); stop it first" : "\(directory) cannot be checked: \(error)")
    }
  }
}

/// What the check of a folder found.
package struct FolderReport: Sendable {
  /// One finding.
  package struct Finding: Sendable {
    /// `damage` or `note`.
    package let severity: String
    package let isDamage: Bool
    package let path: String
    package let what: String
    /// What to do about it.
    package let advice: String
  }

  package let findings: [Finding]
  package let isDamaged: Bool
  /// How much was read, in one line.
  package let summary: String

  init(_ report: StoreCheck.Report) {
    findings = report.findings.map { finding in
      Finding(
        severity: finding.severity.rawValue, isDamage: finding.severity == .damage, path: finding.path,
        what: finding.what, advice: finding.advice)
    }
    isDamaged = report.isDamaged
    summary =
      "\(report.partCount) parts, \(report.rowCount) rows, \(report.byteCount) bytes; \(report.frameCount) requests in "
      + "the log, \(report.pendingFrameCount) of them to be replayed: "
      + (report.isDamaged ? "damaged" : "all is well")
  }
}
