"""OTLP JSON for the browser tests: traces and logs of a known shape."""

import json
import time


def identifier(number, digits):
    return f"{number:0{digits}x}"


def attribute(key, value):
    kind = "intValue" if isinstance(value, int) else "stringValue"
    return {"key": key, "value": {kind: str(value) if kind == "intValue" else value}}


def resource(service):
    return {"attributes": [attribute("service.name", service), attribute("service.version", "1.0.0")]}


def span(trace, number, parent, name, start, end, error=False):
    """One span; times are nanoseconds since 1970."""
    made = {"traceId": identifier(trace, 32), "spanId": identifier(number, 16), "name": name, "kind": 2,
            "startTimeUnixNano": str(start), "endTimeUnixNano": str(end), "status": {"code": 2} if error else {}}
    return {**made, "parentSpanId": identifier(parent, 16)} if parent else made


def send_spans(server, by_service):
    body = {"resourceSpans": [{"resource": resource(service), "scopeSpans": [{"scope": {"name": "test"}, "spans": spans}]} for service, spans in by_service.items()]}
    status, _, answer = server.post("/v1/traces", json.dumps(body).encode(), {"content-type": "application/json"})
    assert status == 200, answer


def send_logs(server, service, lines, first=0, severity=9):
    """Log lines that arrive now; each says its number."""
    now = time.time_ns()
    records = [{"timeUnixNano": str(now + index), "severityNumber": severity, "body": {"stringValue": line},
                "attributes": [attribute("line.number", first + index), attribute("http.route", f"/route/{(first + index) % 7}")]} for index, line in enumerate(lines)]
    body = {"resourceLogs": [{"resource": resource(service), "scopeLogs": [{"scope": {"name": "test"}, "logRecords": records}]}]}
    status, _, answer = server.post("/v1/logs", json.dumps(body).encode(), {"content-type": "application/json"})
    assert status == 200, answer


def send_large_trace(server, trace, count, batch=10_000, age_seconds=60):
    """A trace of `count` spans, each parent with up to eight children, over four services; every 97th failed."""
    begin = time.time_ns() - age_seconds * 1_000_000_000
    services = ["gateway", "orders", "stock", "ledger"]
    for low in range(0, count, batch):
        by_service = {}
        for index in range(low, min(count, low + batch)):
            parent = (index - 1) // 8 + 1 if index else 0
            depth_start = begin + index * 100_000
            end = begin + count * 100_000 if index == 0 else depth_start + 4_000_000 + (index % 13) * 300_000
            by_service.setdefault(services[index % 4], []).append(span(trace, index + 1, parent, f"operation {index % 40}", depth_start, end, error=index % 97 == 5))
        send_spans(server, by_service)
    return identifier(trace, 32)
