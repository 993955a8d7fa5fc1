"""Tempo's HTTP API as Grafana and Tempo's own tools call it, over traces that the OpenTelemetry SDK sent."""
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from sightline_process import eventually
from trace_sender import Shop

BASE = "/tempo"


@pytest.fixture(scope="module")
def shop(server):
    shop = Shop(server.otlp_http, uuid.uuid4().hex[:8])
    for number in range(5):
        shop.order(number, is_error=number == 4)
    shop.flush()
    assert eventually(lambda: len(search(server, f'{{ resource.service.name = "{shop.stock}" }}')) == 5)
    return shop


def ask(server, path, accept=None, **parameters):
    """Status, headers and body of a GET."""
    url = server.api + BASE + path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def get(server, path, **parameters):
    status, headers, body = ask(server, path, **parameters)
    assert status == 200, body
    assert headers["Content-Type"].startswith("application/json")
    return json.loads(body)


def search(server, query, **parameters):
    return get(server, "/api/search", q=query, **parameters)["traces"]


def window():
    now = int(time.time())
    return {"start": now - 3600, "end": now + 60}


def test_grafana_reads_a_trace_as_protobuf(server, shop):
    status, headers, body = ask(server, f"/api/v2/traces/{shop.traces[0]}", accept="application/protobuf", **window())
    assert status == 200 and headers["Content-Type"] == "application/protobuf"
    # TraceByIDResponse{1: Trace, 2: metrics}; Trace is TracesData by another name.
    assert body[0] == 0x0A
    length, position, shift = 0, 1, 0
    while True:
        byte = body[position]
        length |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            break
    wrapped = TracesData.FromString(body[position:position + length])
    _, _, plain = ask(server, f"/api/traces/{shop.traces[0]}", accept="application/protobuf")
    trace = TracesData.FromString(plain)
    assert wrapped == trace
    spans = {span.name: (group, span) for group in trace.resource_spans for scope in group.scope_spans for span in scope.spans}
    assert set(spans) == {"POST /order", "reserve", "SELECT"}
    group, query = spans["SELECT"]
    resource = {item.key: item.value for item in group.resource.attributes}
    assert resource["service.name"].string_value == shop.stock
    assert [item.string_value for item in resource["zones"].array_value.values] == ["a", "b"]
    assert query.trace_id.hex() == shop.traces[0] and query.parent_span_id == spans["reserve"][1].span_id
    assert query.end_time_unix_nano - query.start_time_unix_nano >= 2_000_000
    attributes = {item.key: item.value for item in query.attributes}
    assert attributes["ratio"].double_value == 0.5 and query.kind == 2
    assert [event.name for event in query.events] == ["row"] and query.events[0].attributes[0].value.int_value == 0


def test_json_traces_are_the_same(server, shop):
    _, _, body = ask(server, f"/api/traces/{shop.traces[4]}", accept="application/protobuf")
    expected = TracesData.FromString(body)
    version1 = get(server, f"/api/traces/{shop.traces[4]}")
    version2 = get(server, f"/api/v2/traces/{shop.traces[4]}")
    assert version1["batches"] == version2["trace"]["resourceSpans"]
    parsed = json_format.Parse(json.dumps({"resourceSpans": version1["batches"]}), TracesData())
    assert parsed == expected
    statuses = [span.status for group in parsed.resource_spans for scope in group.scope_spans for span in scope.spans]
    assert [(status.code, status.message) for status in statuses if status.code] == [(2, "out of stock")]


def test_unknown_and_wrong_ids(server, shop):
    for version in ("/api/traces/", "/api/v2/traces/"):
        assert ask(server, version + "0" * 31 + "1", accept="application/protobuf")[0] == 404
        assert ask(server, version + "nothex")[0] == 400


def test_search_as_grafana_asks_it(server, shop):
    query = f'{{ resource.service.name = "{shop.front}" && span.http.response.status_code >= 500 }} | select(span.http.route)'
    found = search(server, query, limit=20, spss=3, **window())
    assert [one["traceID"] for one in found] == [shop.traces[4]]
    one = found[0]
    assert one["rootServiceName"] == shop.front and one["rootTraceName"] == "POST /order"
    assert int(one["startTimeUnixNano"]) > 0 and one["durationMs"] >= 2
    assert one["serviceStats"] == {shop.front: {"spanCount": 2, "errorCount": 1}, shop.stock: {"spanCount": 1}}
    spanset = one["spanSets"][0]
    assert spanset == one["spanSet"] and spanset["matched"] == 1
    attributes = {item["key"]: item["value"] for item in spanset["spans"][0]["attributes"]}
    assert attributes["http.route"] == {"stringValue": "/order"}
    assert attributes["http.response.status_code"] == {"intValue": "500"}
    assert len(spanset["spans"][0]["spanID"]) == 16 and int(spanset["spans"][0]["durationNanos"]) > 0


@pytest.mark.parametrize("query,count", [
    ('{ resource.service.name = "$front" } >> { name = "SELECT" }', 5),
    ('{ name = "SELECT" && resource.service.name = "$stock" } << { status = error }', 1),
    ('{ name = "reserve" && resource.service.name = "$front" && span.number > 1 && span.number <= 3 }', 2),
    ('{ rootServiceName = "$front" } | count() = 3', 5),
    ('{ rootServiceName = "$front" } | count() > 3', 0),
    ('{ span."big order" = true && resource.service.name = "$front" }', 2),
    ('{ event.rows > 2 && resource.service.name = "$stock" }', 2),
    ('{ span.tags = "y" && resource.service.name = "$stock" } with (most_recent=true)', 5),
])
def test_queries(server, shop, query, count):
    query = query.replace("$front", shop.front).replace("$stock", shop.stock)
    assert len(search(server, query, limit=100)) == count


def test_limit_window_and_order(server, shop):
    query = f'{{ resource.service.name = "{shop.front}" }}'
    answer = get(server, "/api/search", q=query, limit=2)
    assert [one["traceID"] for one in answer["traces"]] == [shop.traces[4], shop.traces[3]], "the newest first"
    assert answer["status"] == "PARTIAL" and "limit" in answer["message"]
    assert get(server, "/api/search", q=query)["status"] == "COMPLETE"
    assert search(server, query, start=1000, end=2000) == []


def test_legacy_search(server, shop):
    found = get(server, "/api/search", tags=f'service.name={shop.front} http.response.status_code=200', minDuration="1ms", limit=50)
    assert len(found["traces"]) == 4
    assert get(server, "/api/search", tags=f'service.name="{shop.front}"', maxDuration="1us")["traces"] == []
    assert ask(server, "/api/search", tags='service.name="open')[0] == 400


def test_mistakes_are_plain_text_with_the_place(server, shop):
    status, headers, body = ask(server, "/api/search", q="{ .a = }")
    assert status == 400 and headers["Content-Type"].startswith("text/plain")
    assert b"parse error at line 1, col 8" in body
    assert ask(server, "/api/search", q="{ status > ok }")[0] == 400
    assert ask(server, "/api/search", q="{ parent.a = 1 }")[0] == 400
    assert ask(server, "/api/search", q="{}", limit="x")[0] == 400
    assert ask(server, "/api/metrics/query_range", q="{ }")[0] == 400


def test_tags(server, shop):
    scopes = {one["name"]: one["tags"] for one in get(server, "/api/v2/search/tags")["scopes"]}
    assert "service.name" in scopes["resource"] and "http.route" in scopes["span"] and "rows" in scopes["event"]
    assert "duration" in scopes["intrinsic"]
    only = get(server, "/api/v2/search/tags", scope="resource", **window())["scopes"]
    assert [one["name"] for one in only] == ["resource"]
    assert {"service.name", "http.route", "name"} <= set(get(server, "/api/search/tags")["tagNames"])
    assert ask(server, "/api/v2/search/tags", scope="nowhere")[0] == 400


def test_tag_values(server, shop):
    def values(tag, **parameters):
        # Grafana encodes the tag twice.
        encoded = urllib.parse.quote(urllib.parse.quote(tag, safe=""), safe="")
        found = get(server, f"/api/v2/search/tag/{encoded}/values", **parameters)["tagValues"]
        return {(one["type"], one["value"]) for one in found}

    assert {("string", shop.front), ("string", shop.stock)} <= values("resource.service.name")
    assert ("string", "/order") in values("span.http.route")
    assert ("int", "500") in values(".http.response.status_code")
    assert ("bool", "true") in values('span."big order"')
    assert ("keyword", "error") in values("status") and ("keyword", "server") in values("kind")
    narrowed = values("name", q=f'{{ resource.service.name = "{shop.stock}" }}')
    assert narrowed == {("string", "SELECT")}
    assert ("string", "SELECT") in values("name", q="{ resource.service.na"), "a query that is being typed narrows nothing"
    # Intrinsics, by their own names and by those with a scope.
    assert {("string", "POST /order"), ("string", "reserve"), ("string", "SELECT")} <= values("span:name")
    assert ("string", "POST /order") in values("rootName") and ("string", "SELECT") not in values("trace:rootName")
    assert ("string", shop.front) in values("trace:rootService") and ("string", shop.stock) not in values("rootServiceName")
    assert ("string", "row") in values("event:name") and ("string", "probe") in values("instrumentation:name")
    assert values("span:id") == set(), "a value for every span is none to choose from"
    plain = get(server, "/api/search/tag/service.name/values")["tagValues"]
    assert shop.front in plain and shop.stock in plain


def samples(series):
    return [float(item["value"]) for item in series["samples"]]


def labels(series):
    return {item["key"]: list(item["value"].values())[0] for item in series["labels"]}


def test_metrics_over_a_range(server, shop):
    query = f'{{ resource.service.name =~ "front-{shop.token}|stock-{shop.token}" }} | count_over_time() by (resource.service.name)'
    series = get(server, "/api/metrics/query_range", q=query, step="60s", **window())["series"]
    sums = {labels(one)["resource.service.name"]: sum(samples(one)) for one in series}
    assert sums == {shop.front: 10, shop.stock: 5}
    times = [int(item["timestampMs"]) for item in series[0]["samples"]]
    assert all(time % 60_000 == 0 for time in times) and times == list(range(times[0], times[-1] + 1, 60_000))
    assert series[0]["promLabels"] == f'{{"resource.service.name"="{shop.front}"}}'


def test_plans_stand_beside_the_answer(server, shop):
    query = f'{{ resource.service.name = "{shop.stock}" && duration > 0s }}'
    found = get(server, "/api/search", q=query, explain=1, limit=100, **window())
    assert len(found["traces"]) == 5 and found["explain"]["language"] == "traceql"
    assert found["explain"]["plan"][0].startswith("scan spans, newest first, for candidate traces:")
    statistics = found["explain"]["statistics"]
    assert statistics["rows_matched"] >= 5 and statistics["blocks_total"] >= statistics["blocks_read"] > 0 and statistics["elapsed_ms"] > 0
    numbers = get(server, "/api/metrics/query_range", q=query + " | rate()", explain=1, step="60s", **window())
    assert numbers["series"] and any("aggregate in the store" in line for line in numbers["explain"]["plan"])
    assert "explain" not in get(server, "/api/search", q=query)


def test_quantiles_histograms_and_comparisons(server, shop):
    front = f'{{ resource.service.name = "{shop.front}" && kind = server }}'
    quantiles = get(server, "/api/metrics/query_range", q=front + " | quantile_over_time(duration, .5, .99)", step="5m", **window())["series"]
    assert [labels(one)["p"] for one in quantiles] == [0.5, 0.99]
    assert all(0.002 <= value < 10 for one in quantiles for value in samples(one))
    buckets = get(server, "/api/metrics/query_range", q=front + " | histogram_over_time(duration)", **window())["series"]
    assert sum(sum(samples(one)) for one in buckets) == 5 and all(labels(one)["__bucket"] > 0.002 for one in buckets)
    compared = get(server, "/api/metrics/query_range", q=front + " | compare({ status = error })", step="1h", **window())["series"]
    kinds = {labels(one)["__meta_type"] for one in compared}
    assert kinds == {"baseline", "selection", "baseline_total", "selection_total"}
    ratio = f'({front} | count_over_time()) / ({{ resource.service.name = "{shop.stock}" }} | count_over_time())'
    assert get(server, "/api/metrics/query", q=ratio, **window())["series"][0]["value"] == 1


def test_instant_metrics(server, shop):
    query = f'{{ rootServiceName = "{shop.front}" }} | count_over_time() by (name) | topk(2)'
    series = get(server, "/api/metrics/query", q=query, **window())["series"]
    assert {labels(one)["name"]: one["value"] for one in series} == {"POST /order": 5, "SELECT": 5}


def test_health(server):
    status, _, body = ask(server, "/api/echo")
    assert status == 200 and body == b"echo"
    assert get(server, "/api/status/buildinfo")["version"].startswith("3.")
    assert ask(server, "/ready")[0] == 200
