internal import Synchronization
internal import TelemetryModel
internal import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore {
  /// See `TelemetryStore.delete`.
  ///
  /// Memory is flushed first, so that every row that counts is in a part; the rows are found and hidden, the tombstone is
  /// durable, and all queries from then on go without them. The compaction rewrites the files next.
  package func delete(_ request: DeleteRequest) async throws(StoreFailure) -> Deletion {
    guard request.tenant == Self.tenant else { throw .invalid("there is no tenant \(request.tenant)") }
    try queries.validate(request.predicate)
    do throws(StorageError) {
      return try await maintenance { () throws(StorageError) in
        try self.flushMemory(request.signal)
        return try self.hide(request)
      }
    } catch {
      if error.code == .invalidPredicate { throw .invalid(error.detail) }
      if error.code == .diskFull { throw .diskFull }
      throw .unavailable("nothing was deleted: \(error)")
    }
  }

  /// See `TelemetryStore.deletions`.
  package func deletions() async throws(StoreFailure) -> [Deletion] {
    do throws(StorageError) {
      return try await maintenance { () throws(StorageError) in
        let state = self.manifest.withLock { $0.state }
        return state.tombstones.values.sorted { $0.id > $1.id }.map { tombstone in
          self.describe(tombstone, state.outcomes[tombstone.id])
        }
      }
    } catch {
      throw .unavailable(error.description)
    }
  }

  /// Finds the rows, makes the tombstone durable and then hides them, all with the manifest locked: no merge swaps parts
  /// meanwhile. On the maintenance thread.
  private func hide(_ request: DeleteRequest) throws(StorageError) -> Deletion {
    let now = configuration.clock()
    return try manifest.withLock { manifest throws(StorageError) in
      let id = (manifest.state.tombstones.keys.max() ?? 0) + 1
      let partLimit = manifest.state.nextPart
      func tombstone(rowCount: Int) -> Tombstone {
        Tombstone(
          id: id, signal: request.signal, predicate: request.predicate, timeRange: request.timeRange,
          partLimit: partLimit, createdAt: now, rowCount: UInt64(rowCount), text: request.text)
      }
      guard tombstone(rowCount: 0).isStorable else {
        throw StorageError(.invalidPredicate, path: layout.directory, detail: "the query is nested too deeply")
      }
      let parts = state.withLock { $0[request.signal].parts }
      var changed: [PartKey: PartDeletions] = [:]
      var rowCount = 0
      for part in parts where tombstone(rowCount: 0).concerns(part.entry) {
        let found = try PartDeletions.apply(tombstone(rowCount: 0), to: part)
        guard found.rowCount > 0, let deletions = found.deletions else { continue }
        rowCount += found.rowCount
        changed[part.entry.key] = deletions
      }
      let final = tombstone(rowCount: rowCount)
      var edit = [ManifestOperation.addTombstone(final)]
      let outcome = TombstoneOutcome(id: id, finishedAt: now, removedParts: [], writtenParts: [])
      if changed.isEmpty { edit.append(.finishTombstone(outcome)) }
      try manifest.append(edit)
      state.withLock { $0.hide(changed, signal: request.signal) }
      for key in changed.keys { ledger.add(id, part: key) }
      return describe(final, changed.isEmpty ? outcome : nil)
    }
  }

  private func describe(_ tombstone: Tombstone, _ outcome: TombstoneOutcome?) -> Deletion {
    let record = ledger.record(tombstone.id)
    return Deletion(
      id: tombstone.id, signal: tombstone.signal, text: tombstone.text, timeRange: tombstone.timeRange,
      createdAt: tombstone.createdAt, rowCount: Int(clamping: tombstone.rowCount), finishedAt: outcome?.finishedAt,
      pendingParts: record.pending.map(\.name).sorted(), removedParts: outcome?.removedParts ?? record.removedParts,
      writtenParts: outcome?.writtenParts ?? record.writtenParts)
  }
}
