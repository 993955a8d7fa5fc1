import Testing

@testable import Server

@Suite("Texts of the Prometheus API")
struct PrometheusTextTests {
  @Test("times are seconds with a fraction or RFC 3339, durations seconds or units from the greatest down")
  func times() {
    for (text, milliseconds) in [
      ("1700000000", 1_700_000_000_000), ("1700000000.1234", 1_700_000_000_123), ("-1.5", -1500), ("1e3", 1_000_000),
      ("2023-11-14T22:13:20Z", 1_700_000_000_000), ("2023-11-14T23:13:20.5+01:00", 1_700_000_000_500), ("now", nil),
      ("", nil), ("NaN", nil), ("1e300", nil), ("2023-13-01T00:00:00Z", nil),
    ] as [(String, Int64?)] { #expect(PrometheusTime.milliseconds(text) == milliseconds, "\(text)") }
    for (text, milliseconds) in [
      ("15", 15_000), ("0.5", 500), ("1m30s", 90_000), ("1h5ms", 3_600_005), ("2w", 1_209_600_000), ("-5m", -300_000),
      ("1y", 31_536_000_000), ("30s1m", nil), ("1m1m", nil), ("5", 5_000), ("m", nil), ("9999999999999y", nil),
      ("-", nil),
    ] as [(String, Int64?)] { #expect(PrometheusTime.duration(text) == milliseconds, "\(text)") }
  }

  @Test("numbers get an exponent where Prometheus gives them one")
  func numbers() {
    for (number, text) in [
      (0, "0"), (1.5, "1.5"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.25e-7, "1.25e-07"),
      (0.000001, "0.000001"),
      (-2e-9, "-2e-09"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (2.5e300, "2.5e+300"),
    ] as [(Double, String)] { #expect(PrometheusNumber.text(number) == text) }
  }

  @Test("escaped label names are read, damaged ones stay as they are")
  func labelNames() {
    for (text, name) in [
      ("job", "job"), ("U__http_2e_route", "http.route"), ("U__a__b", "a_b"), ("U__x_1f600_", "x😀"),
      ("U__x_zz_", "U__x_zz_"),
      ("U__x_2e", "U__x_2e"), ("U__", ""),
    ] { #expect(LabelEscaping.unescaped(text) == name) }
  }
}
