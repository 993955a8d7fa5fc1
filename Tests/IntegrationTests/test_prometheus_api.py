"""The Prometheus HTTP API: the calls that Grafana, promtool and Prometheus itself make, with their answers."""
import json
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime

import prometheus_api_client
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from otlp_bodies import PROTOBUF, text
from remote_write import double, field, number, snappy, unsnappy, version_one, version_two
from sightline_process import eventually

V1 = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"}
V2 = {**V1, "Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request", "X-Prometheus-Remote-Write-Version": "2.0.0"}
NOW = int(time.time() * 1000)


def call(server, path, form=None, body=None, headers={}):
    data = body if body is not None else urllib.parse.urlencode(form, doseq=True).encode() if form is not None else None
    request = urllib.request.Request(server.api + "/prometheus" + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def ask(server, path, **parameters):
    query = urllib.parse.urlencode(parameters, doseq=True)
    status, content, _ = call(server, f"/api/v1/{path}?{query}")
    return status, json.loads(content)


def data(server, path, **parameters):
    status, answer = ask(server, path, **parameters)
    assert status == 200 and answer["status"] == "success", answer
    return answer["data"]


@pytest.fixture(scope="module")
def filled(server):
    """Two series by remote write 1.0, one by 2.0, a histogram and a counter by OTLP."""
    times = [NOW - 240_000 + 15_000 * step for step in range(16)]
    series = [([("__name__", "http_requests_total"), ("code", code), ("job", "web")], [(at, slope * (at - times[0]) / 1000) for at in times])
              for code, slope in [("200", 2.0), ("500", 0.5)]]
    assert call(server, "/api/v1/write", body=version_one(series), headers=V1)[0] == 204
    second = [([("__name__", "jobs_total"), ("job", "batch")], [(at, 1.0) for at in times])]
    status, _, headers = call(server, "/api/v1/write", body=version_two(second), headers=V2)
    assert status == 204 and headers["X-Prometheus-Remote-Write-Samples-Written"] == "16"
    assert headers["X-Prometheus-Remote-Write-Histograms-Written"] == "0"
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    for key, value in [("service.name", "shop"), ("service.instance.id", "i1"), ("os.type", "linux")]:
        resource.resource.attributes.append(text(key, value))
    scope = resource.scope_metrics.add()
    counter = scope.metrics.add(name="orders", unit="{order}", description="Orders.")
    counter.sum.is_monotonic, counter.sum.aggregation_temporality = True, 2
    histogram = scope.metrics.add(name="request.duration", unit="s")
    histogram.histogram.aggregation_temporality = 2
    for step, at in enumerate(times):
        counter.sum.data_points.add(time_unix_nano=at * 1_000_000, as_int=step * 3)
        point = histogram.histogram.data_points.add(time_unix_nano=at * 1_000_000, count=step * 4, sum=step, bucket_counts=[step, step * 3], explicit_bounds=[0.5])
        if step == 5:
            exemplar = point.exemplars.add(time_unix_nano=at * 1_000_000, as_double=0.25, trace_id=bytes(15) + b"\x07", span_id=bytes(7) + b"\x09")
            exemplar.filtered_attributes.append(text("http.route", "/cart"))
    assert call(server, "/api/v1/otlp/v1/metrics", body=request.SerializeToString(), headers=PROTOBUF)[0] == 200
    return server


def test_queries_over_what_came_by_remote_write(filled):
    at = NOW / 1000
    answer = data(filled, "query", query="sum by (job) (rate(http_requests_total[2m]))", time=at)
    assert answer["resultType"] == "vector"
    assert [(one["metric"], round(float(one["value"][1]), 6)) for one in answer["result"]] == [({"job": "web"}, 2.5)]
    status, content, _ = call(filled, "/api/v1/query", form={"query": 'http_requests_total{code="500"}', "time": at})
    result = json.loads(content)["data"]["result"]
    assert status == 200 and result[0]["metric"] == {"__name__": "http_requests_total", "code": "500", "job": "web"}
    assert result[0]["value"] == [at if at != int(at) else int(at), "112.5"]
    ranged = data(filled, "query_range", query="http_requests_total", start=at - 60, end=at, step="15s")
    assert ranged["resultType"] == "matrix" and [len(one["values"]) for one in ranged["result"]] == [5, 5]
    assert data(filled, "query", query="1+1")["resultType"] == "scalar"
    limited = ask(filled, "query", query="http_requests_total", time=at, limit=1)[1]
    assert len(limited["data"]["result"]) == 1 and limited["warnings"]


def test_otlp_metrics_have_prometheus_names(filled):
    at = NOW / 1000
    for name in ["orders_total", '{"orders"}']:
        result = data(filled, "query", query=name, time=at)["result"]
        assert [one["value"][1] for one in result] == ["45"]
        assert result[0]["metric"] == {"__name__": "orders_total", "instance": "i1", "job": "shop", "service_instance_id": "i1", "service_name": "shop"}
    buckets = data(filled, "query", query="request_duration_seconds_bucket", time=at)["result"]
    assert {one["metric"]["le"]: one["value"][1] for one in buckets} == {"0.5": "15", "+Inf": "60"}
    quantile = data(filled, "query", query="histogram_quantile(0.1, rate(request_duration_seconds_bucket[2m]))", time=at)["result"]
    assert float(quantile[0]["value"][1]) == pytest.approx(0.2)
    native = data(filled, "query", query="request_duration_seconds", time=at)["result"][0]["histogram"][1]
    assert native == {"count": "60", "sum": "15", "buckets": [[0, "-Inf", "0.5", "15"], [0, "0.5", "+Inf", "45"]]} or native["count"] == "60"
    info = data(filled, "query", query="target_info", time=at)["result"]
    assert [one["metric"] for one in info] == [{"__name__": "target_info", "instance": "i1", "job": "shop", "os_type": "linux"}]


def test_series_labels_values_and_metadata(filled):
    window = {"start": (NOW - 600_000) / 1000, "end": NOW / 1000}
    found = data(filled, "series", **{"match[]": ["http_requests_total", 'jobs_total{job="batch"}']}, **window)
    assert len(found) == 3 and {"__name__": "jobs_total", "job": "batch"} in found
    assert {"__name__", "code", "job", "le"} <= set(data(filled, "labels", **window))
    assert data(filled, "label/code/values", **window) == ["200", "500"]
    assert data(filled, "label/job/values", **{"match[]": "http_requests_total"}, **window) == ["web"]
    assert set(data(filled, "label/__name__/values", **window)) >= {"orders_total", "request_duration_seconds_bucket", "target_info"}
    assert data(filled, "label/U______name____/values", **window) == data(filled, "label/__name__/values", **window)
    metadata = data(filled, "metadata")
    assert metadata["jobs_total"][0]["type"] == "counter"
    assert metadata["orders_total"] == [{"type": "counter", "help": "Orders.", "unit": "{order}"}]
    assert list(data(filled, "metadata", metric="orders_total")) == ["orders_total"]


def test_errors_have_type_and_position(filled):
    for path, parameters, status, kind in [
        ("query", {"query": "sum("}, 400, "bad_data"), ("query", {}, 400, "bad_data"),
        ("query_range", {"query": "up", "start": 0, "end": 100, "step": 0}, 400, "bad_data"),
        ("query_range", {"query": "up", "start": 0, "end": 20_000, "step": 1}, 400, "bad_data"),
        ("query_range", {"query": "up", "start": 10, "end": 0, "step": 1}, 400, "bad_data"),
        ("series", {}, 400, "bad_data"), ("query", {"query": "up", "time": "soon"}, 400, "bad_data"),
        ("status/nothing", {}, 404, "not_found"),
    ]:
        code, answer = ask(filled, path, **parameters)
        assert (code, answer["status"], answer["errorType"]) == (status, "error", kind), (path, answer)
    assert "1:" in ask(filled, "query", query="sum(up")[1]["error"]


def test_pages_that_clients_probe(filled):
    assert data(filled, "status/buildinfo")["version"].startswith("3.")
    assert data(filled, "rules") == {"groups": []} and data(filled, "alerts") == {"alerts": []}
    assert data(filled, "targets") == {"activeTargets": [], "droppedTargets": []}
    for page in ["status/config", "status/flags", "status/runtimeinfo", "status/tsdb", "status/walreplay", "features", "alertmanagers", "targets/metadata"]:
        data(filled, page)
    assert data(filled, "format_query", query="sum(up)by(job)") == "sum by (job) (up)"
    assert data(filled, "parse_query", query="rate(up[5m])")["args"][0]["range"] == 300_000
    for page in ["healthy", "ready"]:
        assert call(filled, f"/-/{page}")[0] == 200
    federated = call(filled, "/federate?" + urllib.parse.urlencode({"match[]": "http_requests_total"}))[1].decode()
    assert federated.count('http_requests_total{code="') == 2


def test_remote_write_says_what_it_did_not_take(filled):
    for headers in [{**V1, "Content-Type": "text/plain"}, {**V1, "Content-Encoding": "gzip"}, {**V1, "Content-Type": "application/x-protobuf;proto=other"}]:
        assert call(filled, "/api/v1/write", body=b"", headers=headers)[0] == 415
    unsorted = [([("job", "a"), ("__name__", "x")], [(NOW, 1.0)]), ([("__name__", "taken_total")], [(NOW, 7.0)])]
    status, message, headers = call(filled, "/api/v1/write", body=version_two(unsorted), headers=V2)
    assert status == 400 and b"labels_unsorted" in message and headers["X-Prometheus-Remote-Write-Samples-Written"] == "1"
    assert call(filled, "/api/v1/write", body=version_one([([("__name__", "old")], [(1000, 1.0)])]), headers=V1)[0] == 400
    assert call(filled, "/api/v1/write", body=b"\xff\xff", headers=V1)[0] == 400
    with urllib.request.urlopen(filled.api + "/api/v1/ingest/rejected") as answer:
        reasons = {item["reason"] for item in json.load(answer)["items"]}
    assert {"labels_unsorted", "time_too_old"} <= reasons


def test_plans_stand_beside_the_answer(filled):
    at = {"start": NOW / 1000 - 60, "end": NOW / 1000, "step": 15}
    status, answer = ask(filled, "query_range", query="sum by (code) (rate(http_requests_total[1m]))", explain=1, **at)
    assert status == 200 and len(answer["data"]["result"]) == 2
    assert answer["explain"]["language"] == "promql" and any("http_requests_total" in line for line in answer["explain"]["plan"])
    assert answer["explain"]["statistics"]["rows_matched"] > 0 and answer["explain"]["statistics"]["elapsed_ms"] > 0
    _, instant = ask(filled, "query", query="http_requests_total", time=NOW / 1000, explain=1)
    assert instant["data"]["resultType"] == "vector" and instant["explain"]["plan"]
    assert "explain" not in ask(filled, "query", query="http_requests_total", time=NOW / 1000)[1]
    features = data(filled, "features")
    assert features["promql_functions"]["rate"] and features["promql_operators"]["count_values"]


def test_exemplars_as_grafana_asks_for_them(filled):
    query = "histogram_quantile(0.95, sum by (le) (rate(request_duration_seconds_bucket[1m])))"
    window = {"start": (NOW - 300_000) / 1000, "end": NOW / 1000}
    for form in [None, {"query": query, **window}]:
        status, content, _ = call(filled, "/api/v1/query_exemplars" + ("" if form else "?" + urllib.parse.urlencode({"query": query, **window})), form)
        [found] = json.loads(content)["data"]
        assert status == 200 and found["seriesLabels"]["__name__"] == "request_duration_seconds_bucket"
        assert found["seriesLabels"]["le"] == "0.5" and found["seriesLabels"]["service_name"] == "shop"
        [exemplar] = found["exemplars"]
        assert exemplar["labels"] == {"trace_id": "0" * 31 + "7", "span_id": "0" * 15 + "9", "http_route": "/cart"}
        assert exemplar["value"] == "0.25" and exemplar["timestamp"] == (NOW - 240_000 + 75_000) / 1000
    assert data(filled, "query_exemplars", query="jobs_total", **window) == []
    status, answer = ask(filled, "query_exemplars", query="rate(", **window)
    assert status == 400 and answer["errorType"] == "bad_data"


def test_remote_read_answers_samples(filled):
    query = number(1, NOW - 300_000) + number(2, NOW) + field(3, field(2, b"__name__") + field(3, b"jobs_total"))
    status, content, headers = call(filled, "/api/v1/read", body=snappy(field(1, query)), headers=V1)
    assert status == 200 and headers["Content-Encoding"] == "snappy"
    body = unsnappy(content)
    assert body.count(double(1, 1.0)) == 16 and field(1, field(1, b"job") + field(2, b"batch")) in body


def test_promtool_asks(filled):
    url = filled.api + "/prometheus"

    def run(*arguments):
        return subprocess.run(["promtool", "query", *arguments], capture_output=True, text=True, timeout=60)

    instant = run("instant", "--time", str(NOW // 1000 + 1), url, "http_requests_total")
    assert instant.returncode == 0 and instant.stdout.count("http_requests_total{") == 2, instant.stderr
    ranged = run("range", f"--start={NOW // 1000 - 60}", f"--end={NOW // 1000}", "--step=15s", url, "jobs_total")
    assert ranged.returncode == 0 and "jobs_total" in ranged.stdout, ranged.stderr
    series = run("series", "--match=jobs_total", f"--start={NOW // 1000 - 600}", f"--end={NOW // 1000 + 60}", url)
    assert series.returncode == 0 and "batch" in series.stdout, series.stderr
    labels = run("labels", url, "code")
    assert labels.returncode == 0 and labels.stdout.split() == ["200", "500"], labels.stderr


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_real_prometheus_writes_what_it_scrapes(filled, tmp_path):
    ports = [free_port(), free_port()]
    (tmp_path / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s}}
scrape_configs: [{{job_name: node, static_configs: [{{targets: ["127.0.0.1:{ports[0]}"]}}]}}]
remote_write: [{{url: "{filled.api}/prometheus/api/v1/write", metadata_config: {{send_interval: 2s}}}}]
""")
    log = open(tmp_path / "log", "wb")
    processes = [
        subprocess.Popen(["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{ports[0]}"], stdout=log, stderr=log),
        subprocess.Popen(["prometheus", f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/tsdb", f"--web.listen-address=127.0.0.1:{ports[1]}"], stdout=log, stderr=log, cwd=tmp_path),
    ]
    try:
        assert eventually(lambda: data(filled, "query", query='count({job="node"})')["result"], seconds=60), (tmp_path / "log").read_text()[-2000:]
        assert eventually(lambda: "node_cpu_seconds_total" in data(filled, "metadata"), seconds=60)
        assert data(filled, "metadata")["node_cpu_seconds_total"][0]["type"] == "counter"
        at = time.time() - 5
        own = f"http://127.0.0.1:{ports[1]}"
        for query in ["count by (mode) (node_cpu_seconds_total)", "up", "count(node_memory_MemTotal_bytes)", "node_load1", "sum(scrape_samples_scraped)"]:
            parameters = urllib.parse.urlencode({"query": query, "time": at})
            with urllib.request.urlopen(f"{own}/api/v1/query?{parameters}", timeout=20) as answer:
                expected = json.load(answer)["data"]["result"]
            got = eventually(lambda: (found := data(filled, "query", query=query, time=at)["result"]) == expected and found, seconds=20)
            assert got == expected, query
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def test_the_python_client_reads_series_and_ranges(filled):
    connection = prometheus_api_client.PrometheusConnect(url=filled.api + "/prometheus")
    assert connection.check_prometheus_connection()
    assert {"http_requests_total", "orders_total"} <= set(connection.all_metrics())
    assert sorted(one["metric"]["code"] for one in connection.get_current_metric_value("http_requests_total", {"job": "web"})) == ["200", "500"]
    ranged = connection.custom_query_range("jobs_total", datetime.fromtimestamp(NOW / 1000 - 60), datetime.fromtimestamp(NOW / 1000), "15s")
    assert {value for _, value in ranged[0]["values"]} == {"1"}


def test_vmalert_evaluates_rules_and_writes_their_series(filled, tmp_path):
    (tmp_path / "rules.yml").write_text("""
groups:
- name: shop
  interval: 1s
  rules:
  - {record: job:orders:now, expr: sum by (job) (orders_total)}
  - {alert: Orders, expr: orders_total > 0, labels: {severity: page}}
""")
    url = filled.api + "/prometheus"
    log = open(tmp_path / "log", "wb")
    process = subprocess.Popen(
        ["vmalert", f"-rule={tmp_path}/rules.yml", f"-datasource.url={url}", f"-remoteWrite.url={url}", f"-remoteRead.url={url}",
         "-notifier.url=http://127.0.0.1:9", f"-httpListenAddr=127.0.0.1:{free_port()}", "-remoteWrite.flushInterval=1s"], stdout=log, stderr=log)
    try:
        found = eventually(lambda: data(filled, "query", query="job:orders:now")["result"], seconds=60)
        assert [(one["metric"]["job"], one["value"][1]) for one in found] == [("shop", "45")], (tmp_path / "log").read_text()[-2000:]
        alerts = eventually(lambda: data(filled, "query", query='ALERTS{alertname="Orders"}')["result"], seconds=60)
        assert alerts[0]["metric"]["severity"] == "page"
    finally:
        process.terminate()
        process.wait(30)
