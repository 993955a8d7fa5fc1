"""Fixtures of the browser tests: Debian's chromium, the server's address, screenshots.

SIGHTLINE_URL          address of a running server with the demo; without it the tests start one
SIGHTLINE_SCREENSHOTS  folder for screenshots (none are taken without it)
SIGHTLINE_CHROMIUM     the browser's executable; /usr/bin/chromium unless given
SIGHTLINE_WEB          folder of the built interface, a setting of the server; web/dist of the checkout unless given
"""

import os
import pathlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from sightline_process import Demo, eventually

# Taken out of the environment: a server started from here would call them unknown settings.
URL = os.environ.pop("SIGHTLINE_URL", "")
SCREENSHOTS = os.environ.pop("SIGHTLINE_SCREENSHOTS", "")
CHROMIUM = os.environ.pop("SIGHTLINE_CHROMIUM", "/usr/bin/chromium")

# A loaded machine is slow, not wrong.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def base_url(tmp_path_factory):
    if URL:
        yield URL.rstrip("/") + "/ui/"
        return
    with Demo(tmp_path_factory.mktemp("browser")) as demo:
        assert eventually(lambda: len(demo.services()) >= 8, seconds=180), "the Shop's services are there"
        yield demo.api + "/ui/"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield launched
        launched.close()


@pytest.fixture(params=["dark", "light"])
def theme(request):
    return request.param


class Window:
    """One page of the browser that notes what must not happen: console errors, uncaught failures, blocked content."""

    def __init__(self, page, base_url, theme, label):
        self.page = page
        self.base_url = base_url
        self.theme = theme
        self.label = label
        self.complaints = []
        #: What a complaint may contain: failures that the test itself brings about.
        self.tolerated = []
        page.on("console", lambda message: message.type == "error" and self.complaints.append(f"{message.text} {message.location.get('url', '')}"))
        page.on("pageerror", lambda failure: self.complaints.append(str(failure)))

    def open(self, path):
        self.page.goto(self.base_url + path)

    def shot(self, name):
        if SCREENSHOTS:
            pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(pathlib.Path(SCREENSHOTS) / f"{self.label}-{name}-{self.theme}.png"))

    def violations(self, place):
        """What axe finds on the page, one line a rule with the first elements."""
        found = Axe().run(self.page).response["violations"]
        return [f"{place}: {rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found]

    def settle(self):
        """Waits until no question is under way and what came is painted."""
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.fixture
def make_window(browser, request):
    """Opens windows on a server; at the end none of them may have complained."""
    opened = []

    def make(address, theme="dark", width=1440, height=900, **options):
        context = browser.new_context(**{"viewport": {"width": width, "height": height}, "color_scheme": theme, "reduced_motion": "reduce", **options})
        page = context.new_page()
        page.set_default_timeout(20_000)
        opened.append(Window(page, address, theme, request.node.originalname))
        return opened[-1]

    yield make
    for one in opened:
        one.page.context.close()
    assert [text for one in opened for text in one.complaints if not any(part in text for part in one.tolerated)] == []


@pytest.fixture
def window(make_window, base_url, theme):
    """A desktop window on the demo, in both themes."""
    return make_window(base_url, theme)


@pytest.fixture
def quiet(make_window, server):
    """A window on a server that holds only what the test sends."""
    return make_window(server.api + "/ui/")
