public import HTTPTypes
public import NIOHTTP1

extension HTTPHeaders: ContextCarrier {
  public var contextFieldNames: [String] { map(\.name) }

  public func contextFieldValues(_ name: String) -> [String] { self[name] }

  public mutating func setContextField(_ name: String, to value: String) { replaceOrAdd(name: name, value: value) }
}

extension HTTPFields: ContextCarrier {
  public var contextFieldNames: [String] { map(\.name.canonicalName) }

  public func contextFieldValues(_ name: String) -> [String] {
    guard let name = HTTPField.Name(name) else { return [] }
    return self[values: name]
  }

  public mutating func setContextField(_ name: String, to value: String) {
    guard let name = HTTPField.Name(name) else { return }
    self[name] = value
  }
}
