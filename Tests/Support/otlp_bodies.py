"""OTLP request bodies made with the official protobuf classes."""
import os
import time

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}


def text(key, value):
    return KeyValue(key=key, value=AnyValue(string_value=value))


def logs_request(records, service="probe"):
    """A request with one resource; `records` are keyword arguments of LogRecord, `body` and `attributes` in short form."""
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.append(text("service.name", service))
    scope = resource.scope_logs.add()
    for record in records:
        body = record.pop("body", "a record")
        attributes = record.pop("attributes", {})
        record.setdefault("time_unix_nano", time.time_ns())
        made = scope.log_records.add(**record)
        if body is not None:
            made.body.string_value = body
        for key, value in attributes.items():
            made.attributes.append(text(key, value))
    return request


def logs_body(records, service="probe"):
    return logs_request(records, service).SerializeToString()


def spans_body(count, service="probe", name="work", trace_id=None, span_id=None, **fields):
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.append(text("service.name", service))
    scope = resource.scope_spans.add()
    now = time.time_ns()
    for _ in range(count):
        span = {"start_time_unix_nano": now - 10**6, "end_time_unix_nano": now, **fields}
        scope.spans.add(
            trace_id=os.urandom(16) if trace_id is None else trace_id,
            span_id=os.urandom(8) if span_id is None else span_id, name=name, kind=2, **span)
    return request.SerializeToString()


def gauge_body(name, value, service="probe", attributes=None, time_unix_nano=None):
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    resource.resource.attributes.append(text("service.name", service))
    metric = resource.scope_metrics.add().metrics.add(name=name, unit="1")
    point = metric.gauge.data_points.add(time_unix_nano=time_unix_nano or time.time_ns(), as_double=value)
    for key, item in (attributes or {}).items():
        point.attributes.append(text(key, item))
    return request.SerializeToString()
