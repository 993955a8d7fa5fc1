"""Several PromQL queries in one chart and one table, and exemplars that lead to their traces."""

import json
import re
import time

import pytest
from playwright.sync_api import expect

import otlp_json
from otlp_bodies import PROTOBUF, gauge_body

DEPTH = "sum%20by%20(service_name)%20(queue_depth_ratio)"
TOTAL = "sum(queue_depth_ratio)"


def send_histogram(server, now):
    """Ten minutes of a duration histogram whose slowest recordings are of known traces."""
    points = []
    for minute in range(10, -1, -1):
        at = now - minute * 60_000_000_000
        count = 100 * (11 - minute)
        exemplar = {"timeUnixNano": str(at), "asDouble": 0.4, "traceId": otlp_json.identifier(minute + 1, 32), "spanId": otlp_json.identifier(minute + 1, 16)}
        points.append({"startTimeUnixNano": str(now - 3_600_000_000_000), "timeUnixNano": str(at), "count": str(count), "sum": count * 0.2, "explicitBounds": [0.1, 0.5, 1],
                       "bucketCounts": [str(count // 2), str(count - count // 2), "0", "0"], "exemplars": [exemplar]})
    metric = {"name": "store.duration", "unit": "s", "histogram": {"aggregationTemporality": 2, "dataPoints": points}}
    body = {"resourceMetrics": [{"resource": otlp_json.resource("orders"), "scopeMetrics": [{"scope": {"name": "test"}, "metrics": [metric]}]}]}
    assert server.post("/v1/metrics", json.dumps(body).encode(), {"content-type": "application/json"})[0] == 200


@pytest.fixture(scope="module", autouse=True)
def telemetry(server):
    now = time.time_ns()
    for minute in range(10, -1, -1):
        for service, value in (("orders", 5), ("stock", 2)):
            assert server.post("/v1/metrics", gauge_body("queue.depth", value + minute % 3, service=service, time_unix_nano=now - minute * 60_000_000_000), PROTOBUF)[0] == 200
    send_histogram(server, now)
    for trace in range(1, 12):
        otlp_json.send_spans(server, {"orders": [otlp_json.span(trace, trace, 0, "store", now - 400_000_000, now)]})


def row_of(legend, text):
    return legend.get_by_role("row").filter(has_text=text)


def test_queries_share_a_chart_and_a_table(quiet):
    page = quiet.page
    quiet.tolerated = ["400 (Bad Request)"]
    quiet.open(f"metrics?q={DEPTH}")
    legend = page.get_by_role("grid", name="Series")
    expect(legend.get_by_role("row")).to_have_count(3)
    page.keyboard.press("a")
    second = page.get_by_role("textbox", name="Query B")
    expect(second).to_be_focused()
    page.keyboard.type(TOTAL)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"qb=sum\(queue_depth_ratio\)"))
    expect(legend.get_by_role("row")).to_have_count(4)
    expect(row_of(legend, "A orders")).to_have_count(1)
    expect(row_of(legend, "B sum(queue_depth_ratio)")).to_have_count(1)
    # The dash of a line says its query.
    dash = lambda text: row_of(legend, text).locator(".line-sample path").get_attribute("stroke-dasharray")
    assert dash("A orders") == dash("A stock") != dash("B sum")
    page.keyboard.press("Escape")
    quiet.settle()
    assert quiet.violations("two queries") == []
    quiet.shot("chart")
    address = page.url
    page.reload()
    expect(legend.get_by_role("row")).to_have_count(4)
    assert page.url == address
    # Hidden by its letter or by keys, and shown again.
    page.locator("body").press("h")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile("hide=A"))
    expect(legend.get_by_role("row")).to_have_count(2)
    expect(row_of(legend, "B sum")).to_have_count(1)
    page.get_by_role("button", name="Show query A").click()
    expect(legend.get_by_role("row")).to_have_count(4)
    # One column a query in the table.
    page.get_by_role("tab", name="Table").click()
    table = page.get_by_role("grid", name=re.compile("Samples"))
    expect(table.get_by_role("columnheader")).to_have_text(["service_name", re.compile("A"), "B"])
    expect(table.get_by_role("row")).to_have_count(4)
    quiet.shot("table")
    assert quiet.violations("table") == []
    page.get_by_role("tab", name="Chart").click()
    # A mistake in one query leaves the other its lines.
    second.fill("sum(queue_depth_ratio")
    second.press("Enter")
    expect(page.locator(".query-problem")).to_be_visible()
    expect(row_of(legend, "A orders")).to_have_count(1)
    page.get_by_role("button", name="Remove query B").click()
    expect(page).not_to_have_url(re.compile("qb="))
    expect(legend.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("textbox", name="Query B")).to_have_count(0)


def test_exemplars_of_a_query_lead_to_their_traces(quiet):
    page = quiet.page
    quiet.open("metrics?q=histogram_quantile(0.95%2C%20sum%20by%20(le)%20(rate(store_duration_seconds_bucket%5B5m%5D)))")
    expect(page.locator(".chart-note")).to_contain_text("11 exemplars")
    expect(page.get_by_role("combobox", name="Unit")).to_contain_text("auto, s")
    expect(page.get_by_role("grid", name="Series")).to_contain_text(" ms")
    page.keyboard.press("n")
    box = page.get_by_role("dialog", name="Exemplar")
    expect(box).to_contain_text("400 ms")
    assert quiet.violations("exemplar") == []
    quiet.shot("exemplar")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/traces/0{30}[0-9a-f]{2}\?span=0{14}[0-9a-f]{2}"))
    expect(page.locator(".trace-head")).to_contain_text("store")
    page.go_back()
    page.get_by_label("Unit").select_option("number")
    expect(page).to_have_url(re.compile("unit=number"))
    expect(page.get_by_role("grid", name="Series")).not_to_contain_text(" ms")
