/// A field that a query names.
package enum Attribute: Sendable, Hashable {
  /// Where a named attribute stands.
  package enum Scope: String, Sendable, Hashable {
    /// `.key`: the span's attribute if it has it, else the resource's, else the instrumentation scope's.
    case any = "."
    case span = "span."
    case resource = "resource."
    case event = "event."
    case link = "link."
    case instrumentation = "instrumentation."
  }

  case intrinsic(Intrinsic)
  case named(Scope, String)
  /// An attribute of the parent span, with the scope after `parent.`: it parses and is refused.
  case ofParent(Scope, String)

  /// The type of its values, as far as the text tells.
  package var type: StaticType {
    if case .intrinsic(let intrinsic) = self { intrinsic.type } else { .attribute }
  }

  /// The name without its scope, as search answers write it.
  package var shortName: String {
    switch self {
    case .intrinsic(let intrinsic): intrinsic.rawValue
    case .named(_, let name), .ofParent(_, let name): name
    }
  }
}
