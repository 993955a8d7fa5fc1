/// The language.
package enum PromQL {
  /// Parses and checks a query.
  package static func parse(_ query: String) throws(PromQLError) -> Expression { try Parser.parse(query) }
}
