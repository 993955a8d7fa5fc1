"""PromQL on Metrics, LogQL on Logs, TraceQL on Traces: written with completion, answered, wrong where it is wrong, restored by the link."""

import re
import time

import pytest
from playwright.sync_api import expect

import otlp_json
from otlp_bodies import PROTOBUF, gauge_body
from sightline_process import eventually


@pytest.fixture(scope="module", autouse=True)
def telemetry(server):
    now = time.time_ns()
    for minute in range(10, 0, -1):
        for service, value in (("orders", 5), ("stock", 2)):
            assert server.post("/v1/metrics", gauge_body("queue.depth", value + minute % 3, service=service, time_unix_nano=now - minute * 60_000_000_000), PROTOBUF)[0] == 200
    otlp_json.send_logs(server, "orders", ['{"took": %d, "msg": "order stored"}' % (number * 10) for number in range(8)])
    otlp_json.send_logs(server, "orders", ["timeout while storing"] * 2, severity=17)
    otlp_json.send_logs(server, "stock", ["stock checked"])
    begin = now - 60_000_000_000
    for trace in (1, 2, 3):
        otlp_json.send_spans(server, {
            "gateway": [otlp_json.span(trace, trace * 10, 0, "GET /cart", begin, begin + 50_000_000)],
            "orders": [otlp_json.span(trace, trace * 10 + 1, trace * 10, "store", begin + 5_000_000, begin + 20_000_000, error=trace == 3),
                       otlp_json.span(trace, trace * 10 + 2, trace * 10, "check", begin + 30_000_000, begin + 40_000_000)]})


def focused(page):
    query = page.get_by_role("textbox", name="Query")
    expect(query).to_be_visible()
    page.keyboard.press("/")
    expect(query).to_be_focused()
    return query


def choose(page, text):
    """Takes the suggestion with this text, by keys alone."""
    options = page.get_by_role("listbox", name="Suggestions for Query").get_by_role("option")
    chosen = options.filter(has=page.locator(".cut", has_text=re.compile(f"^{re.escape(text)}$")))
    expect(chosen).to_have_count(1)
    for _ in range(40):
        page.keyboard.press("ArrowDown")
        if chosen.get_attribute("aria-selected") == "true":
            break
    page.keyboard.press("Enter")


def restored(window):
    """The link alone brings the screen back: what was measured differs, what is shown does not."""
    shown = lambda: re.sub(r"\d[\d,.]* (ms|s|kB|B|rows scanned)\b|\b[\d:.]+\b", "#", window.page.locator("#content").inner_text())
    window.settle()
    address, before = window.page.url, shown()
    window.page.reload()
    window.settle()
    assert window.page.url == address
    assert eventually(lambda: shown() == before), (before, shown())


def underlined(window, wrong, message):
    page = window.page
    expect(page.locator(".query-problem")).to_contain_text(message)
    expect(page.locator(".query-mirror u")).to_have_text(wrong)
    expect(page.get_by_role("textbox", name="Query")).to_have_attribute("aria-invalid", "true")


def test_promql_on_metrics(quiet):
    page = quiet.page
    quiet.tolerated = ["400 (Bad Request)"]
    quiet.open("metrics")
    expect(page.get_by_role("grid", name="Metrics").get_by_role("row").nth(1)).to_be_visible()
    query = focused(page)
    page.keyboard.type("sum by (servic")
    choose(page, "service_name")
    page.keyboard.type(") (avg_over")
    choose(page, "avg_over_time")
    page.keyboard.type("queue")
    choose(page, "queue_depth_ratio")
    page.keyboard.type("{job=")
    choose(page, "orders")
    expect(query).to_have_value('sum by (service_name) (avg_over_time(queue_depth_ratio{job="orders"')
    page.keyboard.type("}[5")
    choose(page, "5m")
    page.keyboard.type("))")
    assert quiet.violations("writing") == []
    page.keyboard.press("Enter")
    legend = page.get_by_role("grid", name="Series")
    expect(legend.get_by_role("row")).to_have_count(2)
    expect(legend).to_contain_text("orders")
    expect(page.get_by_role("figure").first).to_have_attribute("aria-label", re.compile("orders: "))
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    table = page.get_by_role("grid", name=re.compile("Samples"))
    expect(table.get_by_role("row")).to_have_count(2)
    restored(quiet)
    expect(table.get_by_role("row")).to_have_count(2)
    quiet.shot("table")
    query = focused(page)
    query.fill("sum(rate(queue_depth_ratio[5m]) + )")
    query.press("Enter")
    underlined(quiet, ")", "unexpected")
    expect(page).to_have_url(re.compile("tab=table"))
    assert quiet.violations("problem") == []
    query.fill("queue_depth_ratio")
    expect(page.locator(".query-problem")).to_have_count(0)
    query.press("Enter")
    expect(table.get_by_role("row")).to_have_count(3)


def test_logql_on_logs(quiet):
    page = quiet.page
    quiet.tolerated = ["400 (Bad Request)"]
    quiet.open("logs")
    lines = page.get_by_role("grid", name="Log lines")
    expect(lines.get_by_role("row").nth(1)).to_be_visible()
    page.keyboard.press("q")
    expect(page).to_have_url(re.compile("lang=logql"))
    query = page.get_by_role("textbox", name="Query")
    expect(query).to_be_focused()
    page.keyboard.type("{servi")
    choose(page, "service_name")
    choose(page, "orders")
    page.keyboard.type("} |= \"stored\" | js")
    choose(page, "json")
    page.keyboard.type(" | to")
    choose(page, "took")
    page.keyboard.type(" >= 50")
    expect(query).to_have_value('{service_name="orders"} |= "stored" | json | took >= 50')
    query.press("Enter")
    expect(lines.get_by_role("row")).to_have_count(4)
    expect(page.get_by_role("figure", name=re.compile("Lines by level: 3 in all"))).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    plan = page.get_by_role("region", name="Plan")
    expect(plan).to_contain_text("store: scan")
    expect(plan).to_contain_text("rows scanned")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Log record")).to_contain_text("took")
    restored(quiet)
    expect(plan).to_be_visible()
    expect(page.get_by_role("complementary", name="Log record")).to_contain_text("order stored")
    assert quiet.violations("lines") == []
    quiet.shot("lines")
    page.keyboard.press("Escape")
    query = focused(page)
    query.fill('sum by (detected_level) (count_over_time({service_name="orders"}[1m]))')
    query.press("Enter")
    query.press("Escape")
    legend = page.get_by_role("grid", name="Series")
    # The newest lines are counted once the next whole step has come.
    assert eventually(lambda: (page.keyboard.press("r"), quiet.settle(), legend.count())[-1], seconds=40, interval=1)
    expect(legend.get_by_role("row")).to_have_count(3)
    query.fill('{service_name="orders"} |= 5')
    query.press("Enter")
    expect(page.locator(".query-problem")).to_be_visible()
    expect(page.locator(".query-mirror u")).to_have_text("5")
    # The search bar is one key away, and its link is its own.
    query.press("Escape")
    page.keyboard.press("q")
    expect(page).not_to_have_url(re.compile("lang="))
    expect(page.get_by_role("group", name="Query language").get_by_role("button", pressed=True)).to_have_text("Search")


def test_patterns_of_lines_lead_to_their_lines(quiet):
    page = quiet.page
    quiet.open("logs?f=service.name:eq:orders")
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)).to_be_visible()
    page.keyboard.press("P")
    expect(page).to_have_url(re.compile("lang=logql&tab=patterns"))
    expect(page.get_by_role("textbox", name="Query")).to_have_value('{service_name="orders"}')
    patterns = page.get_by_role("grid", name="Patterns")
    expect(patterns.get_by_role("row")).to_have_count(3)
    expect(patterns.get_by_role("row").nth(1)).to_contain_text("⟨∗⟩")
    expect(patterns.get_by_role("row").nth(1)).to_contain_text("80 %")
    assert quiet.violations("patterns") == []
    quiet.shot("patterns")
    restored(quiet)
    # Without the most frequent, then the lines of what is left.
    patterns.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_role("textbox", name="Query")).to_have_value(re.compile("!>"))
    expect(patterns.get_by_role("row")).to_have_count(2)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    lines = page.get_by_role("grid", name="Log lines")
    expect(lines.get_by_role("row")).to_have_count(3)
    expect(lines).to_contain_text("timeout while storing")


def test_traceql_on_traces(quiet):
    page = quiet.page
    quiet.tolerated = ["400 (Bad Request)"]
    quiet.open("traces?lang=traceql")
    query = focused(page)
    page.keyboard.type("{ resource.serv")
    choose(page, "resource.service.name")
    choose(page, "gateway")
    page.keyboard.type(" } >> { ")
    page.keyboard.type("stat")
    choose(page, "status")
    page.keyboard.type("er")
    choose(page, "error")
    page.keyboard.type(" }")
    expect(query).to_have_value('{ resource.service.name = "gateway" } >> { status = error }')
    query.press("Enter")
    traces = page.get_by_role("grid", name="Traces")
    expect(traces.get_by_role("row")).to_have_count(2)
    expect(traces).to_contain_text("GET /cart")
    restored(quiet)
    expect(traces.get_by_role("row")).to_have_count(2)
    assert quiet.violations("traces") == []
    quiet.shot("traces")
    query = focused(page)
    query.fill('{ resource.service.name = "orders" } | select(name)')
    query.press("Enter")
    expect(traces.get_by_role("row")).to_have_count(4)
    query.press("Escape")
    page.get_by_role("tab", name="Matched spans").click()
    spans = page.get_by_role("grid", name="Matched spans")
    expect(spans.get_by_role("row")).to_have_count(7)
    page.get_by_role("tab", name="Traces").click()
    traces.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"match=[0-9a-f]{16},[0-9a-f]{16}"))
    expect(page.get_by_text("2 match")).to_be_visible()
    expect(page.locator(".waterfall .grid-row.dim")).to_have_count(1)
    page.go_back()
    expect(traces).to_be_visible()
    query = focused(page)
    query.fill("{ } | rate() by (resource.service.name)")
    query.press("Enter")
    legend = page.get_by_role("grid", name="Series")
    expect(legend.get_by_role("row")).to_have_count(3)
    query.fill("{ status = = error }")
    query.press("Enter")
    expect(page.locator(".query-mirror u")).to_have_text("=")
    expect(page.locator(".query-problem")).to_be_visible()


def test_what_is_open_is_said_before_the_server_is_asked(quiet):
    page = quiet.page
    quiet.open("metrics")
    query = focused(page)
    query.fill('sum(rate(a{b="c"}[5m])')
    query.press("Tab")
    underlined(quiet, "(", "is not closed")
    assert "query_range" not in "".join(page.evaluate("() => performance.getEntriesByType('resource').map(entry => entry.name)"))
