"""A query that needs more memory than there is ends in an error that names what asked for it, in every language."""
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otlp_bodies import PROTOBUF, gauge_body, logs_body, text
from sightline_process import Sightline

BATCHES, BATCH = 12, 5_000
# What asks first depends on whether the rows are in memory or in a part.
STORE = re.compile("query memory of [0-9]+ bytes exhausted by (columns of a block|groups of an aggregation)")


def wide(number):
    """A value of 500 bytes that no other row has."""
    return f"{number:08d}" * 62 + "tail"


def spans(first):
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.append(text("service.name", "wide"))
    scope = resource.scope_spans.add()
    now = time.time_ns()
    for number in range(first, first + BATCH):
        span = scope.spans.add(
            trace_id=(number + 1).to_bytes(16, "big"), span_id=(number + 1).to_bytes(8, "big"), name="work",
            start_time_unix_nano=now - 10**6, end_time_unix_nano=now)
        span.attributes.append(text("blob", wide(number)))
    return request.SerializeToString()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A server with the least memory there is, and 60,000 logs and spans that are all groups of their own."""
    with Sightline(tmp_path_factory.mktemp("small"), ["--set", "memory=64MiB"]) as server:
        server.post("/v1/metrics", gauge_body("narrow", 1.0), PROTOBUF)
        for batch in range(BATCHES):
            first = batch * BATCH
            rows = [{"attributes": {"blob": wide(number)}} for number in range(first, first + BATCH)]
            for path, body in [("/v1/logs", logs_body(rows, "wide")), ("/v1/traces", spans(first))]:
                deadline = time.monotonic() + 60
                while server.post(path, body, PROTOBUF)[0] != 200:
                    assert time.monotonic() < deadline, server.tail()
                    time.sleep(0.2)
        yield server


def ask(server, path, **parameters):
    url = server.api + path + "?" + urllib.parse.urlencode(parameters)
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_logql_names_the_operator(small):
    status, answer = ask(small, "/loki/api/v1/query", query='sum by (blob) (count_over_time({service_name="wide"}[1h]))')
    assert status == 400, answer
    assert STORE.search(answer) and "in count_over_time" in answer
    status, answer = ask(small, "/loki/api/v1/query", query='sum(count_over_time({service_name="wide"}[1h]))')
    assert status == 200 and json.loads(answer)["data"]["result"][0]["value"][1] == str(BATCHES * BATCH)


def test_promql_names_the_operator(small):
    status, answer = ask(small, "/prometheus/api/v1/query", query="count_over_time(vector(1)[9000d:1s])")
    answer = json.loads(answer)
    assert status == 422 and answer["errorType"] == "execution", answer
    assert "too many samples" in answer["error"] and "subquery" in answer["error"]
    assert ask(small, "/prometheus/api/v1/query", query="count(narrow_ratio)")[0] == 200


def test_traceql_names_the_operator(small):
    now = int(time.time())
    window = {"start": now - 3600, "end": now + 60}
    status, answer = ask(small, "/tempo/api/metrics/query_range", q="{} | count_over_time() by (span.blob)", step="60s", **window)
    assert status == 422, answer
    assert STORE.search(answer)
    status, answer = ask(small, "/tempo/api/metrics/query_range", q="{} | count_over_time()", step="60s", **window)
    assert status == 200, answer
