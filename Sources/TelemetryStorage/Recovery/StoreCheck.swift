import TelemetryModel

/// Checks a data folder that no server uses: manifest, parts, log and quarantine. Changes nothing.
package struct StoreCheck: Sendable {
  /// Something a person should know.
  package struct Finding: Sendable, Equatable {
    package enum Severity: String, Sendable {
      /// Data is lost or wrong.
      case damage
      /// As it should be after a crash, or for information.
      case note
    }

    package let severity: Severity
    package let path: String
    package let what: String
    /// What to do about it.
    package let advice: String
  }

  /// What was found and how much was read.
  package struct Report: Sendable {
    package var findings: [Finding] = []
    package var partCount = 0
    package var rowCount = 0
    package var byteCount = 0
    package var frameCount = 0
    /// Frames whose rows are not in parts yet.
    package var pendingFrameCount = 0

    package var isDamaged: Bool { findings.contains { $0.severity == .damage } }
  }

  private let directory: String
  private let layout: StoreLayout
  private let fileSystem: any FileSystem
  private let tenant: String

  package init(directory: String, tenant: String, fileSystem: any FileSystem) {
    self.directory = directory
    self.tenant = tenant
    self.fileSystem = fileSystem
    layout = StoreLayout(directory: directory)
  }

  /// Reads everything.
  ///
  /// - Throws: `.open` when there is no manifest, `.unsupportedFormat` of a newer program.
  package func run() throws(StorageError) -> Report {
    var report = Report()
    let path = StoreLayout(directory: directory).manifestPath
    guard fileSystem.exists(path) else {
      throw StorageError(.open, path: path, detail: "no manifest: this is no data folder")
    }
    let file = try fileSystem.openForReading(path)
    let content = try ManifestFile.decode(try file.read(at: 0, count: try file.byteCount()), path: path)
    for damage in content.damage {
      add(
        .damage, path, damage,
        "start the server: it keeps the damaged file in quarantine and goes on with what is readable", &report)
    }
    for entry in content.state.parts.values.sorted(by: { ($0.signal.rawValue, $0.name) < ($1.signal.rawValue, $1.name) }
    ) {
      check(entry, &report)
    }
    try checkStrays(content.state, &report)
    for shard in try fileSystem.list(layout.logDirectory(tenant)).compactMap({ Int($0) }).sorted() {
      try checkLog(shard, content.state.flushedThrough[shard] ?? [:], &report)
    }
    for tombstone in content.state.pendingTombstones {
      add(
        .note, path, "deletion \(tombstone.id) hides rows that files still hold",
        "start the server: it rewrites the files", &report)
    }
    for item in Quarantine(directory: layout.quarantineDirectory, fileSystem: fileSystem).items() {
      add(
        .note, layout.quarantineDirectory + "/" + item.name, "set aside: " + item.reason,
        "restore it from a backup, or delete it with its .reason file", &report)
    }
    return report
  }

  private func add(
    _ severity: Finding.Severity, _ path: String, _ what: String, _ advice: String, _ report: inout Report
  ) {
    report.findings.append(Finding(severity: severity, path: path, what: what, advice: advice))
  }

  private func check(_ entry: PartEntry, _ report: inout Report) {
    let path = layout.partPath(entry.key)
    report.partCount += 1
    let advice = "restore it from a backup; a running server serves the blocks that are readable"
    do throws(StorageError) {
      let reader = try PartReader(path: path, fileSystem: fileSystem)
      report.rowCount += reader.summary.rowCount
      report.byteCount += reader.summary.byteCount
      for finding in try PartCheck.findings(in: reader, entry: entry, pace: { () throws(StorageError) in }) {
        add(.damage, path, finding, advice, &report)
      }
    } catch {
      add(.damage, path, "\(error) (\(entry.rowCount) rows of \(entry.signal.name))", advice, &report)
    }
  }

  /// Files in the folders of parts that are none.
  private func checkStrays(_ state: ManifestState, _ report: inout Report) throws(StorageError) {
    for signal in Signal.allCases {
      let signalDirectory = layout.signalDirectory(tenant, signal)
      for day in try fileSystem.list(signalDirectory) {
        for name in try fileSystem.list(signalDirectory + "/" + day) {
          let partName = name.hasSuffix(StoreLayout.partExtension) ? String(name.dropLast(5)) : ""
          if let number = UInt32(day),
            state.parts[PartKey(signal: signal, tenant: tenant, day: number, name: partName)] != nil
          {
            continue
          }
          add(
            .note, signalDirectory + "/" + day + "/" + name, "no edit of the manifest lists this file",
            "start the server: it removes what a crash left behind", &report)
        }
      }
    }
  }

  private func checkLog(
    _ shard: Int, _ flushedThrough: [Signal: UInt64], _ report: inout Report
  ) throws(StorageError) {
    let directory = layout.shardDirectory(tenant, shard: shard)
    let numbers = try fileSystem.list(directory).compactMap { LogSegment.number(ofFile: $0) }.sorted()
    var lastSequence: UInt64 = 0
    for number in numbers {
      let path = directory + "/" + LogSegment.fileName(number)
      let file = try fileSystem.openForReading(path)
      let bytes = try file.read(at: 0, count: try file.byteCount())
      let isLast = number == numbers.last
      switch LogSegment.check(bytes) {
      case .good: break
      case .incomplete where isLast:
        add(.note, path, "a segment that was being created", "start the server: it removes it", &report)
        continue
      case .incomplete, .damaged:
        add(.damage, path, "the header is damaged", "start the server: it replays the frames that are whole", &report)
      case .newerFormat(let major):
        throw StorageError(.unsupportedFormat, path: path, detail: "log format \(major)")
      }
      var reader = LogSegmentReader(bytes, after: lastSequence, flushedThrough: flushedThrough)
      while let item = reader.next() {
        switch item {
        case .frame(let body):
          report.frameCount += 1
          report.pendingFrameCount += 1
          lastSequence = body.sequence
        case .spent(_, let sequence):
          report.frameCount += 1
          lastSequence = sequence
        case .damaged(let range):
          add(
            .damage, path, "\(range.count) bytes from byte \(range.lowerBound) are no frame",
            "start the server: it keeps them in quarantine and replays the rest", &report)
        case .unreadable(let range, let isTorn):
          let isExpected = isLast && isTorn
          add(
            isExpected ? .note : .damage, path,
            "\(range.count) bytes from byte \(range.lowerBound) to the end are no frame",
            isExpected
              ? "a write that a crash cut off; nobody was told that it was stored. Start the server: it truncates it"
              : "start the server: it keeps them in quarantine", &report)
        }
      }
    }
  }
}
