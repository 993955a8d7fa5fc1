"""Jaeger's HTTP APIs as its UI and Grafana call them, over traces that the OpenTelemetry SDK sent."""
import datetime
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest

from sightline_process import eventually
from trace_sender import Shop

BASE = "/jaeger"


@pytest.fixture(scope="module")
def shop(server):
    shop = Shop(server.otlp_http, uuid.uuid4().hex[:8])
    for number in range(4):
        shop.order(number, is_error=number == 3)
    shop.flush()
    assert eventually(lambda: shop.stock in get(server, "/api/services")["data"])
    assert eventually(lambda: len(get(server, "/api/traces", service=shop.stock)["data"]) == 4)
    return shop


def ask(server, path, **parameters):
    url = server.api + BASE + path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def get(server, path, **parameters):
    status, answer = ask(server, path, **parameters)
    assert status == 200, answer
    return answer


def tags(items):
    return {item["key"]: (item["type"], item["value"]) for item in items}


def test_services_and_operations(server, shop):
    services = get(server, "/api/services")
    assert set(services) == {"data", "total", "limit", "offset", "errors"} and services["errors"] is None
    assert {shop.front, shop.stock} <= set(services["data"]) and services["total"] == len(services["data"])
    assert get(server, f"/api/services/{shop.front}/operations")["data"] == ["POST /order", "reserve"]
    assert get(server, "/api/operations", service=shop.front)["data"] == [
        {"name": "POST /order", "spanKind": "server"}, {"name": "reserve", "spanKind": "client"}]
    assert get(server, "/api/operations", service=shop.front, spanKind="client")["data"] == [
        {"name": "reserve", "spanKind": "client"}]


def test_a_trace(server, shop):
    trace = get(server, f"/api/traces/{shop.traces[3]}")["data"][0]
    assert trace["traceID"] == shop.traces[3] and len(trace["spans"]) == 3
    spans = {span["operationName"]: span for span in trace["spans"]}
    root, call, query = spans["POST /order"], spans["reserve"], spans["SELECT"]
    assert root["references"] == []
    assert query["references"] == [{"refType": "CHILD_OF", "traceID": shop.traces[3], "spanID": call["spanID"]}]
    now = time.time() * 1e6
    assert now - 3600e6 < root["startTime"] < now and query["duration"] >= 2000
    assert trace["processes"][query["processID"]]["serviceName"] == shop.stock
    assert tags(trace["processes"][query["processID"]]["tags"])["service.version"] == ("string", "1.2.3")
    found = tags(root["tags"])
    assert found["error"] == ("bool", True) and found["span.kind"] == ("string", "server")
    assert found["http.response.status_code"] == ("int64", 500)
    assert found["otel.status_description"] == ("string", "out of stock")
    assert tags(query["tags"])["ratio"] == ("float64", 0.5) and tags(query["tags"])["tags"] == ("string", '["x","y"]')
    assert tags(query["logs"][0]["fields"]) == {"event": ("string", "row"), "rows": ("int64", 3)}


def test_search_as_the_ui_asks_it(server, shop):
    end = int(time.time() * 1e6)
    span = {"start": end - 3600 * 10**6, "end": end, "limit": 20, "lookback": "1h", "maxDuration": "", "minDuration": ""}
    found = get(server, "/api/traces", service=shop.front, operation="POST /order", **span)["data"]
    assert [one["traceID"] for one in found] == shop.traces[::-1] and all(len(one["spans"]) == 3 for one in found)
    errors = get(server, "/api/traces", service=shop.front, tags='{"error":"true"}', **span)["data"]
    assert [one["traceID"] for one in errors] == [shop.traces[3]]
    codes = get(server, "/api/traces", service=shop.front, tags='{"http.response.status_code":"200"}', **span)["data"]
    assert len(codes) == 3
    assert len(get(server, "/api/traces", service=shop.front, limit=1)["data"]) == 1
    assert get(server, "/api/traces", service=shop.front, minDuration="10s")["data"] == []
    both = get(server, f"/api/traces?traceID={shop.traces[0]}&traceID={shop.traces[1]}")["data"]
    assert len(both) == 2


def test_mistakes(server, shop):
    status, answer = ask(server, "/api/traces/" + "0" * 31 + "1")
    assert status == 404 and answer["data"] is None and answer["errors"] == [{"code": 404, "msg": "trace not found"}]
    assert ask(server, "/api/traces/nothex")[0] == 400
    assert ask(server, "/api/traces")[0] == 400
    assert ask(server, "/api/traces", service=shop.front, tags="{")[0] == 400
    assert ask(server, "/api/traces", service=shop.front, minDuration="fast")[0] == 400


def test_dependencies(server, shop):
    found = get(server, "/api/dependencies", endTs=int(time.time() * 1000), lookback=3_600_000)["data"]
    assert {"parent": shop.front, "child": shop.stock, "callCount": 4} in found


def test_version_3(server, shop):
    assert {shop.front, shop.stock} <= set(get(server, "/api/v3/services")["services"])
    operations = get(server, "/api/v3/operations", service=shop.stock)["operations"]
    assert operations == [{"name": "SELECT", "spanKind": "server"}]
    trace = get(server, f"/api/v3/traces/{shop.traces[0]}")["result"]["resourceSpans"]
    spans = [span for group in trace for scope in group["scopeSpans"] for span in scope["spans"]]
    assert {span["traceId"] for span in spans} == {shop.traces[0]} and len(spans) == 3
    assert {span["name"]: span["kind"] for span in spans} == {"POST /order": 2, "reserve": 3, "SELECT": 2}
    now = datetime.datetime.now(datetime.timezone.utc)
    times = [(now + datetime.timedelta(hours=hours)).isoformat() for hours in (-1, 1)]
    # As its UI sends them: RFC 3339, not escaped.
    url = f"/api/v3/traces?query.service_name={shop.front}&query.start_time_min={times[0]}&query.start_time_max={times[1]}&query.num_traces=2"
    found = get(server, url)["result"]["resourceSpans"]
    ids = {span["traceId"] for group in found for scope in group["scopeSpans"] for span in scope["spans"]}
    assert ids == set(shop.traces[2:])
    status, answer = ask(server, "/api/v3/traces/" + "0" * 31 + "1")
    assert status == 404 and answer["error"] == {"httpCode": 404, "message": "trace not found"}
