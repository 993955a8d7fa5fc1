"""What is shown when things are slow, old, lost or new."""

import json
import re
import subprocess

import pytest
from playwright.sync_api import expect

import otlp_json
from fixture_server import FixtureServer
from sightline_process import BINARY

OFFLINE = ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED"]


@pytest.fixture(scope="module")
def slow():
    with FixtureServer("--slow", "1000") as running:
        yield running.address


@pytest.mark.parametrize("path", ["logs", "logs?lang=logql&q=%7Bservice_name%3D~%22.%2B%22%7D"], ids=["search", "logql"])
def test_a_stopped_query_says_what_was_not_read_and_continues_there(make_window, slow, path):
    window = make_window(slow)
    page = window.page
    # The fixture has none of Loki's API, which the volume above the lines is asked of.
    window.tolerated = ["404 (Not Found)"]
    window.open(path)
    grid = page.get_by_role("grid", name="Log lines")
    status = page.locator(".progress-text")
    expect(grid.get_by_role("row").nth(1)).to_be_visible()
    expect(status).to_contain_text("not read yet")
    page.get_by_role("button", name="Stop").click()
    expect(status).to_contain_text(re.compile(r"partial: \d\d:\d\d.* → \d\d:\d\d.* not read"))
    before = int(grid.get_attribute("aria-rowcount"))
    assert before > 1
    assert window.violations("stopped") == []
    page.get_by_role("button", name="Continue").click()
    expect(status).not_to_contain_text("partial")
    expect(status).to_contain_text("rows scanned", timeout=30_000)
    after = int(grid.get_attribute("aria-rowcount"))
    assert after > before
    ids = page.evaluate("""async () => {
      const seen = [];
      const grid = document.querySelector('.log-grid');
      for (let top = 0; top < grid.scrollHeight; top += grid.clientHeight) {
        grid.scrollTop = top;
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        for (const row of grid.querySelectorAll('.grid-row')) seen.push([Number(row.ariaRowIndex ?? row.getAttribute('aria-rowindex')), row.querySelector('.time').textContent]);
      }
      return [...new Map(seen)].sort((a, b) => a[0] - b[0]).map(([, time]) => time);
    }""")
    assert len(ids) == after - 1 and ids == sorted(ids, reverse=True), "newest first, nothing out of order"


def test_old_data_and_a_failed_refresh_say_their_age(make_window, server):
    window = make_window(server.api + "/ui/")
    page = window.page
    window.tolerated = OFFLINE
    otlp_json.send_logs(server, "orders", ["a line"])
    page.clock.install()
    window.open("logs")
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)).to_be_visible()
    chip = page.locator(".age")
    expect(chip).to_have_count(0)
    page.clock.run_for(125_000)
    expect(chip).to_have_text("2 min old")
    page.keyboard.press("r")
    expect(chip).to_have_count(0)
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(chip).to_contain_text("refresh failed")
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)).to_be_visible()
    assert window.violations("offline") == []
    window.shot("offline")
    page.context.set_offline(False)
    # The interface looks for the server by itself, and asks again when it is back.
    expect(chip).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_have_count(0)


def test_a_new_version_is_offered_once_the_server_is_back_and_keeps_the_address(make_window, server):
    window = make_window(server.api + "/ui/")
    page = window.page
    window.tolerated = OFFLINE
    window.open("logs?q=a")
    window.settle()
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()

    def newer(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r"assets/main-\w+\.js", "assets/main-NEWER123.js", answer.text()))

    page.route(re.compile(r"/ui/$"), newer)
    page.context.set_offline(False)
    offer = page.get_by_role("status").filter(has_text="newer version")
    expect(offer).to_be_visible()
    assert window.violations("new version") == []
    page.unroute_all()
    offer.get_by_role("button", name="Load it").click()
    expect(offer).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/ui/logs\?q=a$"))


def test_a_server_that_dies_in_a_query_leaves_what_came(make_window, tmp_path):
    with FixtureServer("--slow", "1000") as running:
        window = make_window(running.address)
        window.tolerated = [*OFFLINE, "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"]
        window.open("logs")
        grid = window.page.get_by_role("grid", name="Log lines")
        expect(grid.get_by_role("row").nth(1)).to_be_visible()
    expect(window.page.locator(".progress-text")).to_contain_text("the connection was lost")
    expect(grid.get_by_role("row").nth(1)).to_be_visible()
    expect(window.page.get_by_role("button", name="Continue")).to_be_visible()


def test_what_is_on_display_is_copied_in_every_form(make_window, server):
    otlp_json.send_logs(server, "orders", ["it's a copied line"])
    window = make_window(server.api + "/ui/", permissions=["clipboard-read", "clipboard-write"])
    page = window.page
    window.open("logs?q=copied")
    expect(page.get_by_role("grid", name="Log lines").get_by_role("row").nth(1)).to_be_visible()

    def copied(name):
        page.keyboard.press("Shift+Y")
        box = page.get_by_role("dialog", name="Copy as")
        expect(box).to_be_visible()
        assert window.violations("copy box") == []
        box.get_by_role("button", name=re.compile("^" + name)).press("Enter")
        expect(page.locator(".toast")).to_contain_text(name + " copied")
        return page.evaluate("() => navigator.clipboard.readText()")

    assert re.search(r"/ui/logs\?from=\d+&to=\d+&q=copied$", copied("Link"))
    assert copied("Moving link").endswith("/ui/logs?q=copied")
    rows = json.loads(copied("JSON"))
    assert [row["body"] for row in rows] == ["it's a copied line"]
    answer = subprocess.run(["bash", "-c", copied("curl")], capture_output=True, text=True, check=True)
    assert "it's a copied line" in answer.stdout
    command = copied("Terminal")
    assert command.startswith("sightline query --server ")
    answer = subprocess.run(["bash", "-c", BINARY + command.removeprefix("sightline")], capture_output=True, text=True, check=True)
    assert "it's a copied line" in answer.stdout
