internal import Synchronization
internal import TelemetryModel
internal import TelemetryStorage

/// The steps from a folder to a running store.
///
/// Damage never ends them: it is set aside, reported, and the rest is served.
struct StoreOpening: Sendable {
  let configuration: EmbeddedStoreConfiguration
  let fileSystem: any FileSystem
  let layout: StoreLayout
  let quarantine: Quarantine
  let conditions = StoreConditions()

  init(configuration: EmbeddedStoreConfiguration, fileSystem: any FileSystem) {
    self.configuration = configuration
    self.fileSystem = fileSystem
    layout = StoreLayout(directory: configuration.directory)
    quarantine = Quarantine(directory: layout.quarantineDirectory, fileSystem: fileSystem)
  }

  /// Everything but the replay.
  func prepare() throws(StorageError) -> EmbeddedStore {
    try fileSystem.createDirectory(configuration.directory)
    let folderLock = try FolderLock(path: layout.lockPath)
    var (manifest, findings) = try Manifest.open(directory: configuration.directory, fileSystem: fileSystem)
    let isDamaged = !findings.damage.isEmpty
    if isDamaged {
      let reason = "the manifest: " + findings.damage.joined(separator: "; ")
      _ = try quarantine.keep(findings.damagedBytes[...], as: "manifest-\(configuration.clock())", reason: reason)
    }
    try removeUnlisted(manifest.state, keepsParts: isDamaged)
    try removeBrokenBackups()
    if isDamaged { try manifest.writeSnapshot() }
    let (parts, unopened) = try openParts(&manifest)
    try finishDeletions(&manifest, parts, unopened)
    if manifest.state.shardCount != configuration.shardCount {
      try manifest.append([.shardCount(configuration.shardCount)])
    }
    return EmbeddedStore(
      configuration: configuration, fileSystem: fileSystem, log: try makeLog(), manifest: manifest, parts: parts,
      unopened: unopened, folderLock: folderLock, conditions: conditions)
  }

  /// Removes what a crash left: temporary files, and parts that no edit lists, whose rows the log still holds. After damage to
  /// the manifest an edit may be lost, so that such parts are set aside instead.
  private func removeUnlisted(_ state: ManifestState, keepsParts: Bool) throws(StorageError) {
    for signal in Signal.allCases {
      let signalDirectory = layout.signalDirectory(EmbeddedStore.tenant, signal)
      for dayName in try fileSystem.list(signalDirectory) {
        let directory = signalDirectory + "/" + dayName
        let names = try fileSystem.list(directory)
        var keptCount = 0
        for name in names {
          let isPart = name.hasSuffix(StoreLayout.partExtension)
          let partName = String(name.dropLast(StoreLayout.partExtension.utf8.count))
          if isPart, let day = UInt32(dayName),
            state.parts[PartKey(signal: signal, tenant: EmbeddedStore.tenant, day: day, name: partName)] != nil
          {
            keptCount += 1
          } else if isPart, keepsParts {
            _ = try quarantine.move(
              directory + "/" + name, as: "\(signal.name)-\(dayName)-\(name)",
              reason: "no edit of the damaged manifest lists this part")
          } else {
            try fileSystem.remove(directory + "/" + name)
          }
        }
        if keptCount == 0 { try fileSystem.remove(directory) }
      }
    }
  }

  /// Removes what backups that did not end have left.
  private func removeBrokenBackups() throws(StorageError) {
    for name in try fileSystem.list(layout.backupsDirectory) {
      let folder = BackupFolder(directory: layout.backupDirectory(name), fileSystem: fileSystem)
      if !folder.isComplete { try folder.remove() }
    }
  }

  /// Opens the listed parts. A damaged one is set aside and taken off the list; one that cannot be read for another reason
  /// stays listed, unopened, and is reported.
  private func openParts(
    _ manifest: inout Manifest
  ) throws(StorageError) -> (parts: [StoredPart], unopened: [PartEntry]) {
    var parts: [StoredPart] = []
    var unopened: [PartEntry] = []
    var removed: [ManifestOperation] = []
    let tombstones = manifest.state.pendingTombstones
    for entry in manifest.state.parts.values.sorted(by: {
      ($0.sequence, $0.name) < ($1.sequence, $1.name)
    }) {
      let path = layout.partPath(entry.key)
      do throws(StorageError) {
        guard fileSystem.exists(path) else { throw StorageError(.damaged, path: path, detail: "the file is missing") }
        let reader = try PartReader(path: path, fileSystem: fileSystem)
        let part = StoredPart(entry: entry, path: path, reader: reader, fileSystem: fileSystem)
        parts.append(try hideDeleted(part, tombstones))
      } catch {
        guard error.code == .damaged else {
          conditions.raise(.unreadablePart, path, error.description)
          unopened.append(entry)
          continue
        }
        let reason = "\(entry.rowCount) rows of \(entry.signal.name) of \(entry.day): \(error)"
        let name = "\(entry.signal.name)-\(entry.day)-\(entry.name)\(StoreLayout.partExtension)"
        if fileSystem.exists(path) {
          _ = try quarantine.move(path, as: name, reason: reason)
        } else {
          _ = try quarantine.keep([], as: name, reason: reason)
        }
        removed.append(.removePart(entry.key))
      }
    }
    try manifest.append(removed)
    return (parts, unopened)
  }

  /// Ends the deletions whose last part went without one: it was damaged, or its rows are hidden no more. A part that could
  /// not be opened may still hold such rows.
  private func finishDeletions(
    _ manifest: inout Manifest, _ parts: [StoredPart], _ unopened: [PartEntry]
  ) throws(StorageError) {
    let present = Set(parts.flatMap { $0.deletions?.tombstones ?? [] })
    let ended = manifest.state.pendingTombstones.filter { tombstone in
      !present.contains(tombstone.id) && !unopened.contains { tombstone.concerns($0) }
    }
    try manifest.append(
      ended.map { tombstone in
        .finishTombstone(
          TombstoneOutcome(id: tombstone.id, finishedAt: configuration.clock(), removedParts: [], writtenParts: []))
      })
  }

  /// The part without the rows that unfinished deletions name.
  private func hideDeleted(_ part: StoredPart, _ tombstones: [Tombstone]) throws(StorageError) -> StoredPart {
    var part = part
    for tombstone in tombstones where tombstone.concerns(part.entry) {
      let found = try PartDeletions.apply(tombstone, to: part)
      if found.rowCount > 0, let deletions = found.deletions { part = part.with(deletions) }
    }
    return part
  }

  /// The configured shards, and those that an earlier run with more of them left.
  private func makeLog() throws(StorageError) -> WriteAheadLog {
    let health = LogHealth()
    let present = try fileSystem.list(layout.logDirectory(EmbeddedStore.tenant)).compactMap { Int($0) }
      .filter { (0..<Self.shardLimit).contains($0) }
    let count = max(configuration.shardCount, (present.max() ?? -1) + 1)
    let shards = (0..<count).map { shard in
      LogShard(
        shard: shard, directory: layout.shardDirectory(EmbeddedStore.tenant, shard: shard), fileSystem: fileSystem,
        segmentByteLimit: configuration.segmentBytes, health: health)
    }
    return WriteAheadLog(shards: shards, health: health)
  }

  /// No run has more shards; a folder of a greater number is not ours.
  private static let shardLimit = 4096

  /// Replays one shard's log into the store.
  func replay(_ shard: LogShard, into store: EmbeddedStore, decode: BodyDecoding) throws(StorageError) {
    let flushedThrough = store.manifest.withLock { $0.state.flushedThrough[shard.shard] ?? [:] }
    let recovery = LogRecovery(
      log: shard, directory: layout.shardDirectory(EmbeddedStore.tenant, shard: shard.shard), fileSystem: fileSystem,
      quarantine: quarantine, flushedThrough: flushedThrough)
    _ = try recovery.run { frame in
      do {
        store.publishReplayed(
          try decode(frame), signal: frame.kind.signal, shard: shard.shard, sequence: frame.sequence)
      } catch {
        return "\(error)"
      }
      store.waitForMemoryInReplay()
      return nil
    }
  }

  /// Everything set aside, now or by an earlier run, is a condition until a person removes it.
  func reportQuarantine() {
    for item in quarantine.items() { conditions.raise(.quarantined, item.name, item.reason) }
  }
}
