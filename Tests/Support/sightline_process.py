"""Starts, asks, kills and restarts a real `sightline serve`."""
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).parents[2]
# Taken out of the environment: the server would call it an unknown setting.
BINARY = os.environ.pop("SIGHTLINE_BINARY", str(ROOT / ".build/release/sightline"))


def eventually(condition, seconds=20.0, interval=0.05):
    """The first true value of `condition()`, or its last value when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(interval)


class Sightline:
    """A server process. `otlp_http`, `otlp_grpc` and `api` are its addresses once it is ready."""

    def __init__(self, data, arguments=(), environment=None):
        self.data = pathlib.Path(data)
        self.arguments = list(arguments)
        self.environment = {**os.environ, **(environment or {})}
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, wait=30):
        self.log = open(self.data.parent / (self.data.name + ".log"), "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(self.data), "--http", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0",
             "--otlp-grpc", "127.0.0.1:0", *self.arguments],
            stdout=subprocess.PIPE, stderr=self.log, env=self.environment, cwd=ROOT)
        line = self.process.stdout.readline().decode()
        assert "http://" in line, f"no address printed: {line!r}; see {self.log.name}: {self.tail()}"
        self.api = line[line.index("http://"):].split()[0].rstrip("/")
        if self.api.endswith("/ui"):
            self.api = self.api[:-3]
        listeners = {item["kind"]: item["address"] for item in self.get("/api/v1/status")["listeners"]}
        self.otlp_http = "http://" + listeners["otlp_http"]
        self.otlp_grpc = listeners["otlp_grpc"]
        return self

    def tail(self):
        return pathlib.Path(self.log.name).read_text()[-2000:]

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """`kill -9`, and wait until the process is gone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self, seconds=30):
        """Asks the server to shut down; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
                raise
        return self.process.returncode

    def get(self, path, **parameters):
        """A JSON answer of the API."""
        with self.open(path, **parameters) as answer:
            return json.load(answer)

    def stream(self, path, **parameters):
        """The lines of an NDJSON answer; fails unless it ends with `end`."""
        with self.open(path, **parameters) as answer:
            lines = [json.loads(line) for line in answer]
        assert lines[-1]["k"] == "end", lines[-1]
        return lines

    def rows(self, path, **parameters):
        return [row for line in self.stream(path, **parameters) if line["k"] == "rows" for row in line["rows"]]

    def logs(self, q="", limit=10000, **parameters):
        parameters = {"from": "now-1d", "to": "now+1d", **parameters}
        return self.rows("/api/v1/logs", q=q, limit=limit, **parameters)

    def open(self, path, **parameters):
        query = urllib.parse.urlencode({k: v for k, v in parameters.items() if v not in (None, "")}, doseq=True)
        return urllib.request.urlopen(self.api + path + ("?" + query if query else ""), timeout=60)

    def post(self, path, body, headers=None):
        """Status, headers and body of a POST to the OTLP/HTTP listener."""
        request = urllib.request.Request(self.otlp_http + path, body, headers or {}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def peak_memory_bytes(self):
        for line in open(f"/proc/{self.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024

    def rejected(self):
        """Counts of the ledger by (signal, reason)."""
        counts = {}
        for item in self.get("/api/v1/ingest/rejected")["items"]:
            key = (item["signal"], item["reason"])
            counts[key] = counts.get(key, 0) + item["count"]
        return counts


class Demo(Sightline):
    """`sightline demo`: the server with the Shop sending to it."""

    def start(self, wait=30):
        self.log = open(self.data.parent / (self.data.name + ".log"), "ab")
        self.process = subprocess.Popen(
            [BINARY, "demo", "--data", str(self.data), "--http", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0",
             "--otlp-grpc", "127.0.0.1:0", "--load", "10"], stdout=subprocess.PIPE, stderr=self.log, cwd=ROOT)
        line = self.process.stdout.readline().decode()
        self.began = time.monotonic()
        assert "http://" in line, self.tail()
        self.api = line[line.index("http://"):].split()[0].removesuffix("/").removesuffix("/ui")
        return self

    def services(self):
        """The services of the last hour by name."""
        return {one["name"]: one for one in self.get("/api/v1/services")["services"]}
