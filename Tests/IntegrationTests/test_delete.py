"""Deleting by query, the preview of the retention, and the check of a folder, on a real server."""
import json
import subprocess
import urllib.error
import urllib.request

from otlp_bodies import PROTOBUF, logs_body
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
