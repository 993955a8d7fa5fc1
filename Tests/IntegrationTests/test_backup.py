"""Backups of a running server, and what is made of them."""
import subprocess

from otlp_bodies import PROTOBUF, logs_body
from sightline_process import BINARY, Sightline


def command(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)


def test_a_backup_is_restored_into_a_new_folder_and_served(tmp_path):
    server = Sightline(tmp_path / "data").start()
    assert server.post("/v1/logs", logs_body([{"body": f"first {n}"} for n in range(300)]), PROTOBUF)[0] == 200
    made = command("backup", "create", "monday", "--server", server.api)
    assert made.returncode == 0, made.stderr
    folder = made.stdout.strip()
    assert server.post("/v1/logs", logs_body([{"body": "second"}]), PROTOBUF)[0] == 200
    again = command("backup", "create", "monday", "--server", server.api)
    assert again.returncode == 1 and "already" in again.stderr
    listed = command("backup", "list", "--server", server.api)
    assert "monday" in listed.stdout and folder in listed.stdout
    assert len(server.logs(q="first", limit=1000)) == 300
    restored = command("restore", "--data", tmp_path / "restored", folder)
    assert restored.returncode == 0, restored.stderr
    assert command("restore", "--data", tmp_path / "restored", folder).returncode == 1
    assert command("restore", "--data", tmp_path / "other", tmp_path / "nothing").returncode == 1
    assert command("backup", "remove", "monday", "--server", server.api).returncode == 0
    assert command("backup", "remove", "monday", "--server", server.api).returncode == 1
    server.stop()
    assert command("fsck", tmp_path / "restored").returncode == 0
    second = Sightline(tmp_path / "restored").start()
    assert len(second.logs(q="first", limit=1000)) == 300 and second.logs(q="second") == []
    assert second.post("/v1/logs", logs_body([{"body": "third"}]), PROTOBUF)[0] == 200
    second.kill()
    second = Sightline(tmp_path / "restored").start()
    assert len(second.logs(q="third")) == 1 and len(second.logs(q="first", limit=1000)) == 300
    second.stop()
