"""Writes seeded telemetry of a shop as OTLP request bodies, and the answers that questions about it must have.

    python generate.py --out DATA --logs 2000000 --spans 2000000 --points 5000000

Same arguments (with the same --end), same bytes.
"""
import argparse
import collections
import json
import os
import random
import struct
import time

from wire import BodyWriter, attribute, delimited, double, fixed64, integer, varint

SECOND = 10**9
SERVICES = {
    "frontend": ("2.14.0", 6), "catalog": ("1.8.3", 5), "cart": ("3.2.1", 4), "checkout": ("2.7.1", 3), "payment": ("4.0.2", 2),
    "shipping": ("1.1.9", 2), "recommendation": ("0.9.4", 3), "email": ("1.0.0", 1), "orders": ("2.2.0", 2), "search": ("5.1.0", 3),
}
ROUTES = ["/", "/product/{id}", "/search", "/cart", "/checkout", "/orders/{id}"]
TEMPLATES = [
    ("INFO", 9, "request completed method=GET path={route} status={status} duration_ms={ms}", 40),
    ("INFO", 9, "cache lookup key=product:{product} hit={hit}", 25),
    ("DEBUG", 5, "selected {rows} rows from products in {ms} ms", 20),
    ("INFO", 9, "order {order} placed by user {user} amount {amount} EUR", 10),
    ("WARN", 13, "slow query on products took {ms}ms", 3),
    ("WARN", 13, "circuit breaker opened for {peer} after {rows} failures", 1),
    ("ERROR", 17, "payment {order} declined: card expired", 1),
]
BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]


class Instance:
    def __init__(self, service, number):
        generator = random.Random(f"{service}-{number}")
        self.service = service
        tag = f"{generator.getrandbits(40):010x}"
        values = {
            "service.name": service, "service.version": SERVICES[service][0], "service.instance.id": f"{service}-{tag}",
            "deployment.environment.name": "production", "host.name": f"node-{generator.randrange(12):02d}",
            "k8s.pod.name": f"{service}-{tag}-{number}", "k8s.namespace.name": "shop",
        }
        self.resource = delimited(1, b"".join(attribute(1, k, v) for k, v in values.items()))
        self.scope = delimited(1, delimited(1, "shop." + service) + delimited(2, "1.4.0"))


class Batch:
    """Records of all instances, grouped by resource as a Collector groups them."""

    def __init__(self, path, generator):
        self.writer, self.generator, self.records, self.count = BodyWriter(path), generator, collections.defaultdict(list), 0
        self.limit = generator.randrange(1000, 8001)

    def add(self, instance, record):
        self.records[instance].append(record)
        self.count += 1
        if self.count >= self.limit:
            self.flush()

    def flush(self):
        if self.count:
            body = b"".join(delimited(1, i.resource + delimited(2, i.scope + b"".join(records))) for i, records in self.records.items())
            self.writer.put(body, self.count)
        self.records.clear()
        self.count, self.limit = 0, self.generator.randrange(1000, 8001)

    def close(self):
        self.flush()
        self.writer.close()


def instances(count):
    weight = sum(w for _, w in SERVICES.values())
    return [Instance(s, n) for s, (_, w) in SERVICES.items() for n in range(max(1, round(count * w / weight)))]


def traffic(arguments, truth):
    """Traces and the logs they cause, spread over the hours before --end."""
    generator = random.Random(arguments.seed)
    pool = instances(60)
    spans, logs = (Batch(os.path.join(arguments.out, name), generator) for name in ("traces.otlp", "logs.otlp"))
    start, length = (arguments.end - arguments.hours * 3600) * SECOND, (arguments.hours * 3600 - 60) * SECOND
    counts = {"logs": collections.Counter(), "spans": collections.Counter(), "errors": collections.Counter(), "severity": collections.Counter()}
    phrase = slow = made_spans = made_logs = traces = 0
    needles = []
    weighted = [template for template in TEMPLATES for _ in range(template[3])]
    while made_spans < arguments.spans or made_logs < arguments.logs:
        share = max(made_spans / max(1, arguments.spans), made_logs / max(1, arguments.logs)) if arguments.spans and arguments.logs else (made_spans + made_logs) / (arguments.spans + arguments.logs)
        now = start + int(min(share, 1) * length) + generator.randrange(SECOND)
        trace_id = generator.randbytes(16)
        route = ROUTES[int(6 * generator.random() ** 2)]
        user, order = str(int(200_000 * generator.random() ** 2)), f"ord-{generator.getrandbits(48):012x}"
        parents, trace_spans, trace_logs = [b""], 0, 0
        traces += 1
        for depth in range(generator.randrange(6, 28)):
            instance = pool[int(len(pool) * generator.random())]
            own = int(2e6 * generator.lognormvariate(1, 1))
            span_id, parent = generator.randbytes(8), generator.choice(parents)
            failed = generator.random() < 0.004
            status = 500 if failed else 200
            begin = now + depth * 300_000
            if made_spans < arguments.spans:
                span = (delimited(1, trace_id) + delimited(2, span_id) + (delimited(4, parent) if parent else b"")
                        + delimited(5, "GET " + route) + integer(6, 2 if depth % 2 == 0 else 3) + fixed64(7, begin) + fixed64(8, begin + own)
                        + attribute(9, "http.request.method", "GET") + attribute(9, "http.route", route)
                        + attribute(9, "http.response.status_code", status) + attribute(9, "user.id", user)
                        + attribute(9, "server.address", instance.service) + attribute(9, "app.order.id", order))
                if failed:
                    span += attribute(9, "error.type", "timeout") + delimited(15, delimited(2, "timed out") + integer(3, 2))
                spans.add(instance, delimited(2, span + b"\x85\x01\x01\x01\x00\x00"))
                parents.append(span_id)
                made_spans += 1
                trace_spans += 1
                counts["spans"][instance.service] += 1
                counts["errors"][instance.service] += failed
            if made_logs < arguments.logs and generator.random() < 0.9:
                name, number, template, _ = weighted[int(len(weighted) * generator.random())]
                ms = int(own / 1e6)
                body = template.format(route=route, status=status, ms=ms, product=f"P{int(5000 * generator.random()):05d}", hit=ms % 2 == 0,
                                       rows=ms % 40, order=order, user=user, amount=f"{ms}.50", peer=instance.service)
                record = (fixed64(1, begin) + integer(2, number) + delimited(3, name) + delimited(5, delimited(1, body))
                          + attribute(6, "http.route", route) + attribute(6, "user.id", user))
                if generator.random() < 0.6:
                    record += b"\x45\x01\x00\x00\x00" + delimited(9, trace_id) + delimited(10, span_id)
                    trace_logs += 1
                logs.add(instance, delimited(2, record + fixed64(11, begin + 350_000)))
                made_logs += 1
                counts["logs"][instance.service] += 1
                counts["severity"][instance.service + "/" + name] += 1
                phrase += body.startswith("circuit breaker opened")
                slow += body.startswith("slow query on products took 1")
        if traces % 5000 == 1 and trace_spans:
            needles.append({"trace_id": trace_id.hex(), "spans": trace_spans, "logs": trace_logs})
    spans.close()
    logs.close()
    truth.update(
        logs=made_logs, spans=made_spans, traces=traces, needles=needles, phrase=phrase, slow_query=slow,
        logs_by_service=counts["logs"], spans_by_service=counts["spans"], errors_by_service=counts["errors"], severity=counts["severity"])


def metrics(arguments, truth):
    """Cumulative sums, gauges and histograms of every instance, one request a tick and 4,000 points."""
    generator = random.Random(arguments.seed + 1)
    pool = instances(60)
    series = []
    for number, instance in enumerate(pool):
        for j in range(120):
            series.append((instance, "sum", "app.requests", attribute(7, "http.route", ROUTES[j % 6]) + attribute(7, "product.id", f"P{(number * 37 + j * 101) % 5000:05d}")))
        for j in range(24):
            series.append((instance, "gauge", "queue.depth", attribute(7, "queue", f"q{j}")))
        for route in ROUTES:
            series.append((instance, "histogram", "http.server.request.duration", attribute(9, "http.route", route)))
    writer = BodyWriter(os.path.join(arguments.out, "metrics.otlp"))
    ticks = max(2, arguments.points // len(series))
    begin = arguments.end * SECOND - ticks * 15 * SECOND
    totals, points, last_sum = [0] * len(series), 0, 0
    for tick in range(ticks):
        now = begin + tick * 15 * SECOND
        grouped = collections.OrderedDict()
        for index, (instance, kind, name, attributes) in enumerate(series):
            if kind == "sum":
                totals[index] += generator.randrange(50)
                point = attributes + fixed64(2, begin) + fixed64(3, now) + varint(6 << 3 | 1) + struct.pack("<q", totals[index])
            elif kind == "gauge":
                point = attributes + fixed64(3, now) + double(4, round(generator.random() * 100, 1))
            else:
                totals[index] += generator.randrange(1, 20)
                rest, buckets = totals[index], []
                for _ in BOUNDS:
                    buckets.append(rest // 2)
                    rest -= rest // 2
                buckets.append(rest)
                point = (attributes + fixed64(2, begin) + fixed64(3, now) + fixed64(4, totals[index]) + double(5, totals[index] * 0.07)
                         + delimited(6, b"".join(struct.pack("<Q", b) for b in buckets)) + delimited(7, b"".join(struct.pack("<d", b) for b in BOUNDS)))
            grouped.setdefault(instance, collections.OrderedDict()).setdefault((kind, name), []).append(delimited(1, point))
        requests, count = [], 0
        for instance, by_metric in grouped.items():
            content = b""
            for (kind, name), encoded in by_metric.items():
                data = b"".join(encoded)
                if kind != "gauge":
                    data += integer(2, 2) + (integer(3, 1) if kind == "sum" else b"")
                content += delimited(2, delimited(1, name) + delimited(3, "s" if kind == "histogram" else "1") + delimited({"gauge": 5, "sum": 7, "histogram": 9}[kind], data))
                count += len(encoded)
            requests.append(delimited(1, instance.resource + delimited(2, instance.scope + content)))
            if count >= 4000:
                writer.put(b"".join(requests), count)
                points += count
                requests, count = [], 0
        if requests:
            writer.put(b"".join(requests), count)
            points += count
    writer.close()
    last_sum = sum(total for total, (_, kind, _, _) in zip(totals, series) if kind == "sum")
    truth.update(points=points, series=len(series), ticks=ticks, requests_total=last_sum, metrics_start=begin // SECOND)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--end", type=int, default=int(time.time()), help="unix seconds of the newest record")
    parser.add_argument("--hours", type=int, default=6)
    parser.add_argument("--logs", type=int, default=2_000_000)
    parser.add_argument("--spans", type=int, default=2_000_000)
    parser.add_argument("--points", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    truth = {"end": arguments.end, "hours": arguments.hours}
    if arguments.logs or arguments.spans:
        traffic(arguments, truth)
    if arguments.points:
        metrics(arguments, truth)
    with open(os.path.join(arguments.out, "truth.json"), "w") as file:
        json.dump(truth, file, indent=1)


if __name__ == "__main__":
    main()
