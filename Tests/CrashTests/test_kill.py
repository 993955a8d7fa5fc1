"""`kill -9` at any moment: every acknowledged record is there after the restart, none twice."""
import collections
import http.client
import json
import os
import random
import threading
import time
import urllib.request
import uuid

from otlp_bodies import PROTOBUF, gauge_body, logs_body, spans_body
from sightline_process import Sightline, eventually

ROUNDS = int(os.environ.pop("SIGHTLINE_KILL_ROUNDS", "20"))


class Writer(threading.Thread):
    """Sends numbered log records as fast as it can, no more than one search returns, and remembers which were acknowledged."""

    most = 9_900

    def __init__(self, server, mark):
        super().__init__(daemon=True)
        self.server, self.mark = server, mark
        self.acknowledged, self.sent = [], 0

    def run(self):
        connection = http.client.HTTPConnection(self.server.otlp_http[7:], timeout=30)
        try:
            while self.sent < self.most:
                numbers = range(self.sent, self.sent + random.choice([1, 3, 50]))
                self.sent = numbers.stop
                body = logs_body([{"body": f"record {n}", "attributes": {"mark": self.mark, "number": str(n)}} for n in numbers])
                connection.request("POST", "/v1/logs", body, PROTOBUF)
                answer = connection.getresponse()
                if answer.status != 200:
                    return
                answer.read()
                self.acknowledged += numbers
        except (OSError, http.client.HTTPException):
            return


def test_acknowledged_records_survive_kill(tmp_path):
    seed = random.randrange(1 << 32)
    random.seed(seed)
    # A small memtable, so that kills meet flushes too.
    server = Sightline(tmp_path / "data", ["--set", "storage.memtable=1MiB"])
    expected = collections.Counter()
    sent = set()
    for round_number in range(ROUNDS):
        server.start()
        writers = [Writer(server, f"r{round_number}w{i}") for i in range(3)]
        for writer in writers:
            writer.start()
        time.sleep(random.uniform(0.05, 0.7))  # the moment of the kill is the variable of this test
        server.kill()
        for writer in writers:
            writer.join(30)
            expected.update((writer.mark, str(n)) for n in writer.acknowledged)
            sent.update((writer.mark, str(n)) for n in range(writer.sent))
    server.start()
    found = collections.Counter()
    for mark in {mark for mark, _ in sent}:
        found.update((row["attributes"]["mark"], row["attributes"]["number"]) for row in server.logs(q=f"mark:{mark}"))
    server.stop()
    assert expected, f"seed {seed}: something was acknowledged"
    missing = expected - found
    assert not missing, f"seed {seed}: {len(missing)} acknowledged records are missing, such as {list(missing)[:3]}"
    twice = [key for key, count in found.items() if count > 1]
    assert not twice, f"seed {seed}: {len(twice)} records are there twice, such as {twice[:3]}"
    assert set(found) <= sent


def test_graceful_shutdown_keeps_everything(tmp_path):
    server = Sightline(tmp_path / "data").start()
    marks = [uuid.uuid4().hex for _ in range(20)]
    for mark in marks:
        assert server.post("/v1/logs", logs_body([{"body": mark}]), PROTOBUF)[0] == 200
    assert server.post("/v1/traces", spans_body(7, name="kept"), PROTOBUF)[0] == 200
    assert server.post("/v1/metrics", gauge_body("kept.gauge", 1.5), PROTOBUF)[0] == 200
    assert server.stop() == 0
    server.start()
    for mark in marks:
        assert len(server.logs(q=mark)) == 1
    assert len(server.rows("/api/v1/spans", q="name:kept", limit=100)) == 7
    assert [m["name"] for m in server.get("/api/v1/metrics", match="kept")["metrics"]] == ["kept.gauge"]
    server.stop()


def test_start_with_a_large_log_is_quick(tmp_path):
    """200 MB of write-ahead log replay in under 5 seconds."""
    server = Sightline(tmp_path / "data", ["--set", "storage.memtable=2GiB", "--set", "memory=4GiB"]).start()
    connection = http.client.HTTPConnection(server.otlp_http[7:], timeout=60)
    # Random hex keeps the log from shrinking to nothing when it is compressed.
    total = records = 0
    while total < 200_000_000:
        batch = [{"body": f"request {os.urandom(200).hex()} took {n} ms", "attributes": {"route": "/cart"}} for n in range(4000)]
        body = logs_body(batch)
        connection.request("POST", "/v1/logs", body, PROTOBUF)
        answer = connection.getresponse()
        answer.read()
        if answer.status == 200:
            records += len(batch)
        total = sum(file.stat().st_size for file in (tmp_path / "data").rglob("*.wal"))
    server.kill()
    began = time.monotonic()
    server.start()
    elapsed = time.monotonic() - began
    groups = [line for line in server.stream("/api/v1/logs/aggregate", q="service:probe", **{"from": "now-1h", "to": "now+1h"}) if line["k"] == "series"][0]["groups"]
    server.stop()
    assert groups[0]["values"][0] == records
    print(f"start with {total / 1e6:.0f} MB of log: {elapsed:.2f} s")
    assert elapsed < 5


def test_a_damaged_part_is_set_aside(tmp_path):
    server = Sightline(tmp_path / "data", ["--set", "storage.memtable=1MiB"]).start()
    sent = 0
    while len(list((tmp_path / "data").rglob("*.part"))) < 3:
        batch = [{"body": f"line {n} {os.urandom(30).hex()}"} for n in range(2000)]
        assert server.post("/v1/logs", logs_body(batch), PROTOBUF)[0] in (200, 503)
        sent += len(batch)
    server.stop()
    parts = sorted((tmp_path / "data").rglob("*.part"))
    victim = parts[0]
    content = bytearray(victim.read_bytes())
    for offset in (len(content) // 2, len(content) - 60):
        content[offset] ^= 0x40
    victim.write_bytes(content)
    server.start()
    rows = [line for line in server.stream("/api/v1/logs/aggregate", **{"from": "now-1h", "to": "now+1h"}) if line["k"] == "series"][0]["groups"][0]["values"][0]
    assert 0 < rows < sent
    damaged = server.get("/api/v1/storage")["damaged"]
    assert any(victim.stem in part["name"] for part in damaged), damaged
    assert server.get("/api/v1/status")["health"], "the damage is a health condition"
    assert server.post("/v1/logs", logs_body([{"body": "life goes on"}]), PROTOBUF)[0] == 200
    server.stop()


def test_merges_and_deletions_survive_kill(tmp_path):
    """Kills while parts are merged and rows deleted: what was kept is there once, what was deleted never comes back."""
    seed = random.randrange(1 << 32)
    random.seed(seed)
    server = Sightline(tmp_path / "data", ["--set", "storage.memtable=1MiB"])
    expected = collections.Counter()
    sent, deleted, unanswered = set(), set(), set()
    for round_number in range(max(8, ROUNDS // 2)):
        server.start()
        writers = [Writer(server, f"m{round_number}w{i}") for i in range(2)]
        for writer in writers:
            writer.start()
        ending = time.monotonic() + random.uniform(0.4, 2.0)  # the moment of the kill is the variable of this test
        old = [mark for mark in {mark for mark, _ in sent} - deleted]
        deleter = threading.Thread(target=delete_marks, args=(server, random.sample(old, min(2, len(old))), deleted, unanswered), daemon=True)
        deleter.start()
        time.sleep(max(0, ending - time.monotonic()))
        server.kill()
        deleter.join(30)
        for writer in writers:
            writer.join(30)
            expected.update((writer.mark, str(n)) for n in writer.acknowledged)
            sent.update((writer.mark, str(n)) for n in range(writer.sent))
    server.start()
    assert eventually(lambda: all(one["state"] == "removed" for one in server.get("/api/v1/delete")["deletions"]), 60), "files are rewritten"
    found = collections.Counter()
    for mark in {mark for mark, _ in sent}:
        found.update((row["attributes"]["mark"], row["attributes"]["number"]) for row in server.logs(q=f"mark:{mark}"))
    storage = server.get("/api/v1/storage")
    rewritten = [one for one in server.get("/api/v1/delete")["deletions"] if one["written_parts"]]
    server.stop()
    present = {mark for mark, _ in found}
    assert deleted, f"seed {seed}: a deletion was answered"
    assert not deleted & present, f"seed {seed}: deleted rows are back: {deleted & present}"
    missing = {key: count for key, count in (expected - found).items() if key[0] not in deleted | unanswered}
    assert not missing, f"seed {seed}: {len(missing)} acknowledged records are missing, such as {list(missing)[:3]}"
    for mark in unanswered & present:  # all of them or none
        assert not [key for key in expected - found if key[0] == mark], f"seed {seed}: half of {mark} is deleted"
    assert max(found.values()) == 1, f"seed {seed}"
    assert rewritten, f"seed {seed}: parts were rewritten"
    for path in (tmp_path / "data").rglob("*.part"):
        assert path.stem in {part["name"] for part in storage["parts"]}


def delete_marks(server, marks, deleted, unanswered):
    """Asks for deletions one after the other; remembers which were answered."""
    for mark in marks:
        unanswered.add(mark)
        body = json.dumps({"signal": "logs", "q": f"mark:{mark}"}).encode()
        request = urllib.request.Request(server.api + "/api/v1/delete", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 202
        except (OSError, http.client.HTTPException):
            return
        unanswered.discard(mark)
        deleted.add(mark)
