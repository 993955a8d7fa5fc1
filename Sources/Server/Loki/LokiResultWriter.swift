import LogQL
import TelemetryModel
import TelemetryStore

/// Writes the answers of queries: streams, matrices, vectors and scalars in Loki's envelope.
struct LokiResultWriter {
  private(set) var json = JSONWriter()
  private let statistics: QueryStatistics
  private let started: ContinuousClock.Instant
  /// The steps of the plan; nil when they are not asked for.
  private let steps: [String]?

  init(_ statistics: QueryStatistics, since started: ContinuousClock.Instant, steps: [String]? = nil) {
    self.statistics = statistics
    self.started = started
    self.steps = steps
  }

  private mutating func envelope(
    _ type: String, categorizesLabels: Bool = false, lineCount: Int = 0, _ result: (inout JSONWriter) -> Void
  ) {
    json.beginObject()
    json.member("status", string: "success")
    json.key("data")
    json.beginObject()
    json.member("resultType", string: type)
    if categorizesLabels {
      json.key("encodingFlags")
      json.beginArray()
      json.string("categorize-labels")
      json.endArray()
    }
    json.key("result")
    json.beginArray()
    result(&json)
    json.endArray()
    json.key("stats")
    writeStatistics(lineCount: lineCount)
    json.endObject()
    json.explanation(
      steps.map {
        Explanation(language: "logql", steps: $0, statistics: statistics, elapsed: started.duration(to: .now))
      }
    )
    json.endObject()
  }

  // MARK: Lines

  /// Lines by stream, each stream in the order of the lines.
  mutating func write(_ lines: [LogLine], categorizesLabels: Bool) {
    let streams = LokiStreams(lines, categorizesLabels: categorizesLabels)
    envelope("streams", categorizesLabels: categorizesLabels, lineCount: lines.count) { json in
      for stream in streams.streams { json.lokiStream(stream, categorizesLabels: categorizesLabels) }
    }
  }

  // MARK: Numbers

  mutating func write(_ value: MetricValue, axis: StepAxis, isInstant: Bool) {
    switch (value, isInstant) {
    case (.scalar(let number), true):
      envelope("scalar") { json in
        json.lokiTime(axis.start)
        json.string(GoNumber.plainText(number))
      }
    case (.scalar(let number), false):
      write(
        .series([MetricSeries(labels: .none, values: Array(repeating: number, count: axis.count))]), axis: axis,
        isInstant: false)
    case (.series(let series), true):
      envelope("vector") { json in
        for one in series {
          guard let number = one.values.first ?? nil else { continue }
          json.beginObject()
          json.key("metric")
          json.labels(one.labels)
          json.key("value")
          json.lokiSample(axis.start, number)
          json.endObject()
        }
      }
    case (.series(let series), false):
      envelope("matrix") { json in
        for one in series {
          json.beginObject()
          json.key("metric")
          json.labels(one.labels)
          json.key("values")
          json.beginArray()
          for (step, number) in one.values.enumerated() {
            if let number { json.lokiSample(axis.time(step), number) }
          }
          json.endArray()
          json.endObject()
        }
      }
    }
  }

  // MARK: Statistics

  private mutating func writeStatistics(lineCount: Int) {
    let elapsed = started.duration(to: .now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = { (count: Int) in seconds > 0 ? Int((Double(count) / seconds).rounded()) : 0 }
    json.beginObject()
    json.key("summary")
    json.beginObject()
    json.member("bytesProcessedPerSecond", integer: rate(statistics.bytesRead))
    json.member("linesProcessedPerSecond", integer: rate(statistics.rowsScanned))
    json.member("totalBytesProcessed", integer: statistics.bytesRead)
    json.member("totalLinesProcessed", integer: statistics.rowsScanned)
    json.key("execTime")
    json.number(seconds)
    json.member("queueTime", integer: 0)
    json.member("subqueries", integer: 0)
    json.member("totalEntriesReturned", integer: lineCount)
    json.member("splits", integer: 0)
    json.member("shards", integer: 0)
    json.member("totalPostFilterLines", integer: statistics.rowsMatched)
    json.endObject()
    json.key("querier")
    json.beginObject()
    writeStore(statistics)
    json.endObject()
    json.key("ingester")
    json.beginObject()
    for name in ["totalReached", "totalChunksMatched", "totalBatches", "totalLinesSent"] {
      json.key(name)
      json.integer(0)
    }
    writeStore(QueryStatistics())
    json.endObject()
    json.endObject()
  }

  private mutating func writeStore(_ statistics: QueryStatistics) {
    json.key("store")
    json.beginObject()
    json.member("totalChunksRef", integer: statistics.blocksTotal)
    json.member("totalChunksDownloaded", integer: statistics.blocksRead)
    json.member("chunksDownloadTime", integer: 0)
    json.key("chunk")
    json.beginObject()
    json.member("headChunkBytes", integer: 0)
    json.member("headChunkLines", integer: 0)
    json.member("decompressedBytes", integer: statistics.bytesRead)
    json.member("decompressedLines", integer: statistics.rowsScanned)
    json.member("compressedBytes", integer: statistics.bytesRead)
    json.member("totalDuplicates", integer: 0)
    json.endObject()
    json.endObject()
  }
}

extension JSONWriter {
  /// Labels as an object of texts.
  mutating func labels(_ labels: LabelSet) {
    beginObject()
    for label in labels.labels {
      key(label.name)
      string(label.value)
    }
    endObject()
  }

  /// One stream with its lines.
  mutating func lokiStream(_ stream: (labels: LabelSet, lines: [LogLine]), categorizesLabels: Bool) {
    beginObject()
    key("stream")
    labels(stream.labels)
    key("values")
    beginArray()
    for line in stream.lines {
      beginArray()
      time(line.time)
      string(line.line)
      if categorizesLabels {
        beginObject()
        for (name, set) in [("structuredMetadata", line.metadata), ("parsed", line.parsed)] where !set.labels.isEmpty {
          key(name)
          labels(set)
        }
        endObject()
      }
      endArray()
    }
    endArray()
    endObject()
  }

  /// Seconds since 1970, with milliseconds where there are any.
  mutating func lokiTime(_ nanoseconds: Int64) {
    let milliseconds = nanoseconds / 1_000_000
    if milliseconds % 1000 == 0 { integer(milliseconds / 1000) } else { number(Double(milliseconds) / 1000) }
  }

  mutating func lokiSample(_ time: Int64, _ value: Double) {
    beginArray()
    lokiTime(time)
    string(GoNumber.plainText(value))
    endArray()
  }
}

/// Lines grouped by their labels.
struct LokiStreams {
  private(set) var streams: [(labels: LabelSet, lines: [LogLine])] = []

  /// - Parameter categorizesLabels: whether only the stream's own labels tell streams apart.
  init(_ lines: [LogLine], categorizesLabels: Bool) {
    var indexes: [LabelSet: Int] = [:]
    indexes.reserveCapacity(lines.count)
    for line in lines {
      let labels = categorizesLabels ? line.stream : line.labels
      if let index = indexes[labels] {
        streams[index].lines.append(line)
      } else {
        indexes[labels] = streams.count
        streams.append((labels, [line]))
      }
    }
    streams.sort { LabelSet.isBefore($0.labels, $1.labels) }
  }
}
