import TelemetryModel
import Testing

@testable import PromQL

@Suite("Prometheus names of OpenTelemetry metrics")
struct NamingTests {
  @Test(
    "names get the unit and the type as suffixes",
    arguments: [
      ("http.server.request.duration", .histogram, "s", "http_server_request_duration_seconds"),
      ("http.server.active_requests", .gauge, "{request}", "http_server_active_requests"),
      ("system.io", .sum, "By", "system_io_bytes_total"), ("system.io.bytes", .sum, "By", "system_io_bytes_total"),
      ("total.requests", .sum, "", "requests_total"), ("cpu.utilization", .gauge, "1", "cpu_utilization_ratio"),
      ("cpu.utilization", .sum, "1", "cpu_utilization_total"),
      ("net.speed", .gauge, "By/s", "net_speed_bytes_per_second"),
      ("net.speed", .gauge, "m/{trip}", "net_speed_meters"), ("a__b..c", .gauge, "", "a_b_c"),
      ("1st", .gauge, "", "_1st"),
      ("odd", .gauge, "foo bar/fortnight", "odd_foo_bar_per_fortnight"), ("größe:x", .gauge, "%", "gr_e:x_percent"),
      ("temp", .exponentialHistogram, "Cel", "temp_celsius"),
    ] as [(String, MetricKind, String, String)])
  func names(name: String, kind: MetricKind, unit: String, expected: String) {
    #expect(MetricNaming.name(of: ViewFixture.series(name, kind, unit: unit)) == expected)
  }

  @Test("labels are escaped, joined where two become one, and the resource's stand beside them")
  func labels() {
    for (key, expected) in [
      ("http.route", "http_route"), ("a..b", "a__b"), ("1x", "key_1x"), ("_x", "key_x"), ("__x", "__x"),
    ] {
      #expect(LabelNaming.label(key) == expected)
    }
    let attributes = [
      Attribute("a.b", .string("1")), Attribute("a_b", .int(2)), Attribute("job", .string("mine")),
      Attribute("host.name", .string("own")), Attribute("empty", .string("")),
    ]
    let presented = PresentedSeries(ViewFixture.series("x", .gauge, attributes))
    #expect(
      presented.bare.plainText
        == "__name__=x,a_b=1;2,host_name=own,instance=i-1,job=shop/checkout,service_instance_id=i-1,"
        + "service_name=checkout,service_namespace=shop")
    let verbatim = PresentedSeries(
      ViewFixture.series("a.b", .untyped, [Attribute("le", .string("1.0")), Attribute("x.y", .string("z"))]))
    #expect(verbatim.bare.plainText == "__name__=a.b,le=1.0,x.y=z")
  }

  @Test("numbers in labels have no exponent")
  func numbers() {
    for (number, text) in [
      (0.005, "0.005"), (10, "10"), (1e21, "1000000000000000000000"), (1.5e-7, "0.00000015"), (-2.5, "-2.5"),
      (.infinity, "+Inf"), (123456.789e10, "1234567890000000"),
    ] as [(Double, String)] {
      #expect(NumberText.shortest(number) == text)
    }
  }
}
