"""Compatible APIs at their native roots: the addresses that clients know by heart."""
import json
import subprocess
import urllib.error
import urllib.request

import pytest

from otlp_bodies import PROTOBUF, gauge_body, logs_body
from sightline_process import BINARY, Sightline, eventually

NATIVE = ["prometheus", "loki", "tempo", "jaeger"]


@pytest.fixture(scope="module")
def native(tmp_path_factory):
    arguments = [word for name in NATIVE for word in ("--set", f"listen.{name}=127.0.0.1:0")]
    with Sightline(tmp_path_factory.mktemp("native"), arguments) as server:
        server.native = {item["kind"]: "http://" + item["address"] for item in server.get("/api/v1/status")["listeners"]}
        assert server.post("/v1/metrics", gauge_body("native.gauge", 2.5), PROTOBUF)[0] == 200
        assert server.post("/v1/logs", logs_body([{"body": "native line"}]), PROTOBUF)[0] == 200
        assert eventually(lambda: server.logs(q="native"))
        yield server


def get(url, secret=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {secret}"} if secret else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_promtool_asks_the_native_root(native):
    url = native.native["prometheus"]
    found = subprocess.run(["promtool", "query", "instant", url, "native_gauge_ratio"], capture_output=True, text=True, timeout=60)
    assert found.returncode == 0 and "native_gauge_ratio{" in found.stdout, found.stderr
    labels = subprocess.run(["promtool", "query", "labels", url, "__name__"], capture_output=True, text=True, timeout=60)
    assert labels.returncode == 0 and "native_gauge_ratio" in labels.stdout.split(), labels.stderr
    assert get(url + "/-/healthy")[0] == 200 and get(url + "/-/ready")[0] == 200
    assert "sightline_" in get(url + "/metrics")[1] and get(url + "/federate?match[]=native_gauge_ratio")[0] == 200


def test_each_root_answers_its_own_api_alone(native):
    probes = {
        "loki": ["/ready", "/loki/api/v1/labels", "/loki/api/v1/status/buildinfo"],
        "tempo": ["/ready", "/api/echo", "/api/v2/search/tags", "/api/search?q=%7B%7D"],
        "jaeger": ["/api/services", "/api/v3/services"],
        "prometheus": ["/api/v1/status/buildinfo", "/api/v1/query?query=1%2B1"],
    }
    for name, paths in probes.items():
        for path in paths:
            status, text = get(native.native[name] + path)
            assert status == 200, (name, path, text)
        for foreign in ["/ui/", "/api/v1/logs", "/api/v1/tokens", "/v1/logs"]:
            assert get(native.native[name] + foreign)[0] == 404, (name, foreign)
    assert json.loads(get(native.native["loki"] + "/loki/api/v1/query?query=vector(1)%2Bvector(1)")[1])["data"]["result"][0]["value"][1] == "2"


def test_none_listens_unless_asked(server):
    kinds = {item["kind"] for item in server.get("/api/v1/status")["listeners"]}
    assert kinds == {"http", "otlp_http", "otlp_grpc"}


def test_check_knows_the_native_roots(tmp_path):
    file = tmp_path / "native.yaml"
    file.write_text("listen:\n  prometheus: 0.0.0.0:9090\n  loki: 127.0.0.1:3100\n")
    exposed = subprocess.run([BINARY, "check", str(file)], capture_output=True, text=True)
    assert exposed.returncode == 1 and "native.yaml:2: 0.0.0.0:9090 can be reached from other machines" in exposed.stdout
    file.write_text("listen:\n  prometheus: 127.0.0.1:9090\n  loki: here\n")
    wrong = subprocess.run([BINARY, "check", str(file)], capture_output=True, text=True)
    assert wrong.returncode == 1 and "native.yaml:3: 'here' is not valid for listen.loki: expected HOST:PORT" in wrong.stdout
    file.write_text("listen:\n  prometheus: 127.0.0.1:9090\n")
    right = subprocess.run([BINARY, "check", str(file)], capture_output=True, text=True)
    assert right.returncode == 0 and "  prometheus: 127.0.0.1:9090  # native.yaml:2" in right.stdout.replace(str(tmp_path) + "/", ""), right.stdout


def test_a_native_root_beyond_this_machine_needs_a_token_as_everything_does(tmp_path):
    data = tmp_path / "data"
    process = subprocess.Popen(
        [BINARY, "serve", "--data", str(data), "--http", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0", "--set", "listen.prometheus=0.0.0.0:0", "--behind-proxy"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        main = next(word for word in process.stdout.readline().decode().split() if word.startswith("http://")).removesuffix("/").removesuffix("/ui")
        secret = subprocess.run([BINARY, "token", "create", "--data", str(data), "--scope", "api", "native"], check=True, capture_output=True, text=True).stdout.strip()
        assert get(main + "/api/v1/status")[0] == 401
        status = json.loads(get(main + "/api/v1/status", secret)[1])
        address = next(item["address"] for item in status["listeners"] if item["kind"] == "prometheus").replace("0.0.0.0", "127.0.0.1")
        question = f"http://{address}/api/v1/query?query=1"
        assert get(question)[0] == 401 and get(question, secret)[0] == 200
    finally:
        process.terminate()
        process.wait(30)
