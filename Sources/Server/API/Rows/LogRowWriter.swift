import TelemetryModel
import TelemetryStore

/// Writes log records as JSON rows, straight from the columns of a batch.
struct LogRowWriter {
  private let batch: RecordBatch
  private let shown: ShownFields
  private let times: [Int64]
  private var identity: LogIdentity
  private var parts: RowParts
  private var intrinsics: [(field: FieldReference, key: [UInt8], isTime: Bool, cursor: ColumnCursor)]

  /// In the order that rows show them; `time`, `id` and `service` stand before.
  private static let order: [FieldReference] = [
    Field.observedTime, Field.severity, Field.severityText, Field.body, Field.eventName, Field.traceID, Field.spanID,
    Field.flags, Field.droppedAttributesCount, Field.truncatedValuesCount,
  ]

  init(_ batch: RecordBatch, shown: ShownFields) {
    self.batch = batch
    self.shown = shown
    times = batch.times
    identity = LogIdentity(batch)
    parts = RowParts(batch, shown: shown)
    intrinsics = LogRowWriter.order.filter { shown.shows($0) }.flatMap { field in
      batch.columns(scope: .intrinsic, name: field.key).map {
        (field, Array("\"\(field.key)\":".utf8), field == Field.observedTime, ColumnCursor($0))
      }
    }
  }

  /// Writes one row. Rows are written in ascending order.
  mutating func write(_ row: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    let time = row < times.count ? times[row] : 0
    writer.member("id", string: LogID(time: time, hash: identity.hash(row)).text)
    writer.member("time", time: time)
    if shown.shows(Field.serviceName), let resource = batch.resource(ofRow: row) {
      writer.member("service", string: resource.serviceName)
    }
    for index in intrinsics.indices {
      guard let value = intrinsics[index].cursor.index(row) else { continue }
      writer.member(intrinsics[index].key)
      if intrinsics[index].isTime, case .int64(let numbers) = intrinsics[index].cursor.column.values {
        writer.time(numbers[value])
      } else {
        writer.value(of: intrinsics[index].cursor.column, at: value)
      }
    }
    parts.writeAttributes(row, to: &writer)
    parts.writeResource(row, to: &writer)
    parts.writeScope(row, to: &writer)
    writer.endObject()
  }
}

/// The stable name of one log record: its time, and a hash of stream, body and attributes.
///
/// Two records with equal time and content share a name; nothing is stored for it.
struct LogID: Hashable {
  let time: Int64
  let hash: UInt64

  init(time: Int64, hash: UInt64) {
    self.time = time
    self.hash = hash
  }

  var text: String { "\(time)-" + SpanID(hash).description }

  /// Parses what `text` writes.
  init?(_ text: String) {
    guard let dash = text.lastIndex(of: "-"), let time = Int64(text[..<dash]),
      let hash = SpanID(hex: text[text.index(after: dash)...])
    else { return nil }
    self.init(time: time, hash: hash.value)
  }
}

/// Computes the hashes behind `LogID` for the rows of a batch.
struct LogIdentity {
  private var columns: [(key: UInt64, cursor: ColumnCursor)]
  private let batch: RecordBatch
  private let streams: [UInt64]

  /// - Parameter batch: with body and attributes.
  init(_ batch: RecordBatch) {
    self.batch = batch
    streams = batch.resources.map { DistinctState.hash($0.attributes.encoded) }
    columns = batch.columns
      .filter { $0.key.scope == .record || ($0.key.scope == .intrinsic && $0.key.name == Field.body.key) }
      .map {
        (DistinctState.hash([$0.key.scope.rawValue, $0.key.type.rawValue] + Array($0.key.name.utf8)), ColumnCursor($0))
      }
  }

  /// The hash of a row; rows are asked for in ascending order. Independent of the order of columns.
  mutating func hash(_ row: Int) -> UInt64 {
    var sum: UInt64 = row < batch.resourceCodes.count ? streams[Int(batch.resourceCodes[row])] : 0
    for index in columns.indices {
      guard let value = columns[index].cursor.index(row) else { continue }
      sum = sum &+ LogIdentity.mix(columns[index].key ^ LogIdentity.content(columns[index].cursor.column, value))
    }
    return LogIdentity.mix(sum)
  }

  private static func content(_ column: Column, _ index: Int) -> UInt64 {
    switch column.values {
    case .int64(let numbers): mix(UInt64(bitPattern: numbers[index]) &+ 1)
    case .double(let numbers): mix(numbers[index].bitPattern &+ 2)
    case .traceIDs(let ids): mix(ids[index].high ^ mix(ids[index].low))
    case .spanIDs(let ids): mix(ids[index].value)
    case .bytes(let values): hash(values[index])
    case .dictionary(let codes, let distinct): hash(distinct[Int(codes[index])])
    }
  }

  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return mix(hash)
  }

  /// The finaliser of MurmurHash3.
  private static func mix(_ value: UInt64) -> UInt64 {
    var hash = value
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ hash >> 33
  }
}
