import NIOPosix
import Synchronization

/// Batches of one signal that wait on disk for a receiver, in append-only files (docs/format/sdk-buffer.md).
///
/// Files are locked by the process that writes them. Files of a process that has ended are taken over at start, so that
/// what it could not send is sent by the next one. A batch is written with one system call and not synchronised: it
/// outlives the process, not a loss of power.
/// Limits: the bytes of all files of a ``Budget``; a batch that does not fit is not taken.
/// Concurrency: any task; files are touched on the thread pool for blocking calls, one call at a time.
final class DiskBuffer: Sendable {
  /// A bound of bytes that the signals of one process share.
  final class Budget: Sendable {
    let byteLimit: Int
    private let used = Atomic<Int>(0)

    init(byteLimit: Int) { self.byteLimit = max(0, byteLimit) }

    /// Bytes in use.
    var usedBytes: Int { used.load(ordering: .relaxed) }

    /// Takes bytes, unless they go beyond the limit.
    func take(_ bytes: Int) -> Bool {
      guard used.wrappingAdd(bytes, ordering: .relaxed).newValue > byteLimit else { return true }
      used.wrappingSubtract(bytes, ordering: .relaxed)
      return false
    }

    /// Takes bytes that are on disk already.
    func add(_ bytes: Int) { used.wrappingAdd(bytes, ordering: .relaxed) }

    /// Gives bytes back.
    func release(_ bytes: Int) { used.wrappingSubtract(bytes, ordering: .relaxed) }
  }

  /// What an append came to.
  enum Outcome: Sendable, Equatable {
    case stored
    /// The byte limit leaves no room.
    case full
    /// The file system refused; the text says why.
    case failed(String)
  }

  /// The oldest batch.
  struct Batch: Sendable {
    var body: [UInt8]
    var itemCount: Int
  }

  /// What the front of the buffer holds.
  enum Front: Sendable {
    case empty
    case batch(Batch)
    /// The bytes on disk are not those that were written; so many items are gone.
    case damaged(itemCount: Int)
  }

  private struct State {
    var segments: [BufferSegment] = []
    var isFolderReady = false
  }

  private let directory: String
  private let signal: TelemetrySignal
  private let budget: Budget
  private let segmentByteLimit: Int
  private let state = Mutex(State())
  private let items = Atomic<Int>(0)

  init(directory: String, signal: TelemetrySignal, budget: Budget) {
    self.directory = directory
    self.signal = signal
    self.budget = budget
    // Space returns file by file, so that a file is a small part of the whole.
    segmentByteLimit = max(4096, budget.byteLimit / 16)
  }

  /// Items that wait.
  var itemCount: Int { items.load(ordering: .relaxed) }
  /// Whether nothing waits.
  var isEmpty: Bool { itemCount == 0 }
  /// Bytes on disk of all signals that share the budget.
  var usedBytes: Int { budget.usedBytes }

  /// Takes over what processes that have ended left behind.
  ///
  /// - Returns: how many items were found, and what could not be read.
  func recover() async -> (itemCount: Int, problems: [String]) {
    await onPool { state in
      var problems: [String] = []
      var found = 0
      for name in BufferFolder.files(in: self.directory, signal: self.signal) {
        switch BufferSegment.adopt("\(self.directory)/\(name)", signal: self.signal) {
        case .inUse: continue
        case .unusable(let reason): problems.append("\(self.directory)/\(name) \(reason)")
        case .open(let segment, let problem):
          if let problem { problems.append("\(self.directory)/\(name) \(problem)") }
          self.budget.add(segment.byteCount)
          found += segment.itemCount
          state.segments.append(segment)
        }
      }
      self.items.wrappingAdd(found, ordering: .relaxed)
      self.discardSent(&state)
      return (found, problems)
    } ?? (0, [])
  }

  /// Writes a batch behind the others.
  func append(_ body: [UInt8], itemCount: Int) async -> Outcome {
    await onPool { state in
      let byteCount = BufferFrame.headerByteCount + body.count
      var needed = byteCount
      let isNew = state.segments.last.map { $0.byteCount + byteCount > self.segmentByteLimit || !$0.isOwn } ?? true
      if isNew { needed += BufferFrame.fileHeaderByteCount }
      // Room for the mark that says that the batch was sent.
      guard self.budget.take(needed + BufferFrame.headerByteCount) else { return .full }
      let failure: String? = self.write(body, itemCount, inNewFile: isNew, &state)
      if let failure {
        self.budget.release(needed + BufferFrame.headerByteCount)
        return .failed(failure)
      }
      self.items.wrappingAdd(itemCount, ordering: .relaxed)
      return .stored
    } ?? .failed("the thread pool for files is closed")
  }

  private func write(_ body: [UInt8], _ itemCount: Int, inNewFile isNew: Bool, _ state: inout State) -> String? {
    if isNew {
      if !state.isFolderReady {
        if let failure = BufferFolder.create(directory) { return failure }
        state.isFolderReady = true
      }
      switch BufferSegment.create(in: directory, signal: signal) {
      case .success(let segment): state.segments.append(segment)
      case .failure(let failure): return failure.description
      }
    }
    let last = state.segments.count - 1
    guard let failure = state.segments[last].append(body, itemCount: itemCount) else { return nil }
    if state.segments[last].itemCount == 0, isNew { state.segments.removeLast().remove() }
    return failure
  }

  /// The oldest batch, which stays in.
  func front() async -> Front {
    await onPool { state in
      guard let segment = state.segments.first(where: { !$0.isDone }), let frame = segment.front else { return .empty }
      guard let body = segment.read(frame) else { return .damaged(itemCount: frame.itemCount) }
      return .batch(Batch(body: body, itemCount: frame.itemCount))
    } ?? .empty
  }

  /// Forgets the oldest batch, also for those who come after this process.
  func removeFront() async {
    await onPool { state in
      guard let position = state.segments.firstIndex(where: { !$0.isDone }) else { return }
      let count = state.segments[position].removeFront()
      self.items.wrappingSubtract(count, ordering: .relaxed)
      self.discardSent(&state)
    }
  }

  /// Deletes the files whose batches have all been sent.
  private func discardSent(_ state: inout State) {
    for segment in state.segments where segment.isDone {
      budget.release(segment.reservedByteCount)
      segment.remove()
    }
    state.segments.removeAll { $0.isDone }
  }

  /// Closes the files; what they hold waits for the next process.
  func close() async {
    await onPool { state in
      for segment in state.segments { segment.release() }
      state.segments = []
    }
  }

  @discardableResult
  private func onPool<Result: Sendable>(_ body: @escaping @Sendable (inout State) -> Result) async -> Result? {
    // The pool refuses only when it is shut down, which the process-wide one never is.
    try? await NIOThreadPool.singleton.runIfActive { self.state.withLock { state in body(&state) } }
  }
}

/// Where batches wait on disk that the receiver did not take.
public struct DiskBufferConfiguration: Sendable, Hashable {
  /// The folder; several processes may share it. It is made when it is needed.
  public var directory: String
  /// The bytes that this process may keep there, all signals together.
  public var byteLimit: Int

  /// A folder and its bound.
  public init(directory: String, byteLimit: Int = 64 << 20) {
    self.directory = directory
    self.byteLimit = byteLimit
  }
}
