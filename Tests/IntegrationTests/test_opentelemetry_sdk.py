"""The OpenTelemetry Python SDK sends the three signals over each protocol; every item is found again with its types."""
import pathlib
import subprocess
import uuid

import pytest

from sightline_process import ROOT, eventually

SENDER = pathlib.Path(__file__).parents[1] / "Support" / "otlp_sender.py"


@pytest.fixture(scope="module", params=["http", "json", "grpc"])
def sent(request, server):
    token = uuid.uuid4().hex
    python = ROOT / ".venv" / ("json" if request.param == "json" else "test") / "bin/python"
    endpoint = server.otlp_http if request.param != "grpc" else "http://" + server.otlp_grpc
    subprocess.run([python, SENDER, request.param, endpoint, token], check=True, timeout=90)
    return token, f"python-{request.param}"


def test_logs_keep_their_types_and_their_trace(server, sent):
    token, service = sent
    rows = eventually(lambda: server.logs(q=f"token:{token}"))
    assert len(rows) == 1
    row = rows[0]
    assert row["body"] == f"order {token} failed"
    assert row["service"] == service
    assert row["severity"] == 17
    attributes = row["attributes"]
    assert attributes["attempt"] == 3 and isinstance(attributes["attempt"], int)
    assert attributes["ratio"] == 0.25
    assert attributes["final"] is True
    assert row["resource"]["replica"] == 7
    assert row["resource"]["deployment.weights"] == [1, 2, 3]
    assert len(row["trace_id"]) == 32 and len(row["span_id"]) == 16

    trace = server.get(f"/api/v1/traces/{row['trace_id']}")
    assert trace["names"] and trace["logs"] == 1
    assert row["span_id"] in trace["spans"]["id"]


def test_spans_keep_attributes_events_links_and_status(server, sent):
    token, service = sent
    spans = eventually(lambda: server.rows("/api/v1/spans", q=f"token:{token}", limit=10))
    parent = next(span for span in spans if span["name"] == "parent")
    attributes = parent["attributes"]
    assert attributes["text"] == "Grüße"
    assert attributes["whole"] == 42 and isinstance(attributes["whole"], int)
    assert attributes["big"] == {"$int": str(2**53 + 1)}
    assert attributes["fraction"] == 0.5
    assert attributes["one"] == 1.0 and isinstance(attributes["one"], float)
    assert attributes["yes"] is True
    assert attributes["list"] == ["a", "b"] and attributes["numbers"] == [1, 2]
    assert parent["kind"] == "server" and parent["service"] == service
    assert parent["scope"]["name"] == "probe" and parent["scope"]["version"] == "0.1"

    skeleton = server.get(f"/api/v1/traces/{parent['trace_id']}")
    assert skeleton["complete"] and skeleton["total_spans"] == 2
    child_id = next(i for i in skeleton["spans"]["id"] if i != parent["span_id"])
    child = server.get(f"/api/v1/traces/{parent['trace_id']}/spans/{child_id}")
    assert child["parent_span_id"] == parent["span_id"]
    assert child["status"] == "error" and child["status_message"] == "did not work"
    events = {event["name"]: event for event in child["events"]}
    assert events["something happened"]["attributes"] == {"token": token, "attempt": 2}
    assert events["exception"]["attributes"]["exception.message"] == "broken " + token
    assert child["links"][0]["span_id"] == parent["span_id"]
    assert child["links"][0]["attributes"] == {"why": "test"}

    traces = server.rows("/api/v1/traces", q=f"token:{token}")
    assert len(traces) == 1
    assert traces[0]["root_name"] == "parent" and traces[0]["spans"] == 2 and traces[0]["errors"] == 1


def points(server, name, token, **parameters):
    parameters.setdefault("from", "now-5m")
    answer = server.get("/api/v1/metrics/points", name=name, f=f"token:eq:{token}", to="now+1m", **parameters)
    return answer, [value for value in (answer["series"][0]["values"] if answer["series"] else []) if value is not None]


@pytest.mark.parametrize("name,kind,expected", [
    ("probe.requests", "sum", 5), ("probe.active", "sum", -2), ("probe.temperature", "gauge", 21.5),
])
def test_numbers_come_back(server, sent, name, kind, expected):
    token, _ = sent
    answer, values = eventually(lambda: (lambda found: found if found[1] else None)(points(server, name, token, fn="raw")))
    assert answer["kind"] == kind
    assert values[-1] == expected


@pytest.mark.parametrize("name,kind", [("probe.duration", "histogram"), ("probe.exponential", "exponential_histogram")])
def test_histograms_come_back(server, sent, name, kind):
    token, _ = sent
    series = eventually(lambda: server.get("/api/v1/metrics/series", name=name, f=f"token:eq:{token}", **{"from": "now-5m", "to": "now+1m"})["series"])
    assert [one["kind"] for one in series] == [kind]
    assert series[0]["unit"] == "s" and series[0]["temporality"] == "cumulative"
    _, values = points(server, name, token, fn="p50")
    assert 0.005 < values[-1] < 5, "inside the buckets that hold the middle values"


def test_services_are_computed_from_the_spans(server, sent):
    _, service = sent
    services = {one["name"]: one for one in server.get("/api/v1/services")["services"]}
    assert services[service]["requests"] >= 1
    assert services[service]["version"] == "1.2.3"
