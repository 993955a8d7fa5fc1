"""Sends one of everything with the OpenTelemetry Python SDK.

Usage: otlp_sender.py {http,json,grpc} ENDPOINT TOKEN

`TOKEN` marks what is sent. Runs in a process of its own because the JSON exporter needs other package versions.
"""
import logging
import sys

from opentelemetry import baggage, context, metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

protocol, endpoint, token = sys.argv[1:]

if protocol == "http":
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
elif protocol == "json":
    from opentelemetry.exporter.otlp.json.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.json.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

suffix = {"traces": "/v1/traces", "logs": "/v1/logs", "metrics": "/v1/metrics"} if protocol != "grpc" else {}


def exporter(kind, signal):
    options = {"endpoint": endpoint + suffix.get(signal, "")}
    if protocol == "grpc":
        options["insecure"] = True
    return kind(**options)


resource = Resource.create({
    "service.name": f"python-{protocol}", "service.version": "1.2.3", "deployment.weights": [1, 2, 3], "replica": 7,
})
tracer_provider = TracerProvider(resource=resource)
tracer_provider.add_span_processor(BatchSpanProcessor(exporter(OTLPSpanExporter, "traces")))
tracer = trace.get_tracer("probe", "0.1", tracer_provider=tracer_provider)

logger_provider = LoggerProvider(resource=resource)
logger_provider.add_log_record_processor(BatchLogRecordProcessor(exporter(OTLPLogExporter, "logs")))
set_logger_provider(logger_provider)
logger = logging.getLogger("probe")
logger.setLevel(logging.INFO)
logger.addHandler(LoggingHandler(logger_provider=logger_provider))

meter_provider = MeterProvider(
    resource=resource,
    metric_readers=[PeriodicExportingMetricReader(exporter(OTLPMetricExporter, "metrics"), export_interval_millis=600_000)],
    views=[View(instrument_name="probe.exponential", aggregation=ExponentialBucketHistogramAggregation())])
meter = meter_provider.get_meter("probe", "0.1")

typed = {"token": token, "text": "Grüße", "whole": 42, "big": 2**53 + 1, "fraction": 0.5, "one": 1.0, "yes": True, "list": ["a", "b"], "numbers": [1, 2]}
with tracer.start_as_current_span("parent", kind=trace.SpanKind.SERVER, attributes=typed) as parent:
    with tracer.start_as_current_span("child", kind=trace.SpanKind.CLIENT, links=[trace.Link(parent.get_span_context(), {"why": "test"})]) as child:
        child.add_event("something happened", {"token": token, "attempt": 2})
        child.set_status(trace.StatusCode.ERROR, "did not work")
        try:
            raise ValueError("broken " + token)
        except ValueError as error:
            child.record_exception(error)
        logger.error("order %s failed", token, extra={"token": token, "attempt": 3, "ratio": 0.25, "final": True})
    counter = meter.create_counter("probe.requests", unit="1", description="Requests of the probe")
    counter.add(5, {"token": token, "route": "/a"})
    meter.create_up_down_counter("probe.active").add(-2, {"token": token})
    meter.create_gauge("probe.temperature", unit="Cel").set(21.5, {"token": token})
    histogram = meter.create_histogram("probe.duration", unit="s")
    exponential = meter.create_histogram("probe.exponential", unit="s")
    for value in (0.001, 0.02, 0.3, 4.0):
        histogram.record(value, {"token": token})
        exponential.record(value, {"token": token})

for provider in (tracer_provider, logger_provider, meter_provider):
    assert provider.force_flush(20_000), f"{provider} did not flush"
    provider.shutdown()
