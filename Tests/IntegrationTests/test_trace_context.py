"""What becomes of a trace context that passes through a service built on the SDK (W3C trace context, level 2).

A sink on a free port records the headers of every request that the service makes. Each case sends headers to the
service and looks at what arrives: the contract of the W3C validation harness in this project's own words.
"""

import json
import os
import pathlib
import re
import signal
import socket
import string
import subprocess
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("TRACE_CONTEXT_SERVICE_BINARY", str(ROOT / ".build/release/trace-context-service"))

TRACE = "6e0c63257de34c92bf9efcd03927272e"
SPAN = "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


class Sink:
    """Records what the service sends."""

    def __init__(self):
        self.requests = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                sink.requests.append((self.path, self.headers, json.loads(body)))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def sink():
    sink = Sink()
    yield sink
    sink.server.shutdown()


@pytest.fixture(scope="module")
def port():
    if not os.path.exists(BINARY):
        pytest.fail(f"{BINARY} is not built: script/build makes it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    service = subprocess.Popen([BINARY, "--port", str(port)], env=environment)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert service.poll() is None and time.monotonic() < deadline, "the service did not start"
            time.sleep(0.05)
    yield port
    service.send_signal(signal.SIGTERM)
    assert service.wait(timeout=30) == 0


def exchange(port, sink, headers, count=1, path="/test"):
    """Sends `headers` as they stand and returns what each of `count` calls carried."""
    sink.requests.clear()
    calls = [{"url": f"{sink.url}/call/{number}", "arguments": [{"n": number, "x": None}]} for number in range(count)]
    body = json.dumps(calls).encode()
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("POST", path, skip_accept_encoding=True)
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(len(body)))
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    assert response.status == 200, text
    assert [request[0] for request in sink.requests] == [f"/call/{number}" for number in range(count)]
    assert [request[2] for request in sink.requests] == [[{"n": number, "x": None}] for number in range(count)]
    return [read(request[1]) for request in sink.requests]


def read(headers):
    """Trace id, span id, flags and members of one request, which must be well formed."""
    parents = headers.get_all("traceparent")
    assert parents is not None and len(parents) == 1
    match = re.fullmatch("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", parents[0])
    assert match and match[1] != "0" * 32 and match[2] != "0" * 16, parents
    states = headers.get_all("tracestate")
    members = None
    if states is not None:
        assert len(states) == 1 and states[0] != ""
        members = [tuple(member.split("=")) for member in states[0].split(",")]
    return {"trace": match[1], "span": match[2], "flags": int(match[3], 16), "members": members,
            "baggage": headers.get("baggage")}


def one(port, sink, *headers):
    return exchange(port, sink, headers)[0]


def test_a_request_without_context_starts_a_random_trace(port, sink):
    calls = [one(port, sink) for _ in range(5)]
    assert len({call["trace"] for call in calls}) == 5
    assert all(call["flags"] == 3 and call["members"] is None for call in calls)
    assert one(port, sink, ("tracestate", "foo=1"))["members"] is None, "a state without a parent is worth nothing"


@pytest.mark.parametrize("header", [
    PARENT, f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-ff", f" {PARENT}", f"\t{PARENT}", f"{PARENT} ", f"{PARENT}\t",
    f"\t {PARENT} \t", f"cc-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01-what-comes-later", f"01-{TRACE}-{SPAN}-01-",
])
@pytest.mark.parametrize("name", ["traceparent", "TraceParent", "TRACEPARENT", "tRaCePaReNt"])
def test_a_valid_parent_is_continued(port, sink, name, header):
    call = one(port, sink, (name, header), ("tracestate", "foo=1"))
    assert call["trace"] == TRACE
    assert call["span"] != SPAN
    assert call["members"] == [("foo", "1")]
    assert call["flags"] & ~3 == 0, "bits that nobody knows yet are cleared"


def test_the_random_flag_is_passed_on(port, sink):
    for flags in (0, 1, 2, 3):
        call = one(port, sink, ("traceparent", f"00-{TRACE}-{SPAN}-0{flags}"))
        assert call["flags"] & 2 == flags & 2


@pytest.mark.parametrize("headers", [
    [""], ["00"], [f"00-{TRACE}-{SPAN}"], [f"00-{TRACE}-{SPAN}-"], [f"00-{TRACE}-{SPAN}-1"], [f"00-{TRACE}-{SPAN}-001"],
    [f"00-{TRACE}-{SPAN}-.0"], [f"00-{TRACE}-{SPAN}-0."], [f"00-{TRACE}-{SPAN}-01."], [f"00-{TRACE}-{SPAN}-01-more"],
    [f"cc-{TRACE}-{SPAN}-01.more"], [f"ff-{TRACE}-{SPAN}-01"], [f".0-{TRACE}-{SPAN}-01"], [f"0.-{TRACE}-{SPAN}-01"],
    [f"000-{TRACE}-{SPAN}-01"], [f"0000-{TRACE}-{SPAN}-01"], [f"0-{TRACE}-{SPAN}-01"], [f"CC-{TRACE}-{SPAN}-01"],
    [f"00-{'0' * 32}-{SPAN}-01"], [f"00-.{TRACE[1:]}-{SPAN}-01"], [f"00-{TRACE[:-1]}.-{SPAN}-01"],
    [f"00-{TRACE}1-{SPAN}-01"], [f"00-{TRACE[1:]}-{SPAN}-01"], [f"00-{TRACE.upper()}-{SPAN}-01"],
    [f"00-{TRACE}-{'0' * 16}-01"], [f"00-{TRACE}-.{SPAN[1:]}-01"], [f"00-{TRACE}-{SPAN}1-01"],
    [f"00-{TRACE}-{SPAN[1:]}-01"], [f"00-{TRACE}-{SPAN.upper()}-01"],
    [PARENT, PARENT], [PARENT, f"00-{TRACE[::-1]}-{SPAN}-01"],
    [f"cc-{TRACE}-{SPAN}-01", PARENT],
])
def test_an_invalid_parent_starts_a_new_trace_without_its_state(port, sink, headers):
    call = one(port, sink, *[("traceparent", header) for header in headers], ("tracestate", "foo=1"))
    assert call["trace"] not in (TRACE, TRACE[::-1])
    assert call["span"] != SPAN
    assert call["members"] is None


@pytest.mark.parametrize("name", ["trace-parent", "trace.parent", "trace_parent"])
def test_other_names_are_other_headers(port, sink, name):
    assert one(port, sink, (name, PARENT))["trace"] != TRACE
    state = name.replace("parent", "state")
    assert one(port, sink, ("traceparent", PARENT), (state, "foo=1"))["members"] is None


@pytest.mark.parametrize("name", ["tracestate", "TraceState", "TRACESTATE", "tRaCeStAtE"])
def test_the_state_is_found_in_any_case(port, sink, name):
    assert one(port, sink, ("traceparent", PARENT), (name, "foo=1"))["members"] == [("foo", "1")]


LETTERS = string.ascii_lowercase + string.digits + "_-*/"
VALUE = "".join(chr(code) for code in range(0x20, 0x7f) if chr(code) not in ",=")


@pytest.mark.parametrize("states, expected", [
    (["foo=1,bar=2"], "foo=1,bar=2"),
    (["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3"),
    (["foo=1", ""], "foo=1"), (["", "foo=1"], "foo=1"), (["foo=1,,bar=2,"], "foo=1,bar=2"),
    (["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"), (["foo=1\t", " bar=2"], "foo=1,bar=2"),
    ([" foo=1"], "foo=1"), (["\tfoo=1"], "foo=1"), (["foo=1 "], "foo=1"), (["\t foo=1 \t"], "foo=1"),
    (["foo=1,foo=1"], "foo=1,foo=1"), (["foo=1,foo=2"], "foo=1,foo=2"), (["foo=1", "foo=2"], "foo=1,foo=2"),
    ([f"{LETTERS}={VALUE}"], f"{LETTERS}={VALUE}"),
    ([f"{LETTERS}@a-z0-9_-*/={VALUE}"], f"{LETTERS}@a-z0-9_-*/={VALUE}"),
    (["0a=1"], "0a=1"), ([f"foo=1,{'z' * 256}=1"], f"foo=1,{'z' * 256}=1"),
    ([f"foo=1,{'t' * 241}@{'v' * 14}=1"], f"foo=1,{'t' * 241}@{'v' * 14}=1"), ([f"k={'v' * 256}"], f"k={'v' * 256}"),
    ([",".join(f"bar{number:02}={number}" for number in range(32))],
     ",".join(f"bar{number:02}={number}" for number in range(32))),
])
def test_a_valid_state_is_kept_in_its_order(port, sink, states, expected):
    call = one(port, sink, ("traceparent", PARENT), *[("tracestate", state) for state in states])
    assert call["trace"] == TRACE
    assert call["members"] == [tuple(member.split("=")) for member in expected.split(",")]


@pytest.mark.parametrize("states", [
    [""], ["foo"], ["=1"], ["foo =1,bar=2"], ["FOO=1,bar=2"], ["foo.bar=1,bar=2"], ["foo@=1,bar=2"], ["@foo=1,bar=2"],
    ["foo@@bar=1,bar=2"], ["foo@bar@baz=1,bar=2"], ["foo=bar=baz,bar=3"], ["foo=,bar=3"],
    [f"foo=1,{'z' * 257}=1"], [f"foo=1,{'t' * 242}@v=1"], [f"foo=1,t@{'v' * 15}=1"], [f"k={'v' * 257}"],
    [",".join(f"bar{number:02}={number}" for number in range(33))],
    [",".join(f"a{number}=1" for number in range(20)), ",".join(f"b{number}=1" for number in range(13))],
])
def test_an_invalid_state_is_dropped_and_the_trace_goes_on(port, sink, states):
    call = one(port, sink, ("traceparent", PARENT), *[("tracestate", state) for state in states])
    assert call["trace"] == TRACE
    assert call["members"] is None


def test_an_oversized_state_loses_its_long_members_first(port, sink):
    members = [f"k{number}={'v' * (250 if number % 2 else 100)}" for number in range(32)]
    call = one(port, sink, ("traceparent", PARENT), ("tracestate", ",".join(members)))
    kept = ["=".join(member) for member in call["members"]]
    assert 512 <= len(",".join(kept)) <= 4096
    assert kept == [member for member in members if member in kept]
    assert [member for member in members if len(member) < 128] == [member for member in kept if len(member) < 128]


def test_every_call_of_a_request_has_a_span_of_its_own(port, sink):
    for headers, known in (([("traceparent", PARENT), ("tracestate", "foo=1,bar=2")], True),
                           ([("traceparent", PARENT.replace("-01", "-00"))], True),
                           ([], False), ([("traceparent", PARENT + "x"), ("tracestate", "foo=1")], False)):
        calls = exchange(port, sink, headers, count=4, path="/")
        assert len({call["span"] for call in calls}) == 4
        assert len({call["trace"] for call in calls}) == 1
        assert (calls[0]["trace"] == TRACE) == known
        if headers and known and len(headers) == 2:
            assert all(call["members"] == [("foo", "1"), ("bar", "2")] for call in calls)


def test_baggage_reaches_every_call(port, sink):
    for headers in ([], [("traceparent", PARENT)]):
        members = [("baggage", "user=J%C3%BCrgen;p=1, tier = gold"), ("baggage", "b=2")]
        calls = exchange(port, sink, [*headers, *members], 2)
        assert [call["baggage"] for call in calls] == ["user=J%C3%BCrgen;p=1,tier=gold,b=2"] * 2
    members = [f"key{number}={'v' * 100}" for number in range(64)]
    assert one(port, sink, ("baggage", ",".join(members)))["baggage"] == ",".join(members)


def test_what_is_no_array_of_calls_is_refused(port, sink):
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/test", body=b'{"url": 1}', headers={"content-type": "application/json"})
    assert connection.getresponse().status == 400
    connection.close()
