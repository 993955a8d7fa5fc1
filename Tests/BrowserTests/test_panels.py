"""Panels and columns that a person arranges: widths by pointer and keys, columns of the log list in the URL."""

import re
import urllib.parse

import pytest
from playwright.sync_api import expect

import otlp_json


@pytest.fixture(scope="module", autouse=True)
def lines(server):
    otlp_json.send_logs(server, "orders", [f"order {number} accepted" for number in range(40)])
    trace = otlp_json.send_large_trace(server, 0xFACE, 60)
    return trace


def width(locator):
    return round(locator.bounding_box()["width"])


def test_panels_are_resized_by_pointer_and_keys_and_remembered(quiet, lines):
    page = quiet.page
    quiet.open("logs")
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)).to_be_visible()
    facets, separator = page.locator(".facets"), page.get_by_role("separator", name="Width of the facets")
    assert width(facets) == 232
    box = separator.bounding_box()
    page.mouse.move(box["x"] + 6, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 106, box["y"] + 120, steps=5)
    page.mouse.up()
    assert width(facets) == 332
    expect(separator).to_have_attribute("aria-valuenow", "332")
    separator.focus()
    page.keyboard.press("ArrowRight")
    assert width(facets) == 348
    page.keyboard.press("Shift+ArrowLeft")
    assert width(facets) == 284
    page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1).click()
    detail, edge = page.get_by_role("complementary", name="Log record"), page.get_by_role("separator", name="Width of the detail")
    before = width(detail)
    edge.focus()
    page.keyboard.press("ArrowLeft")
    assert width(detail) == before + 16, "the panel behind its separator grows to the left"
    page.keyboard.press("Home")
    assert width(detail) == 320
    page.reload()
    assert width(facets) == 284
    expect(detail).to_be_visible()
    assert width(detail) == 320
    separator.dblclick()
    assert width(facets) == 232
    quiet.open("traces/" + lines)
    name = page.locator(".waterfall .grid-row .cell.name").first
    expect(name).to_be_visible()
    assert width(name) == 380
    page.get_by_role("separator", name="Width of the span names").focus()
    page.keyboard.press("ArrowRight")
    assert width(name) == 396
    assert quiet.violations("separators") == []


def test_columns_are_added_moved_and_removed_and_stand_in_the_url(quiet):
    page = quiet.page
    quiet.open("logs")
    grid = page.get_by_role("grid", name="Log lines")
    headers = grid.locator(".grid-header .cell.column > .cut")
    expect(headers).to_have_text(["Service"])
    page.get_by_role("button", name="Show line.number as a column").click()
    expect(page).to_have_url(re.compile(r"cols=service\.name,line\.number"))
    expect(headers).to_have_text(["Service", "line.number"])
    expect(grid.get_by_role("row").nth(1).get_by_role("gridcell").nth(3)).to_have_text("39")
    grid.get_by_role("row").nth(1).click()
    detail = page.get_by_role("complementary", name="Log record")
    detail.get_by_text("http.route", exact=True).hover()
    detail.get_by_role("button", name="Show http.route as a column").click()
    expect(headers).to_have_text(["Service", "line.number", "http.route"])
    page.keyboard.press("Escape")
    grid.get_by_role("columnheader", name="http.route").drag_to(grid.get_by_role("columnheader", name="Service"))
    expect(headers).to_have_text(["http.route", "Service", "line.number"])
    address = page.url
    page.reload()
    expect(headers).to_have_text(["http.route", "Service", "line.number"])
    assert page.url == address
    grid.focus()
    page.keyboard.press("v")
    box = page.get_by_role("dialog", name="Columns")
    box.get_by_role("button", name="Move line.number to the left").press("Enter")
    expect(headers).to_have_text(["http.route", "line.number", "Service"])
    assert quiet.violations("columns box") == []
    for field in ("http.route", "line.number", "service.name"):
        box.get_by_role("button", name="Remove " + field).press("Enter")
    expect(page).to_have_url(re.compile(r"cols=-"))
    expect(headers).to_have_count(0)
    box.get_by_role("combobox", name="Add a column").fill("line.num")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(headers).to_have_text(["line.number"])
    page.keyboard.press("Escape")
    page.go_back()
    expect(headers).to_have_count(0)
    assert urllib.parse.urlparse(page.url).query == "cols=-"
