"""The live tail: Stop and Continue without a gap, a view that holds still, and memory that stays bounded."""

import json
import re
import time

import pytest
from playwright.sync_api import expect

import otlp_json
from sightline_process import eventually


def numbers(page):
    """Numbers at the end of the lines on display, in their order."""
    return [int(text.split()[-1]) for text in page.locator(".log-grid .grid-row .body").all_inner_texts()]


@pytest.mark.parametrize("query,service", [("q=tailed", "orders"), ("lang=logql&q=%7Bservice_name%3D%22tailed%22%7D%20%7C%3D%20%22tailed%22", "tailed")], ids=["search", "logql"])
def test_a_stopped_tail_continues_without_a_gap_and_says_what_was_missed(quiet, server, query, service):
    page = quiet.page
    quiet.open("logs?" + query)
    quiet.settle()
    page.keyboard.press("l")
    state = page.locator(".live-state")
    expect(state).to_contain_text("live")
    # Each question has lines of its own.
    word = "tailed" if service == "orders" else "tailed by LogQL"
    otlp_json.send_logs(server, service, [f"{word} line {number}" for number in range(5)])
    grid = page.get_by_role("grid", name="Log lines")
    expect(grid).to_contain_text(f"{word} line 4")
    page.keyboard.press("Space")
    expect(state).to_contain_text("stopped")
    otlp_json.send_logs(server, service, [f"{word} line {number}" for number in range(5, 12)])
    assert eventually(lambda: len(server.logs(q=f'service:{service} "{word} line"')) == 12)
    expect(grid).not_to_contain_text(f"{word} line 5")
    page.get_by_role("button", name="Continue").click()
    expect(state).to_contain_text("live")
    expect(grid).to_contain_text("7 lines came while stopped, all are shown")
    otlp_json.send_logs(server, service, [f"{word} line {number}" for number in range(12, 14)])
    expect(grid).to_contain_text(f"{word} line 13")
    assert numbers(page) == list(range(14))
    assert quiet.violations("tail") == []
    quiet.shot("tail-" + service)


def test_a_held_tail_does_not_move_and_says_how_many_wait(quiet, server):
    page = quiet.page
    quiet.open("logs?live=1&q=waiting")
    expect(page.locator(".live-state")).to_contain_text("live")
    otlp_json.send_logs(server, "orders", [f"waiting {number}" for number in range(120)])
    grid = page.get_by_role("grid", name="Log lines")
    expect(grid).to_contain_text("waiting 119")
    grid.evaluate("grid => { grid.scrollTop = 400; }")
    page.wait_for_function("() => document.querySelector('.log-grid').scrollTop === 400")
    before = numbers(page)
    otlp_json.send_logs(server, "orders", [f"waiting {number}" for number in range(120, 150)])
    expect(page.locator(".held-pill")).to_contain_text("30 new")
    assert numbers(page) == before and grid.evaluate("grid => grid.scrollTop") == 400
    page.keyboard.press("End")
    expect(grid).to_contain_text("waiting 149")
    expect(page.locator(".held-pill")).to_have_count(0)


def test_a_long_tail_keeps_its_memory(quiet):
    """100,000 lines through a socket of the test's own: the list keeps the newest 20,000 and the heap stays within its bound."""
    page = quiet.page
    sockets = []
    page.route_web_socket(re.compile(r"/api/v1/tail"), lambda socket: sockets.append(socket))
    quiet.open("logs?live=1")
    assert eventually(lambda: page.wait_for_timeout(50) or sockets)
    session = page.context.new_cdp_session(page)

    def heap():
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6

    def send(first, last):
        now = time.time_ns()
        rows = [{"id": f"{number}", "time": str(now + number), "severity": 9, "service": "orders", "body": f"a line of the long tail with its number {number}",
                 "attributes": {"http.route": f"/route/{number % 50}", "customer.id": number}} for number in range(first, last)]
        sockets[-1].send(json.dumps({"k": "rows", "rows": rows}))

    state = page.locator(".live-state")
    full = None
    for first in range(0, 100_000, 1000):
        send(first, first + 1000)
        if first == 30_000:
            expect(state).to_contain_text("11,000 older lines left the list")
            full = heap()
    expect(state).to_contain_text("80,000 older lines left the list")
    grid = page.get_by_role("grid", name="Log lines")
    expect(grid).to_contain_text("its number 99999")
    assert grid.get_attribute("aria-rowcount") == "20001"
    assert page.locator(".log-grid .grid-row").count() < 80
    # The last messages are let go when the list has been drawn with what came after them.
    assert eventually(lambda: heap() < full + 8), f"heap grew from {full:.1f} to {heap():.1f} MB while the list stayed full"
