import TelemetryModel

/// The identities that the codes of a part refer to: series for metrics, resources and scopes for the others.
struct PartIdentityTables {
  let resources: [Resource]
  let scopes: [InstrumentationScope]
  let series: [Series]
}
