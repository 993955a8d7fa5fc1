internal import Glibc

/// Computes durations.
enum DurationValue {
  /// Milliseconds of a number of seconds.
  static func milliseconds(_ seconds: Double, at range: SourceRange, in query: String) throws(PromQLError) -> Int64 {
    let limit = Double(Int64.max / 1_000_000_000)
    guard seconds.isFinite, abs(seconds) < limit else {
      throw PromQLError(.parse, "duration out of range", at: range, in: query)
    }
    return Int64((seconds * 1000).rounded())
  }

  /// Seconds of a duration in a query with this step and range.
  static func seconds(
    _ duration: DurationExpression, step: Double, range: Double, query: String
  ) throws(PromQLError) -> Double {
    func value(_ part: DurationExpression) throws(PromQLError) -> Double {
      try seconds(part, step: step, range: range, query: query)
    }
    switch duration {
    case .number(let literal): return literal.value
    case .step: return step
    case .range: return range
    case .negated(let inner, _): return -(try value(inner))
    case .positive(let inner, _), .parentheses(let inner, _): return try value(inner)
    case .minimum(let left, let right, _): return Swift.min(try value(left), try value(right))
    case .maximum(let left, let right, _): return Swift.max(try value(left), try value(right))
    case .binary(let operation, let left, let right):
      let (left, right) = (try value(left), try value(right))
      switch operation {
      case .add: return left + right
      case .subtract: return left - right
      case .multiply: return left * right
      case .power: return pow(left, right)
      case .divide, .modulo:
        guard right != 0 else {
          let word = operation == .divide ? "division by zero" : "modulo by zero"
          throw PromQLError(.parse, word, at: duration.sourceRange, in: query)
        }
        return operation == .divide ? left / right : fmod(left, right)
      }
    }
  }
}
