"""The query field: completion of fields and values at the caret, and what is wrong underlined where it stands."""

import re
import urllib.parse

import pytest
from playwright.sync_api import expect

import otlp_json


@pytest.fixture(scope="module", autouse=True)
def lines(server):
    for service in ("orders", "order desk", "stock"):
        otlp_json.send_logs(server, service, [f"{service} line {number}" for number in range(5)])


def test_fields_and_values_are_completed_at_the_caret(quiet):
    page = quiet.page
    quiet.open("logs")
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)).to_be_visible()
    press = page.keyboard.press
    press("/")
    query = page.get_by_role("textbox", name="Query")
    expect(query).to_be_focused()
    page.keyboard.type("line servi")
    options = page.get_by_role("listbox", name="Suggestions for Query").get_by_role("option")
    expect(options.first).to_contain_text("service")
    press("ArrowDown")
    press("Enter")
    expect(query).to_have_value(re.compile("line service.name:"))
    expect(options.get_by_text("order desk")).to_be_visible()
    page.keyboard.type("\"order d")
    expect(options).to_have_count(1)
    press("ArrowDown")
    press("Tab")
    expect(query).to_have_value(re.compile(r":\"order desk\"$"))
    press("Enter")
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row")).to_have_count(6)
    # In the middle of the text the word under the caret is completed, the rest stays.
    query.fill("http.rou line")
    for _ in range(5):
        press("ArrowLeft")
    page.keyboard.type("t")
    expect(options.first).to_contain_text("http.route")
    press("ArrowDown")
    press("Enter")
    expect(query).to_have_value("http.route: line")
    assert query.evaluate("field => field.selectionStart") == len("http.route:")
    press("Escape")
    query.fill("severity:")
    expect(options.get_by_text(">=warn")).to_be_visible()
    assert quiet.violations("completion") == []
    press("Escape")
    expect(options).to_have_count(0)
    expect(query).to_be_focused()
    query.fill("")
    press("ArrowDown")
    expect(options.first).to_contain_text("order desk")


def test_what_is_wrong_is_underlined_at_its_place(quiet):
    page = quiet.page
    # The browser notes every answer 400 on its console.
    quiet.tolerated = ["400 (Bad Request)"]
    quiet.open("logs")
    query = page.get_by_role("textbox", name="Query")
    query.fill("(line or stock) and (")
    query.press("Tab")
    problem = page.locator(".query-problem")
    expect(problem).to_contain_text("this parenthesis is not closed")
    expect(page.locator(".query-mirror u")).to_have_text("(")
    expect(query).to_have_attribute("aria-invalid", "true")
    box, field = page.locator(".query-mirror u").bounding_box(), query.bounding_box()
    assert field["x"] + 100 < box["x"] < field["x"] + field["width"], "the underline lies under the text"
    query.fill("größe service:")
    query.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(urllib.parse.quote("größe service:", safe=":"))))
    expect(problem).to_be_visible()
    expect(page.locator(".query-mirror u")).to_be_visible()
    assert page.locator(".query-mirror").inner_text().startswith("größe service:")
    assert quiet.violations("problem") == []
    quiet.shot("problem")
    query.fill("größe service:x")
    expect(problem).to_have_count(0)
