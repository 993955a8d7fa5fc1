"""Bad input ends in a clear answer or a counted truncation, never in a crash, and nothing accepted is lost."""
import gzip
import json
import random
import socket
import time
import uuid
import zlib

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from otlp_bodies import JSON, PROTOBUF, logs_body, logs_request, spans_body
from sightline_process import eventually

PATHS = ["/v1/logs", "/v1/traces", "/v1/metrics"]


@pytest.fixture(autouse=True)
def still_alive(server):
    """After each test the same process answers, and takes and finds a record."""
    yield
    assert server.process.poll() is None, server.tail()
    token = uuid.uuid4().hex
    assert server.post("/v1/logs", logs_body([{"body": token}]), PROTOBUF)[0] == 200
    assert len(server.logs(q=token)) == 1


def token():
    return uuid.uuid4().hex


@pytest.mark.parametrize("path", PATHS)
def test_malformed_bodies_are_refused_with_a_reason(server, path):
    for body, headers in [
        (b"\xff\xff\xff\xff", PROTOBUF), (b"\x0a\xff\x01abc", PROTOBUF), (b"\x0b\x0b", PROTOBUF),
        (b"{", JSON), (b"[]", JSON), (b'{"resourceLogs": 5, "resourceSpans": 5, "resourceMetrics": 5}', JSON), (b"\x00" * 20, JSON),
        (b"not gzip", {**PROTOBUF, "Content-Encoding": "gzip"}), (b"not zstd", {**PROTOBUF, "Content-Encoding": "zstd"}),
    ]:
        status, answered, answer = server.post(path, body, headers)
        assert status == 400, (body, status, answer)
        assert answered["Content-Type"].startswith(headers["Content-Type"])
        if headers is JSON:
            assert json.loads(answer)["message"]
        else:
            assert len(answer) > 2


def test_wrong_types_paths_and_methods(server):
    assert server.post("/v1/logs", b"x", {"Content-Type": "text/plain"})[0] == 415
    assert server.post("/v1/logs", b"x", {**PROTOBUF, "Content-Encoding": "br"})[0] in (400, 415)
    assert server.post("/v1/nothing", b"", PROTOBUF)[0] == 404
    assert server.post("/v1/logs", b"", {"Content-Type": "application/json; charset=utf-8"})[0] in (200, 400)
    assert server.post("/v1/logs", b"", PROTOBUF)[0] == 200, "an empty request succeeds"


def test_large_and_over_compressed_bodies(server):
    oversized = b"\x00" * (65 << 20)
    assert server.post("/v1/logs", oversized, PROTOBUF)[0] == 413
    before = server.peak_memory_bytes()
    for encoding, bomb in [("gzip", gzip.compress(b"\x00" * (1 << 30), 9)), ("deflate", zlib.compress(b"\x00" * (1 << 30), 9))]:
        assert server.post("/v1/logs", bomb, {**PROTOBUF, "Content-Encoding": encoding})[0] == 413
    assert server.peak_memory_bytes() - before < 300 << 20


def test_compressed_bodies_are_taken(server):
    import zstandard
    raw = zlib.compressobj(wbits=-15)
    for encoding, compress in [
        ("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.ZstdCompressor().compress),
        ("deflate", lambda body: raw.compress(body) + raw.flush()),
    ]:
        mark = token()
        assert server.post("/v1/logs", compress(logs_body([{"body": mark}])), {**PROTOBUF, "Content-Encoding": encoding})[0] == 200
        assert len(server.logs(q=mark)) == 1, encoding


def test_invalid_text_is_replaced_and_counted(server):
    mark = token()
    body = logs_body([{"body": f"{mark} caf\u00e9"}]).replace("\u00e9".encode(), b"\xff\xfe")
    assert server.post("/v1/logs", body, PROTOBUF)[0] == 200
    assert server.logs(q=mark)[0]["body"].startswith(f"{mark} caf\ufffd")
    assert server.rejected()[("logs", "invalid_utf8")] >= 1


def test_unknown_fields_are_skipped(server):
    mark = token()
    unknown = b"\xfa\x3f\x03abc"  # field 1023, length-delimited
    assert server.post("/v1/logs", logs_body([{"body": mark}]) + unknown, PROTOBUF)[0] == 200
    assert len(server.logs(q=mark)) == 1
    record = {"timeUnixNano": str(time.time_ns()), "body": {"stringValue": mark + "b"}, "futureField": {"a": [1, {"b": None}]}}
    assert server.post("/v1/logs", json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}], "x": 1}).encode(), JSON)[0] == 200
    assert len(server.logs(q=mark + "b")) == 1


def test_zero_and_short_ids(server):
    status, _, answer = server.post("/v1/traces", spans_body(2, trace_id=bytes(16)) + spans_body(1), PROTOBUF)
    assert status == 200
    partial = ExportTraceServiceResponse.FromString(answer).partial_success
    assert partial.rejected_spans == 2 and partial.error_message
    assert ExportTraceServiceResponse.FromString(server.post("/v1/traces", spans_body(1, span_id=b"\x01"), PROTOBUF)[2]).partial_success.rejected_spans == 1
    mark = token()
    assert server.post("/v1/logs", logs_body([{"body": mark, "trace_id": bytes(16), "span_id": bytes(8)}]), PROTOBUF)[0] == 200
    assert "trace_id" not in server.logs(q=mark)[0]


def test_times_out_of_bounds(server):
    mark = token()
    year = 365.25 * 86400 * 10**9
    records = [{"body": mark, "time_unix_nano": int(nanoseconds)} for nanoseconds in (1, 530 * year, 2**64 - 1)]
    status, _, answer = server.post("/v1/logs", logs_body(records), PROTOBUF)
    assert status == 200
    assert ExportLogsServiceResponse.FromString(answer).partial_success.rejected_log_records == 3
    received = logs_body([{"body": mark + "z", "time_unix_nano": 0}])
    assert server.post("/v1/logs", received, PROTOBUF)[0] == 200
    row = server.logs(q=mark + "z")[0]
    assert abs(int(row["time"]) - time.time_ns()) < 60 * 10**9, "no time: the time of receipt"


def test_ten_thousand_attributes(server):
    mark = token()
    body = logs_body([{"body": mark, "attributes": {f"key.{i}": str(i) for i in range(10_000)}}])
    assert server.post("/v1/logs", body, PROTOBUF)[0] == 200
    row = server.logs(q=mark)[0]
    assert len(row["attributes"]) == 4096
    assert row["dropped_attributes_count"] == 10_000 - 4096
    assert sum(count for (_, reason), count in server.rejected().items() if "attribute" in reason) >= 10_000 - 4096


def test_values_of_a_megabyte(server):
    mark = token()
    body = logs_body([{"body": mark, "attributes": {"large": "\u00e4" * (600 << 10)}}])
    assert server.post("/v1/logs", body, PROTOBUF)[0] == 200
    row = server.logs(q=mark)[0]
    kept = row["attributes"]["large"]
    assert set(kept) == {"\u00e4"} and (1 << 20) - 4 <= len(kept.encode()) <= 1 << 20
    assert row["truncated_values_count"] == 1


def test_deep_nesting_is_refused_not_followed(server):
    for depth in (33, 1000, 100_000):
        value = '{"stringValue":"x"}'
        value = '{"arrayValue":{"values":[' * depth + value + "]}}" * depth
        body = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":%s}]}]}]}' % value
        status, _, answer = server.post("/v1/logs", body.encode(), JSON)
        assert status == 400 or int(json.loads(answer)["partialSuccess"]["rejectedLogRecords"]) == 1


def test_mutated_bodies(server):
    seed = random.randrange(1 << 32)
    generator = random.Random(seed)
    valid = [("/v1/logs", logs_body([{"body": "x", "attributes": {"a": "b"}} for _ in range(5)])), ("/v1/traces", spans_body(5))]
    for _ in range(300):
        path, body = generator.choice(valid)
        mutated = bytearray(body)
        for _ in range(generator.randrange(1, 6)):
            mutated[generator.randrange(len(mutated))] = generator.randrange(256)
        if generator.random() < 0.3:
            mutated = mutated[: generator.randrange(len(mutated))]
        status, _, answer = server.post(path, bytes(mutated), PROTOBUF)
        assert status in (200, 400), (seed, status, answer)


def test_slow_and_cut_connections(server):
    host, port = server.otlp_http[7:].split(":")
    body = logs_body([{"body": "never whole"}])
    head = f"POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for cut in (3, len(head) - 2, len(head), len(head) + len(body) // 2):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall((head + body)[:cut])
    mark = token()
    body = logs_body([{"body": mark}])
    head = f"POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection((host, int(port))) as connection:
        for byte in head + body:
            connection.send(bytes([byte]))
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert len(server.logs(q=mark)) == 1
    assert server.logs(q='"never whole"') == []


def test_both_protocols_share_a_port(server):
    """A gRPC client on the HTTP port and an HTTP client on the gRPC port."""
    import grpc
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub

    mark = token()
    with grpc.insecure_channel(server.otlp_http[7:]) as channel:
        LogsServiceStub(channel).Export(logs_request([{"body": mark}]), timeout=10)
    assert len(eventually(lambda: server.logs(q=mark))) == 1


def test_grpc_errors(server):
    import grpc
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub

    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(server.otlp_grpc, options=options) as channel:
        raw = channel.unary_unary("/opentelemetry.proto.collector.logs.v1.LogsService/Export")
        with pytest.raises(grpc.RpcError) as failure:
            raw(b"\xff\xff\xff", timeout=10)
        assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        with pytest.raises(grpc.RpcError) as failure:
            raw(b"\x00" * (65 << 20), timeout=60)
        assert failure.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "google.rpc.retryinfo-bin" not in dict(failure.value.trailing_metadata() or ())
        with pytest.raises(grpc.RpcError) as failure:
            channel.unary_unary("/opentelemetry.proto.collector.nothing.v1.Nothing/Export")(b"", timeout=10)
        assert failure.value.code() is grpc.StatusCode.UNIMPLEMENTED
        LogsServiceStub(channel).Export(logs_request([{"body": "still fine"}]), timeout=10)
