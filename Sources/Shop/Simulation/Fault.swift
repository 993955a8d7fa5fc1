import Synchronization

/// What can go wrong on demand.
enum Fault: String, CaseIterable, Sendable, Hashable {
  case paymentFailure = "payment-failure"
  case slowShipping = "slow-shipping"
  case cacheFailure = "cache-failure"
  case queueBacklog = "queue-backlog"
  case nPlusOne = "n-plus-one"

  /// What the number means.
  var summary: String {
    switch self {
    case .paymentFailure: "percentage of charges that fail, 0 to 100"
    case .slowShipping: "milliseconds that every shipping quote takes longer"
    case .cacheFailure: "1: the cart's cache refuses connections"
    case .queueBacklog: "1: fulfilment takes two seconds for an order, and the queue backs up"
    case .nPlusOne: "1: the catalog asks the database once for every product"
    }
  }

  /// The largest value that makes sense.
  var limit: Int {
    switch self {
    case .paymentFailure: 100
    case .slowShipping: 9000
    case .cacheFailure, .queueBacklog, .nPlusOne: 1
    }
  }

  /// The value that `on` stands for.
  var typical: Int {
    switch self {
    case .paymentFailure: 30
    case .slowShipping: 1500
    case .cacheFailure, .queueBacklog, .nPlusOne: 1
    }
  }
}

/// The faults in force; all off at start.
final class FaultBoard: Sendable {
  private let values = Mutex<[Fault: Int]>([:])

  /// The value of a fault, 0 when it is off.
  subscript(_ fault: Fault) -> Int { values.withLock { $0[fault] ?? 0 } }

  /// All faults with their values.
  var all: [Fault: Int] {
    values.withLock { values in
      Dictionary(uniqueKeysWithValues: Fault.allCases.map { ($0, values[$0] ?? 0) })
    }
  }

  /// The form that ``apply(_:)`` takes: `name=value&name=value`.
  var text: String {
    let values = all
    return Fault.allCases.map { "\($0.rawValue)=\(values[$0] ?? 0)" }.joined(separator: "&")
  }

  /// Sets faults from `name=value&name=value`; values are numbers, `on` or `off`.
  ///
  /// - Returns: what is wrong, in which case nothing has changed.
  @discardableResult
  func apply(_ text: String) -> String? {
    var changes: [Fault: Int] = [:]
    for part in text.split(whereSeparator: { $0 == "&" || $0 == "\n" }) {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { return "\(part) is not NAME=VALUE" }
      guard let fault = Fault(rawValue: String(pair[0])) else {
        let names = Fault.allCases.map(\.rawValue).joined(separator: ", ")
        return "there is no fault \(pair[0]); there are \(names)"
      }
      switch pair[1] {
      case "on": changes[fault] = fault.typical
      case "off": changes[fault] = 0
      default:
        guard let value = Int(pair[1]), (0...fault.limit).contains(value) else {
          return "\(fault.rawValue) takes 0 to \(fault.limit), on or off"
        }
        changes[fault] = value
      }
    }
    values.withLock { $0.merge(changes) { _, new in new } }
    return nil
  }
}
