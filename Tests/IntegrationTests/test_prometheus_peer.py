"""Debian's Prometheus and Sightline hold the same samples and answer the same queries alike.

Evaluated off the sample grid, since Prometheus 2 includes the left end of a range and 3 does not. Nothing else is left out.
"""
import json
import math
import random
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from sightline_process import eventually

COUNTERS = ["node_cpu_seconds_total", "node_context_switches_total", "node_network_receive_bytes_total", "go_gc_duration_seconds_count", "node_intr_total"]
GAUGES = ["node_load1", "node_memory_MemFree_bytes", "node_filesystem_avail_bytes", "scrape_duration_seconds", "go_goroutines", "up", "node_cpu_guest_seconds_total"]
LABELS = ["cpu", "mode", "device", "job", "mountpoint", "instance"]


def generated(count, seed=7):
    """Queries from a grammar, the same for every run."""
    pick = random.Random(seed)

    def window():
        return pick.choice(["3s", "5s", "7s", "10s"])

    def selector(names):
        matcher = pick.choice(["", "", '{job="node"}', '{mode=~"user|system|idle"}', '{device!="lo"}', '{cpu!~"1.*"}'])
        return pick.choice(names) + matcher

    def vector(depth):
        kind = pick.randrange(9 if depth else 4)
        if kind == 0:
            return selector(COUNTERS + GAUGES) + pick.choice(["", "", " offset 2s"])
        if kind == 1:
            return f"{pick.choice(['rate', 'increase', 'irate', 'resets', 'changes'])}({selector(COUNTERS)}[{window()}])"
        if kind == 2:
            function = pick.choice(["avg_over_time", "max_over_time", "min_over_time", "sum_over_time", "count_over_time", "last_over_time", "delta", "deriv", "stddev_over_time", "idelta"])
            return f"{function}({selector(GAUGES)}[{window()}])"
        if kind == 3:
            return f"quantile_over_time({pick.choice(['0', '0.3', '0.9', '1'])}, {selector(GAUGES)}[{window()}])"
        if kind == 4:
            grouping = f"{pick.choice(['by', 'without'])} ({', '.join(pick.sample(LABELS, 2))})"
            return f"{pick.choice(['sum', 'avg', 'max', 'min', 'count', 'stddev', 'group'])} {grouping} ({vector(depth - 1)})"
        if kind == 5:
            return f"{pick.choice(['abs', 'ceil', 'floor', 'sqrt', 'ln', 'exp', 'sgn', 'round'])}({vector(depth - 1)})"
        if kind == 6:
            return f"({vector(depth - 1)}) {pick.choice(['+', '-', '*', '/', '> bool', '<=', '%'])} {pick.choice(['2', '0.5', '100'])}"
        if kind == 7:
            inner = vector(depth - 1)
            return f"({inner}) {pick.choice(['and', 'or', 'unless', '+', '/'])} ({inner})"
        # Steps of a subquery stand at multiples of 2 s; an even range within another subquery would begin on one, where 2.42's
        # closed ranges take a step more.
        return f"max_over_time(({vector(depth - 1)})[7s:2s])"

    return [vector(2) for _ in range(count)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def result(base, path, **parameters):
    """The answer's samples by labels, or the kind of its error."""
    try:
        with urllib.request.urlopen(f"{base}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=60) as answer:
            found = json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        return json.load(error)["errorType"]
    return {json.dumps(one["metric"], sort_keys=True): [one["value"]] if "value" in one else one["values"] for one in found}


def alike(left, right):
    if isinstance(left, str) or isinstance(right, str):
        return left == right
    if left.keys() != right.keys():
        return False
    return all(
        len(left[key]) == len(right[key]) and all(
            a[0] == b[0] and (a[1] == b[1] or math.isclose(float(a[1]), float(b[1]), rel_tol=1e-9, abs_tol=1e-9))
            for a, b in zip(left[key], right[key]))
        for key in left)


@pytest.fixture(scope="module")
def peer(server, tmp_path_factory):
    """A Prometheus that scraped for some seconds and wrote everything to the server: its address and the last time."""
    folder = tmp_path_factory.mktemp("prometheus")
    ports = [free_port(), free_port()]
    ours = server.api + "/prometheus"
    (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s}}
scrape_configs: [{{job_name: node, static_configs: [{{targets: ["127.0.0.1:{ports[0]}"]}}]}}]
remote_write: [{{url: "{ours}/api/v1/write"}}]
""")
    log = open(folder / "log", "wb")
    processes = [
        subprocess.Popen(["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{ports[0]}"], stdout=log, stderr=log),
        subprocess.Popen(["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{ports[1]}"], stdout=log, stderr=log, cwd=folder),
    ]
    theirs = f"http://127.0.0.1:{ports[1]}"

    def scraped():
        try:
            return result(theirs, "query", query="count_over_time(up[1m]) >= 20")
        except (OSError, ValueError):
            return None

    try:
        assert eventually(scraped, seconds=90, interval=0.5), (folder / "log").read_text()[-2000:]
        at = round(time.time(), 3)
        # Everything up to then has arrived when something later has.
        assert eventually(lambda: result(ours, "query", query=f"timestamp(up) > {at + 1}", time=time.time() + 5), seconds=60, interval=0.5)
        yield theirs, ours, at
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def test_two_hundred_queries_answer_alike(peer):
    theirs, ours, at = peer
    different, filled = [], 0
    for number, query in enumerate(generated(200)):
        if number % 4:
            moment = {"query": query, "time": round(at - 0.5 * (number % 7), 3)}
            expected, got = result(theirs, "query", **moment), result(ours, "query", **moment)
        else:
            window = {"query": query, "start": at - 9, "end": at, "step": 1.7}
            expected, got = result(theirs, "query_range", **window), result(ours, "query_range", **window)
        filled += bool(expected) and not isinstance(expected, str)
        if not alike(expected, got):
            different.append((query, expected, got))
    assert not different, f"{len(different)} differ, the first: {different[0]}"
    assert filled > 120


def test_labels_and_series_answer_alike(peer):
    theirs, ours, at = peer

    def values(base, path, **parameters):
        with urllib.request.urlopen(f"{base}/api/v1/{path}?{urllib.parse.urlencode(parameters, doseq=True)}", timeout=60) as answer:
            return json.load(answer)["data"]

    # The server's own metrics are its alone.
    window = {"start": at - 10, "end": at, "match[]": '{job="node"}'}
    for path in ["labels", "label/__name__/values", "label/mode/values", "label/instance/values"]:
        assert values(ours, path, **window) == values(theirs, path, **window), path
    chosen = {**window, "match[]": ['node_cpu_seconds_total{mode="idle"}', "up"]}
    assert values(ours, "series", **chosen) == values(theirs, "series", **chosen)
