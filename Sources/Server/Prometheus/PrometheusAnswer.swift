import Hummingbird

/// A successful answer in Prometheus' envelope.
struct PrometheusAnswer {
  private var writer = JSONWriter()
  var warnings: [String] = []
  var infos: [String] = []
  /// The plan, when it is asked for.
  var explanation: Explanation?

  init() {
    writer.beginObject()
    writer.member("status", string: "success")
  }

  /// Writes `data`; to be called once.
  mutating func data(_ write: (inout JSONWriter) -> Void) {
    writer.key("data")
    write(&writer)
  }

  /// Writes a list of texts as `data`, cut at a limit.
  mutating func data(_ texts: [String], limit: Int?) {
    let shown = limit.map { Array(texts.prefix($0)) } ?? texts
    if shown.count < texts.count { noteTruncation() }
    data { writer in
      writer.beginArray()
      for text in shown { writer.string(text) }
      writer.endArray()
    }
  }

  mutating func noteTruncation() { warnings.append("results truncated due to limit") }

  var response: Response {
    var writer = writer
    for (name, texts) in [("warnings", warnings), ("infos", infos)] where !texts.isEmpty {
      writer.key(name)
      writer.beginArray()
      for text in texts { writer.string(text) }
      writer.endArray()
    }
    writer.explanation(explanation)
    writer.endObject()
    return Response(json: writer)
  }
}
