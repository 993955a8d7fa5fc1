"""The context that all pages share: every change is one step back, comparisons are in the link, a service says where to look."""

import re
import urllib.parse

import pytest
from playwright.sync_api import expect

import otlp_json


@pytest.fixture(scope="module")
def trace(server):
    otlp_json.send_logs(server, "gateway", ["all is well"] * 5)
    otlp_json.send_logs(server, "gateway", ["the stock is slow"], severity=13)
    otlp_json.send_large_trace(server, 0xC1, 40, age_seconds=5400)
    return otlp_json.send_large_trace(server, 0xC0, 40)


def test_back_undoes_each_change_of_the_context(quiet, trace):
    page = quiet.page
    press = page.keyboard.press
    quiet.open("services")
    expect(page.get_by_role("grid", name="Services").get_by_role("row").nth(1)).to_be_visible()
    addresses = [page.url]

    def changed():
        page.wait_for_function("before => location.href !== before", arg=addresses[-1])
        addresses.append(page.url)

    for keys in (("t", "3"), ("g", "l"), ("facet",), ("t", "d"), ("t", "ArrowLeft"), ("g", "t"), ("s",), ("g", "x")):
        if keys == ("facet",):
            page.get_by_role("button", name=re.compile("^gateway")).click()
        else:
            if keys == ("s",):
                # The key belongs to the page, whose chunk comes after its address.
                expect(page.get_by_role("button", name="Newest first")).to_be_visible()
            for key in keys:
                press(key)
        changed()
    assert len(addresses) == 9
    for address in reversed(addresses[:-1]):
        page.go_back()
        expect(page).to_have_url(address)
    press("Shift+U")
    expect(page).to_have_url(addresses[1])
    press("u")
    expect(page).to_have_url(addresses[0])


def test_a_comparison_stands_in_the_link_and_asks_for_the_time_before(quiet, trace):
    page = quiet.page
    quiet.open("services/gateway")
    expect(page.get_by_role("grid", name="Operations").get_by_role("row").nth(1)).to_be_visible()
    with page.expect_request(lambda request: "/api/v1/services?" in request.url) as asked:
        page.keyboard.press("c")
    expect(page).to_have_url(re.compile("cmp=prev"))
    window = urllib.parse.parse_qs(urllib.parse.urlparse(asked.value.url).query)
    shown = page.get_by_role("button", name="Last 1 hour")
    expect(shown).to_be_visible()
    assert int(window["to"][0]) - int(window["from"][0]) == 3_600_000
    now = page.evaluate("Date.now()")
    assert 3_600_000 <= now - int(window["to"][0]) < 4_200_000, "the hour before the last one"
    rate = page.get_by_role("figure", name=re.compile("^Requests a second"))
    expect(rate).to_have_attribute("aria-label", re.compile("requests before"))
    rate.focus()
    page.keyboard.press("Alt+t")
    expect(rate.get_by_role("columnheader", name="requests before")).to_be_visible()
    page.keyboard.press("Alt+t")
    page.get_by_label("Compare with").select_option("with a week before")
    expect(page).to_have_url(re.compile("cmp=-7d"))
    assert quiet.violations("comparison") == []
    page.keyboard.press("Escape")


def test_a_service_leads_to_its_slowest_traces_and_newest_warnings(quiet, trace):
    page = quiet.page
    quiet.open("services/gateway")
    page.get_by_role("region", name="Newest warnings and errors").get_by_role("link", name=re.compile("the stock is slow")).click()
    expect(page).to_have_url(re.compile(r"/ui/logs\?.*f=severity:gte:warn.*log="))
    expect(page.get_by_role("complementary", name="Log record")).to_contain_text("the stock is slow")
    page.go_back()
    page.get_by_role("region", name="Slowest traces").get_by_role("listitem").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/ui/traces/" + trace))
    errors = page.locator(".mark-strip")
    expect(errors).to_be_visible()
    errors.click(position={"x": 4, "y": 60})
    expect(page).to_have_url(re.compile(r"span=[0-9a-f]{16}"))
    expect(page.locator(".waterfall .grid-row.active.failed")).to_have_count(1)
