"""`sightline demo`: the Shop's services fill the pages, their traces are whole, and its faults show."""
import subprocess
import time

import pytest

from sightline_process import BINARY, Demo, eventually


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with Demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


def test_services_fill_within_a_minute(demo):
    def filled():
        found = demo.services()
        whole = [one for one in found.values() if one["requests"] > 0 and (one["p95"] or 0) > 0]
        return found if len(whole) >= 8 else None
    found = eventually(filled, seconds=60)
    assert found, demo.services()
    assert time.monotonic() - demo.began < 60
    assert "sightline" not in found


def test_traces_cross_every_boundary(demo):
    def whole_checkout():
        for row in demo.rows("/api/v1/traces", limit=200):
            if len(row["services"]) >= 5:
                skeleton = demo.get(f"/api/v1/traces/{row['trace_id']}")
                if skeleton["complete"] and not skeleton["missing_parents"] and skeleton["logs"] > 0:
                    return skeleton
        return None
    assert eventually(whole_checkout, seconds=60), "a trace of five services, without orphans, with logs"


def test_a_fault_shows_in_the_services(demo):
    assert subprocess.run([BINARY, "demo", "fault", "payment-failure=100"], capture_output=True, text=True).returncode == 0
    try:
        assert eventually(lambda: demo.services().get("payment", {}).get("errors", 0) > 0, seconds=60)
    finally:
        subprocess.run([BINARY, "demo", "fault", "payment-failure=0"], check=True, capture_output=True)


def test_the_shop_stays_under_150_megabytes(demo):
    output = subprocess.run(["ps", "-eo", "pid,ppid,rss,comm"], capture_output=True, text=True).stdout.splitlines()[1:]
    rows = [(int(a), int(b), int(c), d) for a, b, c, d in (line.split(None, 3) for line in output)]
    family = {demo.pid}
    for _ in range(4):
        family |= {pid for pid, parent, _, _ in rows if parent in family}
    total = sum(rss for pid, _, rss, _ in rows if pid in family and pid != demo.pid)
    assert 0 < total < 150 * 1024, f"{total} kB"


def test_the_shop_ends_with_the_server(tmp_path):
    demo = Demo(tmp_path / "data").start()
    eventually(lambda: len(demo.services()) >= 3, seconds=60)
    children = subprocess.run(["pgrep", "-P", str(demo.pid)], capture_output=True, text=True).stdout.split()
    assert children
    assert demo.stop() == 0
    gone = lambda: subprocess.run(["ps", "-p", ",".join(children)], capture_output=True).returncode != 0  # noqa: E731
    assert eventually(gone, seconds=20)
