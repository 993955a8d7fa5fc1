import HTTPTypes
import Hummingbird

/// Every path of the API and the UI.
///
/// - Returns: a router for `APIServer`.
func makeAPIRouter(_ environment: APIEnvironment) -> Router<APIContext> {
  let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
  router.add(middleware: RequestGate(environment: environment))
  LogEndpoints(environment: environment).add(to: router)
  TraceEndpoints(environment: environment).add(to: router)
  LanguageEndpoint(environment: environment).add(to: router)
  MetricEndpoints(environment: environment).add(to: router)
  ServiceEndpoints(environment: environment).add(to: router)
  FieldEndpoints(environment: environment).add(to: router)
  ServerEndpoints(environment: environment).add(to: router)
  StorageEndpoints(environment: environment).add(to: router)
  BackupEndpoints(environment: environment).add(to: router)
  DeleteEndpoints(environment: environment).add(to: router)
  TokenEndpoints(environment: environment).add(to: router)
  PrometheusEndpoints(environment: environment).add(to: router)
  LokiEndpoints(environment: environment).add(to: router)
  TailEndpoint(environment: environment).add(to: router)
  TempoEndpoints(environment: environment).add(to: router, base: "/tempo")
  JaegerEndpoints(environment: environment).add(to: router, base: "/jaeger")
  WebFiles(directory: environment.webDirectory).add(to: router)
  return router
}
