"""Sends known traces with the OpenTelemetry SDK."""
import time

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


class Shop:
    """Two services: `front-TOKEN` answers requests and calls `stock-TOKEN`. `traces` holds the ids, oldest first."""

    def __init__(self, endpoint, token):
        self.token = token
        self.front, self.stock = f"front-{token}", f"stock-{token}"
        self.providers = [self._provider(endpoint, name) for name in (self.front, self.stock)]
        self.tracers = [provider.get_tracer("probe", "0.1") for provider in self.providers]
        self.traces = []

    @staticmethod
    def _provider(endpoint, name):
        resource = Resource.create({"service.name": name, "service.version": "1.2.3", "zones": ["a", "b"]})
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint + "/v1/traces")))
        return provider

    def order(self, number, is_error=False):
        """One trace: `POST /order` of front, `reserve` of front's client, `SELECT` of stock."""
        front, stock = self.tracers
        with front.start_as_current_span("POST /order", kind=trace.SpanKind.SERVER, attributes={
                "http.route": "/order", "http.response.status_code": 500 if is_error else 200, "big order": number > 2,
        }) as root:
            self.traces.append(f"{root.get_span_context().trace_id:032x}")
            with front.start_as_current_span("reserve", kind=trace.SpanKind.CLIENT, attributes={"number": number}):
                with stock.start_as_current_span("SELECT", kind=trace.SpanKind.SERVER, attributes={
                        "db.system": "sqlite", "ratio": 0.5, "tags": ["x", "y"]}) as query:
                    query.add_event("row", {"rows": number})
                    time.sleep(0.002)
            if is_error:
                root.set_status(trace.StatusCode.ERROR, "out of stock")

    def flush(self):
        for provider in self.providers:
            assert provider.force_flush(20_000)
            provider.shutdown()
