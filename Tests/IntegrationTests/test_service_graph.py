"""The series that Grafana's service graph reads, computed from spans: asked as Grafana asks them."""
import json
import time
import urllib.parse
import urllib.request
import uuid

import pytest

from sightline_process import eventually
from trace_sender import Shop


@pytest.fixture(scope="module")
def shop(server):
    shop = Shop(server.otlp_http, uuid.uuid4().hex[:8])
    for number in range(5):
        shop.order(number, is_error=number == 4)
    shop.flush()
    assert eventually(lambda: value(server, f'sum(increase(traces_spanmetrics_calls_total{{service="{shop.stock}"}}[10m]))') == 5)
    return shop


def ask(server, path="query", **parameters):
    url = f"{server.api}/prometheus/api/v1/{path}?{urllib.parse.urlencode({'time': time.time(), **parameters})}"
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)["data"]["result"]


def value(server, query):
    found = ask(server, query=query)
    return round(float(found[0]["value"][1]), 6) if found else None


def edges(server, query):
    return {(one["metric"]["client"], one["metric"]["server"]): round(float(one["value"][1]), 6) for one in ask(server, query=query)}


def test_edges_of_the_graph(server, shop):
    calls = edges(server, "sum by (client, server) (increase(traces_service_graph_request_total[10m]))")
    assert calls == {("user", shop.front): 5, (shop.front, shop.stock): 5}
    failed = edges(server, "sum by (client, server) (increase(traces_service_graph_request_failed_total[10m]))")
    assert failed["user", shop.front] == 1 and failed[shop.front, shop.stock] == 0
    kinds = ask(server, query="group by (connection_type) (traces_service_graph_request_total)")
    assert {one["metric"].get("connection_type", "") for one in kinds} == {"", "virtual_node"}
    only = edges(server, f'increase(traces_service_graph_request_total{{client="{shop.front}"}}[10m])')
    assert only == {(shop.front, shop.stock): 5}


def test_durations_of_the_graph(server, shop):
    where = f'{{server="{shop.stock}"}}[10m]'
    count = value(server, f"sum(increase(traces_service_graph_request_server_seconds_count{where}))")
    total = value(server, f"sum(increase(traces_service_graph_request_server_seconds_sum{where}))")
    assert count == 5 and 0.01 <= total < 1, "each query slept two milliseconds"
    client = value(server, f"sum(increase(traces_service_graph_request_client_seconds_sum{where}))")
    assert client >= total
    p95 = value(server, f"histogram_quantile(0.95, sum by (le) (rate(traces_service_graph_request_server_seconds_bucket{where})))")
    assert 0 < p95 <= 0.1
    bounds = {one["metric"]["le"] for one in ask(server, query=f'traces_service_graph_request_server_seconds_bucket{{server="{shop.stock}"}}')}
    assert bounds == {"0.1", "0.2", "0.4", "0.8", "1.6", "3.2", "6.4", "12.8", "+Inf"}


def test_metrics_of_spans(server, shop):
    query = f'sum by (span_name, span_kind, status_code) (increase(traces_spanmetrics_calls_total{{service="{shop.front}"}}[10m]))'
    found = {tuple(one["metric"][name] for name in ("span_name", "span_kind", "status_code")): round(float(one["value"][1]), 6) for one in ask(server, query=query)}
    assert found[("POST /order", "SPAN_KIND_SERVER", "STATUS_CODE_ERROR")] == 1
    assert found[("POST /order", "SPAN_KIND_SERVER", "STATUS_CODE_UNSET")] == 4
    assert found[("reserve", "SPAN_KIND_CLIENT", "STATUS_CODE_UNSET")] == 5
    slow = value(server, f'sum(increase(traces_spanmetrics_latency_bucket{{span_name="SELECT", le="0.002"}}[10m]))')
    whole = value(server, 'sum(increase(traces_spanmetrics_latency_bucket{span_name="SELECT", le="+Inf"}[10m]))')
    assert slow == 0 and whole == 5
    over_time = ask(server, "query_range", query="sum(rate(traces_spanmetrics_calls_total[1m]))", start=time.time() - 600, end=time.time(), step=30)
    assert over_time and any(float(sample[1]) > 0 for sample in over_time[0]["values"])


def test_only_who_names_them_gets_them(server, shop):
    by_prefix = ask(server, query='count by (__name__) ({__name__=~"traces_service_graph_request_(total|failed_total)"})')
    assert by_prefix == [], "a group in the pattern is not taken apart"
    alternatives = ask(server, query='count by (__name__) ({__name__=~"traces_service_graph_request_total|traces_service_graph_request_failed_total"})')
    assert {one["metric"]["__name__"] for one in alternatives} == {"traces_service_graph_request_total", "traces_service_graph_request_failed_total"}
    assert ask(server, query='count by (__name__) ({__name__=~"traces_spanmetrics_.*_count"})')
    everything = ask(server, query='count by (__name__) ({__name__=~".+"})')
    assert not any(one["metric"]["__name__"].startswith("traces_") for one in everything)
