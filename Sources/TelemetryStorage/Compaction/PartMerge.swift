import TelemetryModel

/// The identities of all inputs of a merge.
struct MergeIdentities {
  var resources = IdentityUnion<Resource>()
  var scopes = IdentityUnion<InstrumentationScope>()
  var series = IdentityUnion<Series>()

  init(signal: Signal, _ inputs: [MergeInput]) throws(StorageError) {
    for input in inputs {
      guard let block = input.blocks.first else {
        resources.add([])
        scopes.add([])
        series.add([])
        continue
      }
      try block.loadSeries()
      resources.add(signal == .metrics ? [] : block.resources)
      scopes.add(signal == .metrics ? [] : block.scopes)
      series.add(signal == .metrics ? block.series : [])
    }
  }

  /// The codes of an input's rows, by which they are sorted, in the union.
  func keyCodes(_ signal: Signal, input: Int) -> [UInt32] {
    signal == .metrics ? series.codes[input] : resources.codes[input]
  }
}

/// Merges parts of one signal and partition into one part, columns by columns.
///
/// A first pass reads the sort keys and finds the order, as long runs of neighbouring rows; a second decodes each input block
/// about once, moves values and codes run by run, and encodes the output blocks. Rows that are marked as deleted are not in
/// the blocks of the inputs, so they are not in the output.
package enum PartMerge {
  /// - Parameters:
  ///   - inputs: paths, for messages, and blocks, all of one part or none; oldest first, since rows of equal key and time
  ///     keep this order.
  ///   - path: the output's final path; its folder exists.
  ///   - pace: called between blocks; waits as the caller likes, and throws to end the merge.
  /// - Returns: the output, durable under its name; nil, and no file, when no row is left.
  package static func write(
    _ inputs: [(path: String, blocks: [any BlockSource])], to path: String, in fileSystem: any FileSystem,
    identity: PartIdentity,
    pace: () throws(StorageError) -> Void
  ) throws(StorageError) -> PartSummary? {
    let signal = identity.signal
    let sources = inputs.map { MergeInput(path: $0.path, blocks: $0.blocks) }
    let identities = try MergeIdentities(signal: signal, sources)
    var runs = MergeRuns(signal: signal)
    for (number, source) in sources.enumerated() {
      try runs.add(source, number: number, codes: identities.keyCodes(signal, input: number), pace: pace)
    }
    let plan = try MergePlan(runs.sorted(), of: sources)
    if plan.segments.isEmpty { return nil }
    var blocks = MergedBlocks(signal: signal, inputs: sources, segments: plan.segments, identities: identities)
    let rowCount = sources.reduce(0) { $0 + $1.rowCount }
    return try PartWriter.write(to: path, in: fileSystem) { file throws(StorageError) in
      var assembly = PartAssembly(file: file, identity: identity)
      assembly.begin()
      while let block = try blocks.next() {
        try assembly.append(block)
        try pace()
      }
      let summary = try assembly.finish(blocks.tables)
      guard summary.rowCount == rowCount else {
        throw StorageError(.damaged, path: path, detail: "\(summary.rowCount) of \(rowCount) rows were merged")
      }
      return summary
    }
  }
}
