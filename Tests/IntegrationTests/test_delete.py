"""Deleting by query, the preview of the retention, and the check of a folder, on a real server."""
import json
import subprocess
import time
import urllib.error
import urllib.request

from otlp_bodies import PROTOBUF, gauge_body, logs_body, spans_body
from sightline_process import BINARY, Sightline, eventually

SECRET = "4929-1822-0031-7764"


def ask(server, **members):
    request = urllib.request.Request(server.api + "/api/v1/delete", json.dumps(members).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_deleted_records_leave_the_answers_and_the_files(tmp_path):
    server = Sightline(tmp_path / "data").start()
    records = [{"body": f"record {n}", "attributes": {"user": "mallory" if n % 10 == 0 else "alice", "card": SECRET if n % 10 == 0 else str(n)}} for n in range(500)]
    assert server.post("/v1/logs", logs_body(records), PROTOBUF)[0] == 200
    status, deletion = ask(server, signal="logs", q="user:mallory")
    assert status == 202 and deletion["rows"] == 50 and deletion["id"]
    assert server.logs(q="user:mallory") == [] and len(server.logs(q="record")) == 450
    # What comes later stays.
    assert server.post("/v1/logs", logs_body([{"body": "late", "attributes": {"user": "mallory"}}]), PROTOBUF)[0] == 200
    done = eventually(lambda: [one for one in server.get("/api/v1/delete")["deletions"] if one["state"] == "removed"])
    assert done and done[0]["id"] == deletion["id"] and done[0]["removed_parts"] and done[0]["written_parts"]
    assert len(server.logs(q="user:mallory")) == 1
    preview = server.get("/api/v1/storage/retention", logs="1ms")
    assert [(one["signal"], one["rule"], one["rows"]) for one in preview["would_delete"]] == [("logs", "age", 450)]
    assert server.get("/api/v1/storage/retention", maximum_bytes=1 << 40)["would_delete"] == []
    for members, parameter in [({"q": "x"}, "signal"), ({"signal": "logs"}, "q"), ({"signal": "logs", "q": "a:"}, None), ({"signal": "logs", "q": "", "from": "now"}, "from")]:
        status, answer = ask(server, **members)
        assert status == 400, (members, answer)
    in_use = subprocess.run([BINARY, "fsck", str(tmp_path / "data")], capture_output=True, text=True)
    assert in_use.returncode == 2 and "stop it first" in in_use.stdout + in_use.stderr
    server.stop()
    clean = subprocess.run([BINARY, "fsck", str(tmp_path / "data")], capture_output=True, text=True)
    assert clean.returncode == 0, clean.stdout
    part = next((tmp_path / "data").rglob("*.part"))
    content = bytearray(part.read_bytes())
    content[64 + 20] ^= 1
    part.write_bytes(content)
    damaged = subprocess.run([BINARY, "fsck", str(tmp_path / "data")], capture_output=True, text=True)
    assert damaged.returncode == 1 and part.name in damaged.stdout and "checksum" in damaged.stdout


def test_own_telemetry_goes_after_a_week_and_nobody_elses(tmp_path):
    server = Sightline(tmp_path / "data").start()
    for service in ("sightline", "probe"):
        for days in (8, 6):
            then = time.time_ns() - days * 86_400_000_000_000
            assert server.post("/v1/logs", logs_body([{"body": "aged", "time_unix_nano": then}], service), PROTOBUF)[0] == 200
            assert server.post("/v1/traces", spans_body(1, service, "aged", start_time_unix_nano=then, end_time_unix_nano=then + 1), PROTOBUF)[0] == 200
            assert server.post("/v1/metrics", gauge_body("aged", 1, service, time_unix_nano=then), PROTOBUF)[0] == 200

    def aged(service):
        window = {"from": "now-20d", "to": "now"}
        points = server.get("/prometheus/api/v1/query", query=f'count_over_time(aged_ratio{{service_name="{service}"}}[20d])')["data"]["result"]
        return [len(server.rows("/api/v1/logs", q=f"service:{service} body:aged", **window)), len(server.rows("/api/v1/spans", q=f"service:{service} name:aged", **window)),
                int(points[0]["value"][1])]

    deletions = lambda: server.get("/api/v1/delete")["deletions"]
    assert eventually(lambda: aged("sightline") == aged("probe") == [2, 2, 2])
    # The server looks when it starts, and daily.
    for _ in range(2):
        server.stop()
        server.start()
        assert eventually(lambda: aged("sightline") == [1, 1, 1]), aged("sightline")
        assert aged("probe") == [2, 2, 2]
        assert sorted((one["signal"], one["q"], one["rows"]) for one in deletions()) == [(signal, "service.name:sightline", 1) for signal in ("logs", "metrics", "traces")]
    server.stop()
    # Kept as long as everybody's where that is what is asked.
    patient = Sightline(tmp_path / "patient", environment={"SIGHTLINE_STORAGE_RETENTION_SELF": "90d"}).start()
    assert patient.post("/v1/logs", logs_body([{"body": "aged", "time_unix_nano": time.time_ns() - 8 * 86_400_000_000_000}], "sightline"), PROTOBUF)[0] == 200
    patient.stop()
    patient.start()
    assert patient.rows("/api/v1/logs", q="body:aged", **{"from": "now-20d", "to": "now"})
    assert patient.get("/api/v1/delete")["deletions"] == []
    patient.stop()
