internal import Synchronization
internal import TelemetryModel
internal import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore {
  /// See `TelemetryStore.delete`.
  ///
  /// Memory is flushed first, so that every row that counts is in a part. The rows are found on a query thread, while flushes
  /// and merges go on; what these replaced meanwhile is read again. Then the tombstone is durable, and all queries go without
  /// the rows. The compaction rewrites the files next.
  package func delete(_ request: DeleteRequest) async throws(StoreFailure) -> Deletion {
    guard request.tenant == Self.tenant else { throw .invalid("there is no tenant \(request.tenant)") }
    try queries.validate(request.predicate)
    do throws(StorageError) {
      var search = try await maintenance { () throws(StorageError) in
        let search = try self.deletionSearch(request)
        try self.flushMemory(request.signal)
        return search
      }
      for _ in 0..<Self.searchRounds {
        let unread = search.unread(state.withLock { $0[request.signal].parts })
        if unread.isEmpty { break }
        let before = search
        search = try await queryPool.run { () throws(StorageError) in
          var search = before
          try search.read(unread)
          return search
        }
      }
      let result = search
      return try await maintenance { () throws(StorageError) in try self.hide(result) }
    } catch {
      if error.code == .invalidPredicate { throw .invalid(error.detail) }
      if error.code == .diskFull { throw .diskFull }
      throw .unavailable("nothing was deleted: \(error)")
    }
  }

  /// How often what changed meanwhile is read without a lock; each round has less to read than the one before.
  private static let searchRounds = 3

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

  /// On the maintenance thread.
  private func deletionSearch(_ request: DeleteRequest) throws(StorageError) -> DeletionSearch {
    let lastID = manifest.withLock { $0.state.tombstones.keys.max() ?? 0 }
    let tombstone = Tombstone(
      id: ledger.reserveID(after: lastID), signal: request.signal, predicate: request.predicate,
      timeRange: request.timeRange, partLimit: .max, createdAt: configuration.clock(), rowCount: 0, text: request.text)
    guard tombstone.isStorable else {
      throw StorageError(.invalidPredicate, path: layout.directory, detail: "the query is nested too deeply")
    }
    return DeletionSearch(tombstone)
  }

  /// Makes the tombstone durable and then hides the rows, all with the manifest locked: no merge swaps parts meanwhile. On the
  /// maintenance thread.
  private func hide(_ result: DeletionSearch) throws(StorageError) -> Deletion {
    try manifest.withLock { manifest throws(StorageError) in
      var search = result
      let parts = state.withLock { $0[search.tombstone.signal].parts }
      try search.read(search.unread(parts))
      let (changed, rowCount) = search.changes(of: parts)
      let tombstone = search.tombstone.ending(before: manifest.state.nextPart, rowCount: UInt64(rowCount))
      // A listed part that could not be opened may hold such rows; the tombstone waits for it.
      let opened = Set(parts.map(\.entry.key))
      let unopened = manifest.state.parts.values.filter { !opened.contains($0.key) && tombstone.concerns($0) }
      let pending = Array(changed.keys) + unopened.map(\.key)
      var edit = [ManifestOperation.addTombstone(tombstone)]
      let outcome = TombstoneOutcome(
        id: tombstone.id, finishedAt: configuration.clock(), removedParts: [], writtenParts: [])
      if pending.isEmpty { edit.append(.finishTombstone(outcome)) }
      try manifest.append(edit)
      state.withLock { $0.hide(changed, signal: tombstone.signal) }
      for key in pending { ledger.add(tombstone.id, part: key) }
      return describe(tombstone, pending.isEmpty ? outcome : nil)
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
