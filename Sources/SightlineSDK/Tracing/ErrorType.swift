/// Names of error types, as `error.type` and `exception.type` carry them.
package enum ErrorType {
  /// The qualified name of the error's type, such as `Shop.PeerFailure`.
  ///
  /// Swift prints an address into the names of private types; it differs from process to process and is left out.
  package static func name(of error: any Error) -> String {
    let name = String(reflecting: type(of: error))
    guard name.utf8.contains(0x28) else { return name }
    return name.split(separator: ".").filter { !$0.hasPrefix("(unknown context") }.joined(separator: ".")
  }
}
