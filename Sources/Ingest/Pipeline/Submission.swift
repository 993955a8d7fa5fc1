/// A request inside the pipeline.
struct Submission: Sendable {
  let request: IngestRequest
  /// Held until the request is complete.
  let permit: AdmissionPermit
  /// Nanoseconds since 1970.
  let receivedAt: Int64
  let completion: @Sendable (IngestOutcome) -> Void

  /// Frees the bytes and answers. The bytes go first, so that whoever hears the answer finds the room.
  func complete(_ outcome: IngestOutcome) {
    permit.release()
    completion(outcome)
  }
}
