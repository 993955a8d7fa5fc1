"""Loki's HTTP API, asked exactly as Grafana, logcli and the Python clients ask it."""
import base64
import gzip
import json
import logging
import os
import socket
import struct
import time
import urllib.error
import urllib.parse
import urllib.request

import logging_loki
import pytest
from grafana_loki_client import Client
from grafana_loki_client.api.query_range import get_loki_api_v1_query_range

from otlp_bodies import PROTOBUF, logs_body
from sightline_process import eventually

LOKI = "/loki/api/v1"


def ask(server, path, method="GET", headers=None, body=None, **parameters):
    """Status, headers and text of an answer."""
    query = urllib.parse.urlencode(parameters, doseq=True)
    url = server.api + path
    if method == "GET" and query:
        url += "?" + query
    elif method == "POST" and body is None:
        body = query.encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def data(server, path, **parameters):
    status, _, text = ask(server, LOKI + path, **parameters)
    assert status == 200, text
    answer = json.loads(text)
    assert answer["status"] == "success"
    return answer["data"]


def push(server, body, **headers):
    return ask(server, LOKI + "/push", "POST", {"Content-Type": "application/json", **headers}, body)


@pytest.fixture(scope="module")
def loki(server):
    """The server with three streams in it; `origin` is the second of the first line."""
    server.origin = int(time.time()) - 600
    at = lambda second: str((server.origin + second) * 1_000_000_000)
    streams = [
        {"stream": {"app": "shop", "zone": "eu"}, "values": [
            [at(0), 'level=info msg="one" took=10ms'],
            [at(1), 'level=error msg="two" took=2s', {"trace_id": "abc", "zone": "meta"}]]},
        {"stream": {"app": "shop", "zone": "us"}, "values": [[at(2), '{"level":"warn","n":3}']]},
        {"stream": {"app": "bank"}, "values": [[at(3), "plain"]]},
    ]
    status, _, text = push(server, json.dumps({"streams": streams}).encode())
    assert (status, text) == (204, "")
    server.window = {"start": at(0), "end": at(60)}
    return server


def test_health_checks_of_grafana(loki):
    answer = data(loki, "/query", query="vector(1)+vector(1)")
    assert answer["resultType"] == "vector"
    assert [(row["metric"], row["value"][1]) for row in answer["result"]] == [({}, "2")]
    assert data(loki, "/query", query="vector(1)+vector(1)", method="POST")["result"]
    assert ask(loki, "/ready")[0] == 200
    build = json.loads(ask(loki, LOKI + "/status/buildinfo")[2])
    assert set(build) >= {"version", "revision", "branch", "goVersion"}
    assert "limits" in json.loads(ask(loki, LOKI + "/drilldown-limits")[2])


def test_lines(loki):
    answer = data(loki, "/query_range", query='{app="shop"}', limit=10, direction="forward", **loki.window)
    assert answer["resultType"] == "streams"
    streams = {(row["stream"]["zone"], row["stream"].get("zone_extracted")): row for row in answer["result"]}
    assert set(streams) == {("eu", None), ("eu", "meta"), ("us", None)}
    assert streams["eu", None]["values"] == [[str(loki.origin * 10**9), 'level=info msg="one" took=10ms']]
    assert streams["eu", "meta"]["stream"]["trace_id"] == "abc"
    assert answer["stats"]["summary"]["totalEntriesReturned"] == 3
    newest = data(loki, "/query_range", query='{app=~".+"}', limit=1, **loki.window)
    assert newest["result"][0]["values"][0][1] == "plain"


def test_lines_with_categorised_labels(loki):
    flags = {"X-Loki-Response-Encoding-Flags": "categorize-labels", "X-Query-Tags": "Source=logsample"}
    answer = data(loki, "/query_range", query='{app="shop", zone="eu"} | logfmt', direction="forward",
                  headers=flags, **loki.window)
    assert answer["encodingFlags"] == ["categorize-labels"]
    [stream] = answer["result"]
    assert stream["stream"] == {"app": "shop", "zone": "eu"}
    assert stream["values"][0][2] == {"parsed": {"level": "info", "msg": "one", "took": "10ms"}}
    assert stream["values"][1][2]["structuredMetadata"] == {"trace_id": "abc", "zone_extracted": "meta"}


def test_log_volume_as_grafana_asks_for_it(loki):
    query = 'sum by (level, detected_level) (count_over_time({app="shop"} | logfmt [60000ms]))'
    answer = data(loki, "/query_range", query=query, step="60000ms", **loki.window)
    assert answer["resultType"] == "matrix"
    levels = {row["metric"].get("level"): sum(float(v) for _, v in row["values"]) for row in answer["result"]}
    assert levels["error"] == 1 and levels["info"] == 1
    start, value = answer["result"][0]["values"][0]
    assert isinstance(start, (int, float)) and isinstance(value, str)


def test_numbers(loki):
    at = loki.origin + 60
    instant = data(loki, "/query", query='sum by (app) (count_over_time({app=~".+"}[2m]))', time=at)
    assert sorted((row["metric"]["app"], row["value"]) for row in instant["result"]) == [
        ("bank", [at, "1"]), ("shop", [at, "3"])]
    assert data(loki, "/query", query="1+1", time=at) ["result"] == [at, "2"]
    form = data(loki, "/query_range", method="POST", query='rate({app="bank"}[1m])', step="30", **loki.window)
    assert form["result"][0]["metric"] == {"app": "bank"}


def test_plans_stand_beside_the_answer(loki):
    status, _, text = ask(loki, LOKI + "/query_range", query='sum(count_over_time({app="shop"} |= "one" [1m]))', step="60", explain="1", **loki.window)
    answer = json.loads(text)
    assert status == 200 and answer["data"]["resultType"] == "matrix"
    assert answer["explain"]["language"] == "logql"
    assert any("store: count in buckets" in line for line in answer["explain"]["plan"])
    assert {"blocks_total", "blocks_read", "blocks_pruned", "bytes_read", "rows_scanned", "rows_matched", "elapsed_ms"} == set(answer["explain"]["statistics"])
    lines = json.loads(ask(loki, LOKI + "/query_range", query='{app="shop"}', explain="1", **loki.window)[2])
    assert len(lines["data"]["result"]) == 3 and lines["explain"]["plan"][0] == 'lines {app="shop"}'
    assert lines["explain"]["statistics"]["rows_matched"] >= 3
    assert "explain" not in json.loads(ask(loki, LOKI + "/query_range", query='{app="shop"}', **loki.window)[2])


def test_patterns(loki):
    at = lambda second: str((loki.origin + second) * 1_000_000_000)
    values = [[at(100 + number), f"user {number} bought {number * 3} apples from {'red' if number % 2 else 'green'} trees"] for number in range(20)]
    values += [[at(130 + number), f"cache warmed in {number} ms"] for number in range(5)]
    assert push(loki, json.dumps({"streams": [{"stream": {"app": "patterns"}, "values": values}]}).encode())[0] == 204
    found = data(loki, "/patterns", query='{app="patterns"}', start=at(90), end=at(200), step="60")
    assert [one["pattern"] for one in found] == ["user <_> bought <_> apples from <_> trees", "cache warmed in <_> ms"]
    assert [sum(count for _, count in one["samples"]) for one in found] == [20, 5]
    assert all(second % 60 == 0 for one in found for second, _ in one["samples"])
    status, _, text = ask(loki, LOKI + "/patterns", start=at(90), end=at(200))
    assert status == 400 and "query" in text


def test_labels_and_series(loki):
    assert set(data(loki, "/labels", **loki.window)) >= {"app", "zone"}
    assert data(loki, "/label/app/values", **loki.window) == ["bank", "shop"]
    assert data(loki, "/label/zone/values", query='{app="shop"}', **loki.window) == ["eu", "us"]
    series = data(loki, "/series", **{"match[]": ['{app="shop"}', '{app="bank"}'], **loki.window})
    assert sorted(map(json.dumps, series)) == sorted(map(json.dumps, [
        {"app": "bank"}, {"app": "shop", "zone": "eu"}, {"app": "shop", "zone": "us"}]))
    assert data(loki, "/series", method="POST", **{"match[]": '{app="bank"}', **loki.window}) == [{"app": "bank"}]


def test_index(loki):
    stats = json.loads(ask(loki, LOKI + "/index/stats", query='{app="bank"}', **loki.window)[2])
    assert (stats["streams"], stats["entries"], stats["bytes"]) == (1, 1, 5)
    volume = data(loki, "/index/volume", query='{app=~".+"}', **loki.window)
    assert volume["resultType"] == "vector"
    assert {row["metric"]["app"]: row["value"][1] for row in volume["result"]}["bank"] == "5"
    steps = data(loki, "/index/volume_range", query='{app=~".+"}', step="1m", **loki.window)
    assert steps["resultType"] == "matrix"


def test_detection(loki):
    labels = json.loads(ask(loki, LOKI + "/detected_labels", **loki.window)[2])["detectedLabels"]
    assert {"label": "app", "cardinality": 2} in labels
    fields = json.loads(ask(loki, LOKI + "/detected_fields", query='{app="shop"}', **loki.window)[2])["fields"]
    found = {field["label"]: field for field in fields}
    assert found["took"]["type"] == "duration" and found["took"]["parsers"] == ["logfmt"]
    assert found["n"] == {"label": "n", "type": "int", "cardinality": 1, "parsers": ["json"]}
    assert found["trace_id"]["parsers"] == []
    values = json.loads(ask(loki, LOKI + "/detected_field/msg/values", query='{app="shop"}', **loki.window)[2])
    assert values["values"] == ["one", "two"]


@pytest.mark.parametrize("path, parameters, message", [
    ("/query_range", {"query": '{app="a"'}, "parse error at line 1, col 9: syntax error: unexpected $end"),
    ("/query_range", {"query": "{}"}, "queries require at least one regexp or equality matcher"),
    ("/query", {"query": '{app="a"}'}, "log queries are not supported as an instant query type"),
    ("/query_range", {"query": '{app="a"}', "limit": "99999"}, "max entries limit per query exceeded"),
    ("/query_range", {"query": '{app="a"}', "start": "x"}, "could not parse 'start' parameter"),
    ("/query_range", {"query": "vector(1)", "step": "1ms"}, "exceeded maximum resolution"),
    ("/query_range", {"query": 'rate({app="shop"} | json [1m])'}, "pipeline error: 'JSONParserErr'"),
    ("/series", {"match[]": "rate"}, "parse error"),
])
def test_errors_are_plain_text(loki, path, parameters, message):
    status, headers, text = ask(loki, LOKI + path, **{**loki.window, **parameters})
    assert status == 400
    assert headers["Content-Type"].startswith("text/plain")
    assert message in text


def test_format_query(loki):
    assert data(loki, "/format_query", query='sum(rate({a="b"}[60s]))by(c)') == 'sum by (c) (rate({a="b"} [1m]))'


def test_push_formats(loki):
    now = time.time_ns()
    body = json.dumps({"streams": [{"stream": {"app": "zipped"}, "values": [[str(now), "x"]]}]}).encode()
    assert push(loki, gzip.compress(body), **{"Content-Encoding": "gzip"})[0] == 204

    def field(number, content):
        return bytes([number << 3 | 2, len(content)]) + content

    def varint(value):
        out = b""
        while value >= 128:
            out += bytes([value & 127 | 128])
            value >>= 7
        return out + bytes([value])

    entry = field(1, b"\x08" + varint(now // 10**9)) + field(2, b"from protobuf")
    plain = field(1, field(1, b'{app="proto"}') + field(2, entry))
    # A snappy block of one literal.
    block = varint(len(plain)) + bytes([60 << 2, len(plain) - 1]) + plain
    status, _, text = ask(loki, LOKI + "/push", "POST", {"Content-Type": "application/x-protobuf"}, block)
    assert status == 204, text
    for app, line in [("zipped", "x"), ("proto", "from protobuf")]:
        [stream] = data(loki, "/query_range", query='{app="%s"}' % app)["result"]
        assert stream["values"][0][1] == line
    assert push(loki, b"{")[0] == 400
    assert ask(loki, LOKI + "/push", "POST", {"Content-Type": "text/csv"}, b"x")[0] == 415
    old = json.dumps({"streams": [{"stream": {"app": "old"}, "values": [["1", "x"]]}]}).encode()
    status, _, text = push(loki, old)
    assert status == 400 and text


class Tail:
    """A WebSocket of a few lines, enough to listen."""

    def __init__(self, server, target):
        host, port = server.api.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head, head

    def take(self, count):
        while len(self.buffer) < count:
            chunk = self.socket.recv(65536)
            assert chunk, "closed"
            self.buffer += chunk
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def message(self):
        _, length = self.take(2)
        if length == 126:
            [length] = struct.unpack(">H", self.take(2))
        elif length == 127:
            [length] = struct.unpack(">Q", self.take(8))
        return json.loads(self.take(length))


def test_deletion(loki):
    at = lambda second: str((loki.origin + second) * 1_000_000_000)
    streams = [{"stream": {"app": app}, "values": [[at(200 + number), f"{kind} {number}"] for number in range(6) for kind in ("keep", "secret")]}
               for app in ("gone", "stays")]
    assert push(loki, json.dumps({"streams": streams}).encode())[0] == 204
    window = {"start": at(190), "end": at(300)}

    def lines(app):
        return sorted(line for row in data(loki, "/query_range", query='{app="%s"}' % app, limit=100, **window)["result"] for _, line in row["values"])

    # Both ends of the range belong to it.
    query = '{app="gone"} |= "secret"'
    status, _, text = ask(loki, LOKI + "/delete", "POST", query=query, start=loki.origin + 201, end=loki.origin + 204)
    assert (status, text) == (204, "")
    assert lines("gone") == sorted([f"keep {n}" for n in range(6)] + ["secret 0", "secret 5"])
    assert len(lines("stays")) == 12
    put = urllib.parse.urlencode({"query": '{app="gone", detected_level!="x"} |~ "[0-9]"', "start": loki.origin})
    assert ask(loki, LOKI + "/delete?" + put, "PUT")[0] == 204
    assert lines("gone") == [] and len(lines("stays")) == 12
    listed = json.loads(ask(loki, LOKI + "/delete")[2])
    assert [one["query"] for one in listed][1:] == [query] and listed[1]["start_time"] == loki.origin + 201
    assert all(one["status"] in ("received", "processed") and one["created_at"] >= loki.origin for one in listed)
    assert eventually(lambda: json.loads(ask(loki, LOKI + "/delete")[2])[1]["status"] == "processed")
    status, _, text = ask(loki, LOKI + "/delete?request_id=" + listed[1]["request_id"], "DELETE")
    assert status == 400 and "not allowed" in text
    assert ask(loki, LOKI + "/delete?request_id=999", "DELETE")[0] == 404


@pytest.mark.parametrize("parameters, message", [
    ({"start": "1"}, "query not set"), ({"query": '{app="a"}'}, "start time not set"),
    ({"query": '{app="a"', "start": "1"}, "parse error"),
    ({"query": 'count_over_time({app="a"}[1m])', "start": "1"}, "only label matchers"),
    ({"query": '{app="a"}', "start": "5", "end": "4"}, "greater than end"),
    ({"query": '{app="a"}', "start": "5", "end": "9000000000"}, "in the future"),
    ({"query": '{app="shop"} | json | n > 2', "start": "1"}, "but not: | json"),
])
def test_deletions_that_are_refused(loki, parameters, message):
    status, _, text = ask(loki, LOKI + "/delete", "POST", **parameters)
    assert status == 400 and message in text


def test_otlp_and_rules_where_loki_has_them(loki):
    assert ask(loki, "/otlp/v1/logs", "POST", PROTOBUF, logs_body([{"body": "by otlp"}], "native"))[0] == 200
    assert ask(loki, "/otlp/v1/logs", "POST", {"Content-Type": "text/csv"}, b"x")[0] == 415
    [stream] = eventually(lambda: data(loki, "/query_range", query='{service_name="native"}')["result"])
    assert stream["values"][0][1] == "by otlp"
    status, headers, text = ask(loki, LOKI + "/rules")
    assert (status, headers["Content-Type"], text) == (200, "application/yaml", "{}\n")


def test_tail(loki):
    query = urllib.parse.quote('{app=~"shop|live"} |~ "level|new"')
    tail = Tail(loki, f"{LOKI}/tail?query={query}&limit=2&start={loki.window['start']}")
    stored = tail.message()
    lines = [line for stream in stored["streams"] for _, line in stream["values"]]
    assert len(lines) == 2 and any("two" in line for line in lines)
    body = {"streams": [{"stream": {"app": "live"}, "values": [[str(time.time_ns()), "new"], [str(time.time_ns()), "no"]]}]}
    assert push(loki, json.dumps(body).encode())[0] == 204
    live = tail.message()
    assert [stream["stream"] for stream in live["streams"]] == [{"app": "live"}]
    assert [line for _, line in live["streams"][0]["values"]] == ["new"]
    tail.socket.close()
    status, _, text = ask(loki, f"{LOKI}/tail", query="{")
    assert status == 400 and "parse error" in text


def test_python_logging_loki(loki):
    handler = logging_loki.LokiHandler(url=loki.api + LOKI + "/push", tags={"application": "py"}, version="1")
    logger = logging.getLogger("loki-test")
    logger.addHandler(handler)
    logger.error("from python", extra={"tags": {"part": "test"}})
    logger.removeHandler(handler)
    found = eventually(lambda: data(loki, "/query_range", query='{application="py", severity="error"}')["result"])
    assert found[0]["values"][0][1] == "from python"
    assert found[0]["stream"]["part"] == "test"


def test_python_loki_client(loki):

    answer = get_loki_api_v1_query_range.sync(
        client=Client(base_url=loki.api), query='{app="bank"}', start=int(loki.window["start"]),
        end=int(loki.window["end"]))
    assert answer.status == "success"
    assert answer.data.result[0].values[0][1] == "plain"
