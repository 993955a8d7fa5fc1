"""Phones, fingers, 200 % zoom: nothing is cut off, nothing is too small to hit."""

import re

import pytest
from playwright.sync_api import expect

import otlp_json

#: The stream of the gateway's lines, in LogQL.
GATEWAY = "%7Bservice_name%3D%22gateway%22%7D"

#: Pages of the interface; `TRACE` and `LOG` stand for ids that the test sent.
PLACES = ["services", "services/gateway", "logs", "logs?log=LOG", f"logs?lang=logql&q={GATEWAY}", f"logs?lang=logql&tab=patterns&q={GATEWAY}",
          "traces", "traces?lang=traceql&q=%7B%20kind%20%3D%20server%20%7D", "traces/TRACE", "traces/TRACE?span=0000000000000001",
          "metrics", "metrics?q=vector(1)&qb=vector(2)", "metrics?q=vector(1)&qb=vector(2)&tab=table", "start"]

TOO_SMALL = """() => [...document.querySelectorAll('button, a[href], input, select, [role=tab]')].filter(element => {
  const box = element.getBoundingClientRect();
  const seen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 0 && !element.closest('.off-screen, .skip-link, .grid');
  return seen && (box.height < 43.5 || box.width < 43.5) && element.type !== 'checkbox';
}).map(element => element.outerHTML.slice(0, 120) + ' ' + JSON.stringify(element.getBoundingClientRect()))"""

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def places(server):
    otlp_json.send_logs(server, "gateway", ["a line of the gateway that says rather more than a narrow window has room for, and goes on"] * 60)
    trace = otlp_json.send_large_trace(server, 0x51, 200)
    log = server.logs(limit=1)[0]["id"]
    return [path.replace("TRACE", trace).replace("LOG", log) for path in PLACES]


def test_on_a_phone_nothing_is_cut_off_and_every_target_fits_a_finger(make_window, server, places):
    window = make_window(server.api + "/ui/", width=390, height=844, has_touch=True, is_mobile=True)
    page = window.page
    wrong = []
    for path in places:
        window.open(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        window.settle()
        if page.evaluate(TOO_WIDE) > 0:
            wrong.append(f"{path} is wider than the window")
        wrong += [f"{path}: {element}" for element in page.evaluate(TOO_SMALL)]
        wrong += window.violations(path)
        window.shot(re.sub(r"\W+", "-", path)[:48])
    assert not wrong, "\n".join(wrong)


def test_on_a_phone_a_line_opens_over_the_page_and_closes_again(make_window, server, places):
    window = make_window(server.api + "/ui/", width=390, height=844, has_touch=True, is_mobile=True)
    page = window.page
    window.open("logs")
    row = page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)
    row.tap()
    detail = page.get_by_role("complementary", name="Log record")
    expect(detail).to_be_visible()
    assert detail.bounding_box()["width"] == 390
    detail.get_by_role("button", name="Close").tap()
    expect(detail).to_have_count(0)
    page.get_by_role("button", name="Facets").tap()
    expect(page.locator(".facets")).to_be_visible()
    page.locator(".facet-value").first.tap()
    expect(page).to_have_url(re.compile("f=service.name:eq:gateway"))


def test_at_200_percent_zoom_every_page_fits_its_width(make_window, server, places):
    # 1440 × 900 at 200 % has 720 × 450 CSS pixels.
    window = make_window(server.api + "/ui/", width=720, height=450, device_scale_factor=2)
    page = window.page
    for path in places:
        window.open(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        window.settle()
        assert page.evaluate(TOO_WIDE) <= 0, path
        assert window.violations(path) == []


def test_without_motion_nothing_moves(make_window, server, places):
    window = make_window(server.api + "/ui/", reduced_motion="reduce")
    window.open("logs")
    window.settle()
    moving = window.page.evaluate("() => [...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one); return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0; }).length")
    assert moving == 0
