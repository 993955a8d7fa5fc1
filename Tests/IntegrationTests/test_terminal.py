"""The terminal commands, as a person and as a pipe use them."""
import json
import os
import pty
import subprocess
import uuid

import pytest

from otlp_bodies import PROTOBUF, logs_body, spans_body
from sightline_process import BINARY, eventually


def run(server, *arguments, **options):
    return subprocess.run([BINARY, *arguments, "--server", server.api], capture_output=True, text=True, timeout=60, **options)


@pytest.fixture(scope="module")
def mark(server):
    mark = uuid.uuid4().hex
    trace = bytes.fromhex(mark)
    records = [{"body": f"{mark} line {n}", "severity_number": 9 + n % 10, "trace_id": trace, "span_id": os.urandom(8)} for n in range(30)]
    assert server.post("/v1/logs", logs_body(records, service="terminal"), PROTOBUF)[0] == 200
    assert server.post("/v1/traces", spans_body(4, service="terminal", trace_id=trace), PROTOBUF)[0] == 200
    return mark


def test_query_prints_tables_json_and_raw(server, mark):
    table = run(server, "query", mark)
    assert table.returncode == 0, table.stderr
    assert table.stdout.count(mark) == 30 and "terminal" in table.stdout
    assert "\x1b[" not in table.stdout, "no colour in a pipe"
    rows = [json.loads(line) for line in run(server, "query", mark, "--format", "json", "--limit", "5").stdout.splitlines()]
    assert len(rows) == 5 and all(mark in row["body"] for row in rows)
    raw = run(server, "query", mark, "--format", "raw", "--limit", "3").stdout.splitlines()
    assert len(raw) == 3 and all(line.startswith(mark) for line in raw)


def test_query_underlines_what_is_wrong(server):
    result = run(server, "query", "service:checkout (error")
    assert result.returncode != 0
    assert "^" in result.stderr and "(error" in result.stderr


def test_trace_draws_a_waterfall(server, mark):
    result = run(server, "trace", mark)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("work") >= 4 and "terminal" in result.stdout
    assert run(server, "trace", "0" * 31 + "1").returncode != 0


def test_parts_shows_what_is_stored(server, mark):
    result = run(server, "parts")
    assert result.returncode == 0 and "logs" in result.stdout


def test_colour_only_on_a_terminal(server, mark):
    primary, secondary = pty.openpty()
    process = subprocess.Popen([BINARY, "query", mark, "--limit", "3", "--server", server.api], stdout=secondary, stderr=subprocess.DEVNULL)
    os.close(secondary)
    output = b""
    while True:
        try:
            chunk = os.read(primary, 65536)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    process.wait(30)
    assert b"\x1b[" in output


def test_a_closed_pipe_is_quiet(server, mark):
    result = subprocess.run(f"{BINARY} query {mark} --format raw --server {server.api} | head -1", shell=True, capture_output=True, text=True)
    assert result.stdout.startswith(mark) and result.stderr == ""


def test_tail_shows_what_arrives(server):
    mark = uuid.uuid4().hex
    process = subprocess.Popen([BINARY, "tail", mark, "--format", "raw", "--server", server.api], stdout=subprocess.PIPE)
    os.set_blocking(process.stdout.fileno(), False)

    def received():
        server.post("/v1/logs", logs_body([{"body": mark + " live"}, {"body": "something else"}]), PROTOBUF)
        return (process.stdout.read() or b"").decode()
    output = eventually(received, seconds=15, interval=0.3)
    process.terminate()
    process.wait(10)
    assert output and mark in output and "something else" not in output
