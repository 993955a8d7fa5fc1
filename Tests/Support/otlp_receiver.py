"""A receiver of OTLP spans over HTTP for tests of what senders do: it can go away, come back, reset and refuse."""

import gzip
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import zstandard
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Receiver:
    """Acknowledges spans; `script` holds what the next requests get in its place: a status, or "reset"."""

    def __init__(self, port=0, script=()):
        self.spans = []
        self.script = list(script)
        self.encodings = set()
        self.port = port
        self.server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def numbers(self):
        """How often each value of the attribute `number` has come."""
        return Counter(a.value.int_value for _, span in list(self.spans) for a in span.attributes if a.key == "number")

    def start(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                step = receiver.script.pop(0) if receiver.script else 200
                if step == "reset":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                if step == 200 and self.path == "/v1/traces":
                    receiver.take(body, self.headers.get("content-encoding"))
                self.send_response(step)
                if step == 429:
                    self.send_header("retry-after", "1")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True
            connections = []

            def process_request(self, request, address):
                self.connections.append(request)
                super().process_request(request, address)

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self):
        """Goes away like a process that is killed: the connections end, and new ones are refused."""
        self.server.shutdown()
        self.server.server_close()
        for connection in self.server.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.server.connections.clear()

    def take(self, body, encoding):
        self.encodings.add(encoding)
        if encoding == "gzip":
            body = gzip.decompress(body)
        elif encoding == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
            for scope in resource.scope_spans:
                self.spans.extend((service, span) for span in scope.spans)
