"""Starts a server, sends it generated telemetry, asks it questions, and prints what each cost.

    python measure.py --data DATA [--binary .build/release/sightline] [--signals logs,traces,metrics]

Prints one JSON line per signal (accepted records per CPU-second of the server, up to the last answer and until it fell quiet,
memory, bytes on disk) and one per question (cold and warm latency, server CPU, answer and truth).
"""
import argparse
import http.client
import json
import os
import pathlib
import queue
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Tests" / "Support"))
import sightline_process  # noqa: E402
from wire import read_bodies  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_mb(pid, name):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(name):
            return round(int(line.split()[1]) / 1024)


def stored_bytes(folder, pattern="*.part"):
    return sum(file.stat().st_size for file in pathlib.Path(folder).rglob(pattern))


def settle(pid, quiet=5, busy=0.04, limit=90):
    """Waits until the server has used under `busy` cores for `quiet` seconds."""
    end, calm, last, before = time.monotonic() + limit, 0, cpu_seconds(pid), time.monotonic()
    while calm < quiet and time.monotonic() < end:
        time.sleep(1)
        now, used = time.monotonic(), cpu_seconds(pid)
        calm = calm + 1 if (used - last) / (now - before) < busy else 0
        last, before = used, now


def replay(server, path, file, connections=4):
    host = server.otlp_http[7:]
    bodies, accepted, retries, failures = queue.Queue(connections * 2), 0, 0, {}
    lock = threading.Lock()

    def work():
        nonlocal accepted, retries
        connection = http.client.HTTPConnection(host, timeout=300)
        while (item := bodies.get()) is not None:
            body, records = item
            while True:
                connection.request("POST", path, body, {"Content-Type": "application/x-protobuf"})
                answer = connection.getresponse()
                content = answer.read()
                if answer.status not in (429, 503):
                    break
                retries += 1
                time.sleep(0.1)
            with lock:
                if answer.status == 200 and not content:
                    accepted += records
                else:
                    failures[f"{answer.status} {content[:100]!r}"] = failures.get(f"{answer.status} {content[:100]!r}", 0) + 1

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for item in read_bodies(file):
        bodies.put(item)
    for _ in threads:
        bodies.put(None)
    for thread in threads:
        thread.join()
    return accepted, retries, failures


def ingest(server, signal, folder):
    cpu, began = cpu_seconds(server.pid), time.monotonic()
    before = stored_bytes(server.data)
    accepted, retries, failures = replay(server, f"/v1/{signal}", os.path.join(folder, f"{signal}.otlp"))
    wall, used = time.monotonic() - began, cpu_seconds(server.pid) - cpu
    settle(server.pid)
    settled = cpu_seconds(server.pid) - cpu
    return {
        "signal": signal, "accepted": accepted, "retries": retries, "failures": failures, "wall_s": round(wall, 1), "cpu_s": round(used, 2),
        "records_per_cpu_s": round(accepted / max(used, 0.01)), "records_per_cpu_s_settled": round(accepted / max(settled, 0.01)),
        "peak_rss_mb": memory_mb(server.pid, "VmHWM"), "stored_bytes": stored_bytes(server.data) - before}


def questions(truth):
    """Name, path, parameters, and the function from answer lines to (got, want)."""
    window = {"from": (truth["end"] - truth["hours"] * 3600) * 1000, "to": (truth["end"] + 60) * 1000}

    def total(lines):
        groups = [group for line in lines if line["k"] == "series" for group in line["groups"]]
        flat = lambda value: sum(v or 0 for v in value) if isinstance(value, list) else value or 0  # noqa: E731
        return sum(flat(group["values"][0]) for group in groups)

    def row_count(lines):
        return sum(len(line["rows"]) for line in lines if line["k"] == "rows")

    if "logs" in truth:
        needle = truth["needles"][len(truth["needles"]) // 2]
        service = max(truth["logs_by_service"], key=truth["logs_by_service"].get)
        yield "logs: trace needle", "/api/v1/logs", {"q": f"trace_id:{needle['trace_id']}", "limit": 1000, **window}, lambda x: (row_count(x), needle["logs"])
        yield "logs: phrase, newest 100", "/api/v1/logs", {"q": 'body:"circuit breaker opened"', "limit": 100, **window}, lambda x: (row_count(x), min(100, truth["phrase"]))
        yield "logs: phrase, count", "/api/v1/logs/aggregate", {"q": 'body:"circuit breaker opened"', **window}, lambda x: (total(x), truth["phrase"])
        yield "logs: regular expression, count", "/api/v1/logs/aggregate", {"q": "body:/slow query on products took 1[0-9]*ms/", **window}, lambda x: (total(x), truth["slow_query"])
        yield "logs: service and severity, newest 100", "/api/v1/logs", {"q": f"service:{service} severity:error", "limit": 100, **window}, lambda x: (row_count(x), min(100, truth["severity"].get(service + "/ERROR", 0)))
        yield "logs: count by service per minute", "/api/v1/logs/aggregate", {"by": "service", "step": "1m", **window}, lambda x: (total(x), truth["logs"])
        yield "logs: top 10 users", "/api/v1/logs/aggregate", {"by": "user.id", "limit": 10, **window}, None
        yield "spans: search, newest 20", "/api/v1/traces", {"q": f"service:{service} duration:>10ms", "limit": 20, **window}, lambda x: (row_count(x), 20)
        yield "spans: RED per service per minute", "/api/v1/traces/aggregate", {"by": "service", "step": "1m", "agg": "count,errors,p95(duration)", **window}, lambda x: (total(x), truth["spans"])
        yield "spans: trace by id", f"/api/v1/traces/{needle['trace_id']}", window, lambda x: (x["total_spans"], needle["spans"])
    if "points" in truth:
        metric_window = {"from": truth["metrics_start"] * 1000, "to": (truth["end"] + 1) * 1000}
        yield "metrics: rate by service", "/api/v1/metrics/points", {"name": "app.requests", "by": "service.name", "fn": "rate", "step": "60s", **metric_window}, lambda x: (len(x["series"]), 10)
        yield "metrics: p99 by route", "/api/v1/metrics/points", {"name": "http.server.request.duration", "by": "http.route", "fn": "p99", "step": "60s", **metric_window}, lambda x: (len(x["series"]), 6)


def ask(server, path, parameters):
    began = time.perf_counter()
    with server.open(path, **parameters) as answer:
        content = answer.read()
    elapsed = (time.perf_counter() - began) * 1000
    if answer.headers["Content-Type"].startswith("application/x-ndjson"):
        return elapsed, [json.loads(line) for line in content.splitlines()]
    return elapsed, json.loads(content)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder that generate.py wrote")
    parser.add_argument("--binary", help="default: .build/release/sightline")
    parser.add_argument("--signals", default="logs,traces,metrics")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--questions", action=argparse.BooleanOptionalAction, default=True)
    arguments = parser.parse_args()
    if arguments.binary:
        sightline_process.BINARY = arguments.binary
    truth = json.loads(pathlib.Path(arguments.data, "truth.json").read_text())
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as folder, sightline_process.Sightline(pathlib.Path(folder) / "data", ["--set", "self_telemetry=false"]) as server:
        print(json.dumps({"idle_rss_mb": memory_mb(server.pid, "VmRSS")}), flush=True)
        for signal in arguments.signals.split(","):
            print(json.dumps(ingest(server, signal, arguments.data)), flush=True)
        if not arguments.questions:
            return
        server.stop()
        server.start()
        for name, path, parameters, check in questions(truth):
            cold, answer = ask(server, path, parameters)
            cpu = cpu_seconds(server.pid)
            warm = [ask(server, path, parameters)[0] for _ in range(arguments.runs)]
            line = {"question": name, "cold_ms": round(cold, 1), "warm_ms": round(statistics.median(warm), 1),
                    "cpu_ms": round((cpu_seconds(server.pid) - cpu) * 1000 / arguments.runs, 1)}
            if check:
                got, want = check(answer)
                line.update(got=got, want=want, right=got == want)
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
