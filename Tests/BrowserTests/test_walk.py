"""The walk that the interface is for: Services → a slow route → a trace → its logs → back to logs of that service.

Needs a server with data of at least one service that has traces with logs (the demo, or web/test/fixture_server.mjs).
"""

import json
import re
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import expect


def ask(base_url, path):
    """The API's answer, one value a line for streams."""
    with urllib.request.urlopen(urllib.parse.urljoin(base_url, "../api/v1/" + path)) as answer:
        text = answer.read().decode()
    if "ndjson" in answer.headers["content-type"]:
        return [json.loads(line) for line in text.splitlines() if line]
    return json.loads(text)


@pytest.fixture(scope="module")
def linked(base_url):
    """A service with an operation whose slowest traces have logs, found through the API."""
    services = sorted(ask(base_url, "services")["services"], key=lambda service: -(service["p95"] or 0))
    for service in services:
        name = service["name"]
        detail = ask(base_url, "services/" + urllib.parse.quote(name, safe=""))
        for operation in sorted(detail["operations"], key=lambda one: -(one["p95"] or 0)):
            filters = urllib.parse.urlencode([("f", f"service.name:eq:{name}"), ("f", f"name:eq:{operation['name']}"), ("sort", "duration")])
            rows = [row for line in ask(base_url, "traces?" + filters) if line["k"] == "rows" for row in line["rows"]]
            if rows and ask(base_url, "traces/" + rows[0]["trace_id"])["logs"] > 0:
                return {"service": name, "operation": operation["name"]}
    pytest.fail("no service has an operation whose slowest trace has logs")


def trace_filter():
    return re.compile(r"/ui/logs\?.*f=trace_id:eq:[0-9a-f]{32}")


def test_walk_by_mouse(window, linked):
    page = window.page
    window.open("services")
    page.get_by_role("grid", name="Services").get_by_text(linked["service"], exact=True).click()
    expect(page).to_have_url(re.compile(r"/ui/services/" + re.escape(urllib.parse.quote(linked["service"], safe=""))))
    window.settle()
    window.shot("service")
    page.get_by_role("grid", name="Operations").get_by_text(linked["operation"], exact=True).click()
    expect(page).to_have_url(re.compile(r"/ui/traces\?.*sort=duration"))
    first = page.get_by_role("grid", name="Traces").get_by_role("row").nth(1)
    expect(first).to_be_visible()
    window.settle()
    window.shot("traces")
    first.click()
    expect(page).to_have_url(re.compile(r"/ui/traces/[0-9a-f]{32}"))
    waterfall = page.get_by_role("treegrid", name="Spans of the trace")
    expect(waterfall.get_by_role("row").nth(1)).to_be_visible()
    waterfall.get_by_role("row").nth(1).click()
    expect(page.get_by_role("complementary", name="Span")).to_contain_text("Attributes")
    page.get_by_role("button", name="Critical path").click()
    window.settle()
    window.shot("trace")
    page.get_by_role("link", name="Logs of this trace").click()
    expect(page).to_have_url(trace_filter())
    line = page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)
    expect(line).to_be_visible()
    line.click()
    detail = page.get_by_role("complementary", name="Log record")
    expect(detail).to_contain_text("Resource")
    window.settle()
    window.shot("trace-logs")
    detail.get_by_role("link", name=re.compile("^Logs of (?!this)")).click()
    expect(page).to_have_url(re.compile(r"/ui/logs\?.*f=service\.name:eq:"))
    expect(page).not_to_have_url(trace_filter())
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)).to_be_visible()
    window.settle()
    window.shot("service-logs")
    for _ in range(2):
        page.go_back()
    expect(page).to_have_url(re.compile(r"/ui/traces/[0-9a-f]{32}"))


def test_walk_by_keyboard(window, linked):
    page = window.page
    press = page.keyboard.press
    window.open("services")
    services = page.get_by_role("grid", name="Services")
    expect(services.get_by_role("row").nth(1)).to_be_visible()
    expect(services).to_be_focused()
    go_to_row(page, services, linked["service"])
    press("Enter")
    operations = page.get_by_role("grid", name="Operations")
    expect(operations.get_by_role("row").nth(1)).to_be_visible()
    go_to_row(page, operations, linked["operation"])
    press("Enter")
    traces = page.get_by_role("grid", name="Traces")
    expect(traces.get_by_role("row").nth(1)).to_be_visible()
    window.settle()
    press("Home") if traces.evaluate("grid => document.activeElement === grid") else press("j")
    press("Enter")
    expect(page).to_have_url(re.compile(r"/ui/traces/[0-9a-f]{32}"))
    expect(page.get_by_role("treegrid", name="Spans of the trace").get_by_role("row").nth(1)).to_be_visible()
    window.settle()
    press("c")
    press("Shift+L")
    expect(page).to_have_url(trace_filter())
    lines = page.get_by_role("grid", name="Log lines")
    expect(lines.get_by_role("row").nth(1)).to_be_visible()
    window.settle()
    press("j")
    press("Enter")
    expect(page.get_by_role("complementary", name="Log record")).to_contain_text("Resource")
    press("Shift+S")
    expect(page).to_have_url(re.compile(r"/ui/logs\?.*f=service\.name:eq:"))
    expect(page).not_to_have_url(trace_filter())
    expect(lines.get_by_role("row").nth(1)).to_be_visible()
    press("Escape")
    press("j")
    press("Shift+T")
    expect(page).to_have_url(re.compile(r"/ui/traces/[0-9a-f]{32}"))
    expect(page.get_by_role("treegrid", name="Spans of the trace").get_by_role("row").nth(1)).to_be_visible()
    press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Critical path")
    window.shot("keys")
    press("Escape")
    press("g")
    press("x")
    expect(page).to_have_url(re.compile(r"/ui/metrics"))
    press("Control+k")
    page.keyboard.type("page logs")
    press("Enter")
    expect(page).to_have_url(re.compile(r"/ui/logs"))


def go_to_row(page, grid, text):
    """Moves the grid's cursor to the row with this text, by `j` alone."""
    rows = grid.get_by_role("row").count()
    for _ in range(rows + 1):
        page.keyboard.press("j")
        active = grid.locator(".grid-row.active")
        expect(active).to_have_count(1)
        if active.get_by_text(text, exact=True).count() > 0:
            return
        if int(grid.get_attribute("aria-rowcount")) == int(active.get_attribute("aria-rowindex")):
            page.keyboard.press("Home")
            if active.get_by_text(text, exact=True).count() > 0:
                return
    pytest.fail(f"no row says {text}")


def test_each_page_is_accessible_and_its_link_restores_it(window, linked, base_url):
    page = window.page
    filters = urllib.parse.urlencode([("f", f"service.name:eq:{linked['service']}"), ("f", f"name:eq:{linked['operation']}"), ("sort", "duration")])
    rows = [row for line in ask(base_url, "traces?" + filters) if line["k"] == "rows" for row in line["rows"]]
    skeleton = ask(base_url, "traces/" + rows[0]["trace_id"])
    metrics = ask(base_url, "metrics")["metrics"]
    lines = [row for line in ask(base_url, "logs?limit=1") if line["k"] == "rows" for row in line["rows"]]
    places = {
        "services": "services",
        "service": "services/" + urllib.parse.quote(linked["service"], safe=""),
        "logs": "logs",
        "log": "logs?log=" + urllib.parse.quote(lines[0]["id"], safe=""),
        "logs-filtered": "logs?f=severity:gte:info&f=duration:gt:1ms",
        "logs-nothing": "logs?q=nothingcontainsthisword",
        "traces": "traces",
        "trace": f"traces/{skeleton['trace_id']}?span={skeleton['spans']['id'][0]}",
        "time": f"traces/{skeleton['trace_id']}?view=time",
        "trace-view-logs": f"traces/{skeleton['trace_id']}?view=logs",
        "metrics": "metrics",
        "start": "start",
    }
    if metrics:
        places["metric"] = "metrics?name=" + urllib.parse.quote(metrics[0]["name"], safe="")
    reports = []
    for name, path in places.items():
        window.open(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        window.settle()
        reports += window.violations(name)
        window.shot(name)
        address = page.url
        page.reload()
        window.settle()
        assert page.url == address, name
    for key, name in (("?", "Keys"), ("Control+k", "Palette")):
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        window.settle()
        reports += window.violations(name)
        page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.get_by_role("dialog", name="Add filter")).to_be_visible()
    reports += window.violations("Add filter")
    assert not reports, "\n".join(reports)


def test_a_box_in_the_heatmap_by_keyboard_alone(window, linked):
    page = window.page
    window.open("traces?f=" + urllib.parse.quote(f"service.name:eq:{linked['service']}"))
    window.settle()
    heatmap = page.locator(".heatmap")
    heatmap.focus()
    for key in ("ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"sel=t:\d+-\d+,v:"))
    expect(page.get_by_role("group", name="Selection")).to_be_visible()
    window.shot("heatmap-box")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile(r"sel="))
    page.keyboard.press("Alt+t")
    expect(heatmap.get_by_role("table")).to_be_visible()
    page.keyboard.press("Alt+t")
    page.go_back()
    expect(page).to_have_url(re.compile(r"sel=t:"))


def test_live_tail_opens(window):
    page = window.page
    window.open("logs?live=1")
    expect(page.locator(".live-state")).to_contain_text("live")
    page.keyboard.press("l")
    expect(page).not_to_have_url(re.compile("live=1"))
