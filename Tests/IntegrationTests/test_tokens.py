"""Off loopback everything needs a token of the right scope; on loopback nothing does."""
import ssl
import subprocess
import urllib.error
import urllib.request
import uuid

import pytest

from otlp_bodies import PROTOBUF, logs_body
from sightline_process import BINARY, Sightline, eventually


def token(data, scope):
    return subprocess.run([BINARY, "token", "create", "--data", str(data), "--scope", scope, f"test {scope}"], check=True, capture_output=True, text=True).stdout.strip()


def status(url, bearer=None, body=None):
    headers = {**({"Authorization": f"Bearer {bearer}"} if bearer else {}), **(PROTOBUF if body else {})}
    try:
        return urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


class Exposed(Sightline):
    """Listens on all addresses; its status needs a token."""

    def start(self, wait=30):
        self.log = open(self.data.parent / "exposed.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(self.data), "--http", "0.0.0.0:0", "--otlp-http", "0.0.0.0:0", "--otlp-grpc", "127.0.0.1:0", "--behind-proxy"],
            stdout=subprocess.PIPE, stderr=self.log)
        words = self.process.stdout.readline().decode().replace("0.0.0.0", "127.0.0.1").split()
        self.api = next(word for word in words if word.startswith("http://")).removesuffix("/").removesuffix("/ui")
        self.otlp_http = "http://" + next(word for word in words if word.startswith("127.0.0.1:"))
        return self


def test_an_exposed_server_refuses_to_start_without_tls_or_proxy(tmp_path):
    result = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "d"), "--http", "0.0.0.0:0"], capture_output=True, text=True, timeout=20)
    assert result.returncode != 0
    assert "behind_proxy" in result.stderr


def test_tokens_open_their_scope_only(tmp_path):
    with Exposed(tmp_path / "data") as server:
        api, ingest = token(server.data, "api"), token(server.data, "ingest")
        body = logs_body([{"body": uuid.uuid4().hex}])
        question, intake = server.api + "/api/v1/logs", server.otlp_http + "/v1/logs"
        assert status(server.api + "/-/healthy") == 200
        assert [status(question), status(question, ingest), status(question, "sl_00000000_0"), status(question, api)] == [401, 401, 401, 200]
        assert [status(intake, body=body), status(intake, api, body), status(intake, ingest, body)] == [401, 401, 200]
        listed = subprocess.run([BINARY, "token", "list", "--data", str(server.data)], check=True, capture_output=True, text=True).stdout
        assert "test ingest" in listed and ingest.split("_")[2] not in listed
        subprocess.run([BINARY, "token", "revoke", "--data", str(server.data), ingest.split("_")[1]], check=True)
        assert eventually(lambda: status(intake, ingest, body) == 401, seconds=15)


def test_tls_serves_the_api_and_the_otlp_ports(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    process = subprocess.Popen(
        [BINARY, "serve", "--data", str(tmp_path / "data"), "--http", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0",
         "--set", f"tls.certificate={certificate}", "--set", f"tls.key={key}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        words = process.stdout.readline().decode().split()
        api = next(word for word in words if word.startswith("https://")).removesuffix("/").removesuffix("/ui")
        otlp = "https://" + next(word for word in words if word.startswith("127.0.0.1:"))
        trust = ssl.create_default_context(cafile=str(certificate))
        mark = uuid.uuid4().hex
        sent = urllib.request.urlopen(urllib.request.Request(otlp + "/v1/logs", logs_body([{"body": mark}]), PROTOBUF), context=trust, timeout=20)
        assert sent.status == 200
        with urllib.request.urlopen(f"{api}/api/v1/logs?q={mark}", context=trust, timeout=20) as answer:
            assert mark in answer.read().decode()
        with pytest.raises(OSError):
            urllib.request.urlopen(api.replace("https", "http") + "/-/healthy", timeout=5)
    finally:
        process.terminate()
        process.wait(20)


def test_check_names_the_line(tmp_path):
    file = tmp_path / "sightline.yaml"
    file.write_text("data: /tmp/x\nstorage:\n  retention:\n    logs: 3 weeks\nlisten:\n  htpt: 1\n")
    result = subprocess.run([BINARY, "check", str(file)], capture_output=True, text=True)
    assert result.returncode == 1
    assert f"{file}:4: '3 weeks' is not valid" in result.stdout
    assert f"{file}:6: no setting 'listen.htpt', did you mean 'listen.http'?" in result.stdout
    file.write_text("storage:\n  durability: power\n")
    result = subprocess.run([BINARY, "check", str(file)], capture_output=True, text=True)
    assert result.returncode == 0 and f"durability: power  # {file}:2" in result.stdout


@pytest.mark.parametrize("arguments", [["--set", "storage.memtable=no"], ["--http", "nonsense"], ["--set", "unknown=1"]])
def test_wrong_flags_end_with_a_reason(arguments, tmp_path):
    result = subprocess.run([BINARY, "serve", "--data", str(tmp_path), *arguments], capture_output=True, text=True, timeout=20)
    assert result.returncode != 0 and ("expected" in result.stderr or "no setting" in result.stderr)
