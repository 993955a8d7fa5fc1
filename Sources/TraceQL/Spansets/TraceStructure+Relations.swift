internal import TelemetryModel

/// Relations between two sets of spans of a trace, in time linear in the trace.
extension TraceStructure {
  /// The spans that the operator gives, ascending.
  func spans(_ relation: SpansetOperator.Relation, _ form: SpansetOperator.Form, left: [Int], right: [Int]) -> [Int] {
    let isLeft = membership(left)
    let isRight = membership(right)
    let ofRight = partners(relation, of: isLeft)
    switch form {
    case .plain: return right.filter { ofRight[$0] }
    case .negated: return right.filter { !ofRight[$0] }
    case .union:
      let ofLeft = partners(relation.inverse, of: isRight)
      return parents.indices.filter { (isRight[$0] && ofRight[$0]) || (isLeft[$0] && ofLeft[$0]) }
    }
  }

  private func membership(_ places: [Int]) -> [Bool] {
    var isMember = [Bool](repeating: false, count: parents.count)
    for place in places { isMember[place] = true }
    return isMember
  }

  /// By span: whether it has the relation to a member.
  private func partners(_ relation: SpansetOperator.Relation, of isMember: [Bool]) -> [Bool] {
    var result = [Bool](repeating: false, count: parents.count)
    switch relation {
    case .child:
      for place in order where parents[place] != TraceStructure.none { result[place] = isMember[parents[place]] }
    case .descendant:
      for place in order where parents[place] != TraceStructure.none {
        result[place] = isMember[parents[place]] || result[parents[place]]
      }
    case .parent:
      for place in order where parents[place] != TraceStructure.none && isMember[place] {
        result[parents[place]] = true
      }
    case .ancestor:
      for place in order.reversed() where parents[place] != TraceStructure.none {
        if isMember[place] || result[place] { result[parents[place]] = true }
      }
    case .sibling:
      // Spans that name one parent are siblings, also when that parent was never received.
      var counts: [SpanID: Int] = [:]
      for place in order where isMember[place] && !parentIDs[place].isZero { counts[parentIDs[place], default: 0] += 1 }
      for place in order where !parentIDs[place].isZero {
        result[place] = (counts[parentIDs[place]] ?? 0) > (isMember[place] ? 1 : 0)
      }
    }
    return result
  }
}

extension SpansetOperator.Relation {
  /// What the left side is to the right one.
  fileprivate var inverse: SpansetOperator.Relation {
    switch self {
    case .child: .parent
    case .descendant: .ancestor
    case .parent: .child
    case .ancestor: .descendant
    case .sibling: .sibling
    }
  }
}
