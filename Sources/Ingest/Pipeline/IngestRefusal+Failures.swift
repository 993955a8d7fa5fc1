import TelemetryStore
import TelemetryWire

extension IngestRefusal {
  /// Why a body that could not be decoded was refused.
  init(_ error: WireError) {
    switch error.code {
    case .malformed, .badCompression: self.init(.malformed, error.message)
    case .tooLarge: self.init(.tooLarge, error.message)
    case .unsupportedEncoding: self.init(.unsupported, error.message)
    }
  }

  /// Why a body that the store did not take was refused.
  init(_ failure: StoreFailure) {
    switch failure {
    case .overloaded: self = .retryable(.overloaded, failure.description)
    case .diskFull: self = .retryable(.diskFull, "the disk is full")
    case .unavailable, .cancelled, .memoryExhausted, .invalid: self = .retryable(.unavailable, failure.description)
    }
  }
}
