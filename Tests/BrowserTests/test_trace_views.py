"""One trace: clock skew, and what the tree, its search and its errors lead to."""

import re
import time

import pytest
from playwright.sync_api import expect

import otlp_json


@pytest.fixture(scope="module")
def skewed(server):
    """A call whose server starts 30 ms before it by its own clock."""
    begin = time.time_ns() - 10_000_000_000
    trace = 0x5CE
    call = {**otlp_json.span(trace, 2, 1, "GET /stock", begin + 10_000_000, begin + 60_000_000), "kind": 3}
    otlp_json.send_spans(server, {
        "gateway": [otlp_json.span(trace, 1, None, "GET /", begin, begin + 100_000_000), call],
        "stock": [otlp_json.span(trace, 3, 2, "GET /stock", begin - 20_000_000, begin + 20_000_000),
                  {**otlp_json.span(trace, 4, 3, "query", begin - 10_000_000, begin), "kind": 1}],
    })
    return otlp_json.identifier(trace, 32)


def left(page, row):
    return page.locator(".waterfall .grid-row").nth(row).locator(".span-bar").bounding_box()["x"]


def test_a_span_outside_of_its_parent_is_marked_explained_and_corrected(quiet, skewed):
    page = quiet.page
    quiet.open("traces/" + skewed)
    expect(page.locator(".trace-head")).to_contain_text("1 span lies outside of the parent, by up to 30 ms")
    row = page.locator(".waterfall .grid-row").nth(2)
    expect(row).to_contain_text("⇤")
    row.click()
    panel = page.get_by_role("complementary", name="Span")
    expect(panel).to_contain_text("It starts 30 ms before its parent: the clocks of the two services differ.")
    assert left(page, 2) < left(page, 1)
    quiet.shot("skew")
    page.keyboard.press("Shift+K")
    expect(page).to_have_url(re.compile("clocks=corrected"))
    expect(panel).to_contain_text("It is shown moved by 35 ms.")
    assert left(page, 1) < left(page, 2) < left(page, 3)
    page.reload()
    expect(page.get_by_role("button", name="Correct clocks")).to_have_attribute("aria-pressed", "true")
    assert quiet.violations("skew") == []
    page.keyboard.press("Shift+K")
    expect(page).not_to_have_url(re.compile("clocks"))


def test_the_flame_graph_selects_by_pointer_and_keys(quiet, skewed):
    page = quiet.page
    quiet.open("traces/" + skewed)
    expect(page.locator(".waterfall .grid-row").first).to_be_visible()
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("view=flame"))
    flame = page.get_by_role("figure", name=re.compile("^Flame graph of 4 spans"))
    box = flame.bounding_box()
    # The root begins 20 ms into the trace's 120 ms.
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 10)
    panel = page.get_by_role("complementary", name="Span")
    expect(panel.get_by_role("heading", name="GET /", exact=True)).to_be_visible()
    flame.focus()
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("heading", name="GET /stock")).to_be_visible()
    expect(page).to_have_url(re.compile("span=0000000000000002"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("heading", name="query")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("span=0000000000000003"))
    assert quiet.violations("flame") == []
    quiet.shot("flame")
