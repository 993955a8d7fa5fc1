import Hummingbird
import Insight
import QueryCore
import TelemetryModel
import TelemetryStore

/// `/api/v1/services` and one of them.
struct ServiceEndpoints: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/services") { request, context in try await services(request, context) }
    router.get("/api/v1/services/{name}") { request, context in try await service(request, context) }
  }

  private func axis(_ question: Question) throws -> TimeAxis {
    try question.axis(defaultStep: "auto", defaultBuckets: 60) ?? TimeAxis(range: question.range, step: 60_000_000_000)
  }

  private func services(_ request: Request, _ context: APIContext) async throws -> Response {
    let started = ContinuousClock.now
    let question = try Question(request, environment)
    let axis = try axis(question)
    let showsOwn = question.parameters["self"] == "1"
    let answer = try await ServiceCatalogue(store: environment.store, range: question.range, axis: axis).services(
      filter: question.predicate, excluding: showsOwn ? nil : environment.ownServiceName)
    var writer = JSONWriter()
    writer.beginObject()
    writer.window(question.range)
    writer.axis(axis)
    writer.key("services")
    writer.beginArray()
    for service in answer.services { writer.service(service, axis: axis) }
    writer.endArray()
    writer.key("statistics")
    writer.statistics(answer.statistics, elapsed: ContinuousClock.now - started)
    writer.endObject()
    return Response(json: writer)
  }

  private func service(_ request: Request, _ context: APIContext) async throws -> Response {
    let started = ContinuousClock.now
    let name = context.path("name")
    let question = try Question(request, environment)
    let axis = try axis(question)
    let answer = try await ServiceCatalogue(store: environment.store, range: question.range, axis: axis).services(
      filter: .equals(Field.serviceName, .string(name)), excluding: nil)
    guard let service = answer.services.first(where: { $0.name == name }) else {
      throw APIError.notFound("no telemetry of this service lies in the window")
    }
    let detail = try await ServiceDetail.load(name, store: environment.store, range: question.range, axis: axis)
    var statistics = answer.statistics
    statistics.add(detail.statistics)
    var writer = JSONWriter()
    writer.beginObject()
    writer.window(question.range)
    writer.axis(axis)
    writer.key("service")
    writer.service(service, axis: axis)
    writer.detail(detail, axis: axis)
    writer.key("statistics")
    writer.statistics(statistics, elapsed: ContinuousClock.now - started)
    writer.endObject()
    return Response(json: writer)
  }
}
