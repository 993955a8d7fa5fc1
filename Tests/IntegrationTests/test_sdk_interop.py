"""Python services with the OpenTelemetry SDK and Swift services on this SDK call each other: one trace, nobody lost.

The Swift services are `trace-context-service`, which posts what it is told to. The Python services continue the context
of a request under a server span and make the calls that its body asks for, each under a client span.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry import baggage, context, propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind

from otlp_receiver import Receiver

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("TRACE_CONTEXT_SERVICE_BINARY", str(ROOT / ".build/release/trace-context-service"))


@pytest.fixture(scope="module", autouse=True)
def built():
    if not os.path.exists(BINARY):
        pytest.fail(f"{BINARY} is not built: script/build makes it")


class PythonService:
    """Answers by making the calls of the body; remembers the baggage that each request brought."""

    def __init__(self, name, receiver):
        provider = TracerProvider(resource=Resource.create({"service.name": name}))
        provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=receiver.url + "/v1/traces")))
        self.tracer = provider.get_tracer("interop")
        self.baggage = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                calls = json.loads(self.rfile.read(int(self.headers["content-length"])))
                parent = propagate.extract({name.lower(): value for name, value in self.headers.items()})
                service.baggage.append(dict(baggage.get_all(parent)))
                with service.tracer.start_as_current_span("POST", parent, kind=SpanKind.SERVER):
                    service.call(calls, parent)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def call(self, calls, parent=None):
        for call in calls:
            with self.tracer.start_as_current_span("POST", kind=SpanKind.CLIENT):
                headers = {"content-type": "application/json"}
                carried = context.get_current()
                for name, value in baggage.get_all(parent).items():
                    carried = baggage.set_baggage(name, value, carried)
                propagate.inject(headers, carried)
                body = json.dumps(call["arguments"]).encode()
                urllib.request.urlopen(urllib.request.Request(call["url"], body, headers), timeout=30).read()


@pytest.fixture
def receiver():
    receiver = Receiver().start()
    yield receiver
    receiver.stop()


@pytest.fixture
def swift(receiver):
    """Starts Swift services with the sampler that is asked for; they flush when they are stopped."""
    running = []

    def start(name, sampler):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {
            "PATH": os.environ["PATH"], "OTEL_SERVICE_NAME": name, "OTEL_TRACES_SAMPLER": sampler,
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_METRICS_EXPORTER": "none",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        }
        process = subprocess.Popen([BINARY, "--port", str(port)], env=environment)
        running.append(process)
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return f"http://127.0.0.1:{port}/"
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, "the service did not start"
                time.sleep(0.05)

    def stop():
        while running:
            process = running.pop()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0

    start.stop = stop
    yield start
    stop()


@pytest.mark.parametrize("middle", ["parentbased_always_on", "always_off"])
def test_one_trace_through_both_languages_in_both_directions(receiver, swift, middle):
    first, second, last = (PythonService(name, receiver) for name in ("python-1", "python-2", "python-3"))
    recorded = swift("swift-1", "parentbased_always_on")
    between = swift("swift-2", middle)
    # python-1 → swift-1 → python-2 → swift-2 → python-3
    route = [{"url": recorded, "arguments": [{"url": second.url, "arguments": [
        {"url": between, "arguments": [{"url": last.url, "arguments": []}]}]}]}]
    members = {"session": "7c d,ä", "tier": "gold"}
    with first.tracer.start_as_current_span("root"):
        start = context.get_current()
        for name, value in members.items():
            start = baggage.set_baggage(name, value, start)
        first.call(route, start)
    swift.stop()

    assert second.baggage == [members] and last.baggage == [members]
    spans = [span for _, span in receiver.spans]
    services = {service for service, _ in receiver.spans}
    assert len({span.trace_id for span in spans}) == 1
    ids = {span.span_id for span in spans}
    assert len(ids) == len(spans)
    assert [span.name for span in spans if span.parent_span_id not in ids] == ["root"], "no span is an orphan"
    by_id = {span.span_id: (service, span) for service, span in receiver.spans}

    def callers(service):
        """The services above a service's server span, nearest first."""
        span = next(s for name, s in receiver.spans if name == service and s.kind == 2)
        chain = []
        while span.parent_span_id:
            name, span = by_id[span.parent_span_id]
            if not chain or chain[-1] != name:
                chain.append(name)
        return chain[1:] if chain[0] == service else chain

    if middle == "always_off":
        assert services == {"python-1", "swift-1", "python-2", "python-3"}
        assert callers("python-3") == ["python-2", "swift-1", "python-1"], "the hop that does not sample is transparent"
    else:
        assert callers("python-3") == ["swift-2", "python-2", "swift-1", "python-1"]
