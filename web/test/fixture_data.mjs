// Seeded telemetry of a small shop: the same seed and time give the same data.

function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

const routes = [
  { method: "GET", route: "/products", weight: 5, calls: [["catalog", "GET /items", 8]] },
  { method: "GET", route: "/products/{id}", weight: 6, calls: [["catalog", "GET /items/{id}", 5], ["inventory", "GET /stock/{id}", 4]] },
  { method: "POST", route: "/cart", weight: 3, calls: [["cart", "POST /cart/items", 6]] },
  { method: "POST", route: "/checkout", weight: 2, calls: [["checkout", "POST /orders", 40]] },
  { method: "GET", route: "/health", weight: 1, calls: [] },
];

export function makeData(seed, now, count) {
  const random = generator(seed);
  const hex = (digits) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
  const [traces, spans, logs] = [[], [], []];
  const nanos = (ms) => `${Math.floor(ms)}${String(Math.round((ms % 1) * 1e6)).padStart(6, "0")}`;
  const versions = { checkout: "2.7.1", payment: "1.9.0" };
  const resourceOf = (service) => ({ "service.name": service, "service.version": versions[service] ?? "1.4.2", "service.instance.id": `${service}-1`, "host.name": `node-${service.length % 2 ? "a" : "b"}`, "deployment.environment.name": "production", "telemetry.sdk.language": "swift" });

  const log = (span, offset, severity, body, attributes = {}) => {
    const ms = span.ms + offset;
    logs.push({ ms, id: `${Math.floor(ms)}-${hex(16)}`, time: nanos(ms), observed_time: nanos(ms + 1), severity, severity_text: ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"][Math.floor((severity - 1) / 4)], service: span.service, body, trace_id: span.trace_id, span_id: span.span_id, flags: 1, attributes, resource: span.resource, scope: { name: `shop.${span.service}`, version: "1.0.0" } });
  };

  for (let index = 0; index < count; index += 1) {
    const begin = now - random() * 3.6e6;
    const incident = begin > now - 14 * 6e4 && begin < now - 6 * 6e4;
    const id = hex(32);
    const own = [];
    const span = (parent, service, name, kind, offset, milliseconds, attributes = {}, status = 0) => {
      const made = { ms: begin + offset, trace_id: id, span_id: hex(16), parent_span_id: parent?.span_id ?? "", service, name, kind, duration: Math.round(milliseconds * 1e6), status, attributes, resource: resourceOf(service), events: [], links: [] };
      own.push(made);
      return made;
    };
    const total = routes.reduce((sum, route) => sum + route.weight, 0);
    let chosen = random() * total;
    const route = routes.find((candidate) => (chosen -= candidate.weight) < 0) ?? routes[0];
    const slowdown = 0.6 + random() * random() * 3;
    const customer = 1000 + Math.floor(random() * 400);
    const root = span(null, "frontend", `${route.method} ${route.route}`, 2, 0, 4, { "http.request.method": route.method, "http.route": route.route, "http.response.status_code": 200, "url.path": route.route.replace("{id}", String(customer)), "user_agent.original": "Mozilla/5.0" });
    let at = 1.5;
    const call = (parent, service, name, milliseconds, status = 0) => {
      const client = span(parent, parent.service, name, 3, at, milliseconds + 1, { "http.request.method": name.split(" ")[0], "peer.service": service, "server.address": service }, status);
      const server = span(client, service, name, 2, at + 0.5, milliseconds, { "http.request.method": name.split(" ")[0], "http.route": name.split(" ")[1], "http.response.status_code": status === 2 ? 503 : 200 }, status);
      return [client, server];
    };
    for (const [service, name, base] of route.calls) {
      if (service !== "checkout") {
        const [, server] = call(root, service, name, base * slowdown);
        const queries = service === "catalog" && random() < 0.2 ? 14 : 1;
        for (let query = 0; query < queries; query += 1) span(server, service, "SELECT products", 3, at + 1 + query * (base * slowdown * 0.8) / queries, (base * slowdown * 0.7) / queries, { "db.system.name": "postgresql", "db.query.text": "SELECT * FROM products WHERE id = $1", "db.operation.name": "SELECT" });
        if (random() < 0.5) log(server, 1.2, 9, `${name.replace("{id}", String(customer))} served ${queries * 3} rows`, { "customer.id": customer, rows: queries * 3 });
        if (queries > 1) log(server, 2, 13, "many queries for one page: is this an N+1?", { queries });
        at += base * slowdown + 2;
        continue;
      }
      const failing = random() < (incident ? 0.45 : 0.03);
      const payment = (failing ? 800 + random() * 900 : 35 + random() * 40) * slowdown;
      const start = at;
      const [client, server] = call(root, "checkout", name, payment + 60 * slowdown, failing ? 2 : 0);
      log(server, 0.4, 9, `order accepted for customer ${customer}`, { "customer.id": customer, "order.items": 1 + Math.floor(random() * 6) });
      at = start + 4;
      const [, inventory] = call(server, "inventory", "POST /reservations", 9 * slowdown);
      span(inventory, "inventory", "UPDATE stock", 3, at + 2, 5 * slowdown, { "db.system.name": "postgresql", "db.operation.name": "UPDATE" });
      at += 14 * slowdown;
      const [payClient, pay] = call(server, "payment", "POST /charges", payment, failing ? 2 : 0);
      span(pay, "payment", "authorise card", 1, at + 2, payment * 0.9, { "payment.provider": "acquirer", "payment.attempt": failing ? 3 : 1, "payment.amount": Math.round(random() * 20_000) / 100 }, failing ? 2 : 0);
      if (failing) {
        pay.status_message = payClient.status_message = "acquirer timed out after 3 attempts";
        pay.events.push({ ms: pay.ms + payment * 0.9, name: "exception", attributes: { "exception.type": "AcquirerTimeout", "exception.message": "no answer within 500 ms", "exception.stacktrace": "at Charge.authorise(card:)\nat PaymentController.post(_:)" } });
        log(pay, payment * 0.3, 13, "acquirer is slow, trying again", { attempt: 1, "customer.id": customer });
        log(pay, payment * 0.6, 13, "acquirer is slow, trying again", { attempt: 2, "customer.id": customer });
        log(pay, payment * 0.92, 17, "payment failed: acquirer timed out after 3 attempts", { "exception.type": "AcquirerTimeout", "exception.message": "no answer within 500 ms", "customer.id": customer, retry: { count: 3, backoff_ms: [50, 100, 200] } });
        log(server, payment + 20, 17, `order of customer ${customer} could not be completed`, { "customer.id": customer, "error.type": "PaymentFailed" });
        root.status = 2;
        root.attributes["http.response.status_code"] = 502;
      } else log(pay, payment * 0.9, 9, `charged customer ${customer}`, { "customer.id": customer, currency: "EUR" });
      at += payment + 4;
      const publish = span(server, "checkout", "orders publish", 4, at, 2, { "messaging.system": "shop-queue", "messaging.destination.name": "orders", "peer.service": "orders" });
      const consume = span(publish, "email", "orders process", 5, at + 40 + random() * 80, 20 * slowdown, { "messaging.system": "shop-queue", "messaging.destination.name": "orders" });
      consume.links.push({ trace_id: id, span_id: publish.span_id, attributes: { "messaging.batch.index": 0 } });
      log(consume, 3, 5, "rendering confirmation", { template: "order-confirmation" });
      at = start + client.duration / 1e6 + 1;
    }
    root.duration = Math.round((at + 2) * 1e6);
    if (route.route === "/health") root.duration = Math.round((0.3 + random() * 0.4) * 1e6);
    else log(root, at + 1, root.status === 2 ? 17 : 9, `${route.method} ${root.attributes["url.path"]} ${root.attributes["http.response.status_code"]}`, { "http.route": route.route, "http.response.status_code": root.attributes["http.response.status_code"], duration_ms: Math.round(root.duration / 1e6) });
    const end = Math.max(...own.map((item) => item.ms + item.duration / 1e6));
    traces.push({ id, spans: own, duration: Math.round((end - begin) * 1e6) });
    spans.push(...own);
  }
  traces.sort((a, b) => b.spans[0].ms - a.spans[0].ms);
  spans.sort((a, b) => b.ms - a.ms);
  logs.sort((a, b) => b.ms - a.ms);
  return { traces, spans, logs, byID: new Map(traces.map((trace) => [trace.id, trace])), metrics: count === 0 ? [] : makeMetrics(now, resourceOf) };
}

function makeMetrics(now, resourceOf) {
  const services = ["frontend", "catalog", "cart", "checkout", "payment", "inventory", "email"];
  const wave = (seed, base, amplitude) => (time) => base + amplitude * (Math.sin(time / 2.3e5 + seed) + 0.4 * Math.sin(time / 3.1e4 + seed * 3)) + (time > now - 14 * 6e4 && time < now - 6 * 6e4 && seed % 4 === 3 ? base * 2 : 0);
  const series = (names, base, amplitude, attributes) => names.flatMap((service, index) => attributes.map((extra, part) => ({ service, attributes: extra, resource: resourceOf(service), value: wave(index + part, base * (1 + index * 0.3 + part * 0.2), amplitude) })));
  return [
    { name: "http.server.request.duration", unit: "s", description: "Duration of HTTP server requests.", kind: "histogram", temporality: "cumulative", list: series(services.slice(0, 6), 0.05, 0.01, [{ "http.request.method": "GET", "http.response.status_code": 200 }, { "http.request.method": "POST", "http.response.status_code": 200 }]) },
    { name: "http.server.active_requests", unit: "{request}", description: "Requests under way.", kind: "sum", temporality: "cumulative", monotonic: false, list: series(services, 4, 2, [{}]) },
    { name: "process.memory.usage", unit: "By", description: "Physical memory in use.", kind: "gauge", list: series(services, 2.4e7, 3e6, [{}]) },
    { name: "process.cpu.time", unit: "s", description: "CPU seconds by mode.", kind: "sum", temporality: "cumulative", monotonic: true, list: series(services, 0.06, 0.02, [{ "cpu.mode": "user" }, { "cpu.mode": "system" }]) },
    { name: "shop.orders", unit: "{order}", description: "Orders placed.", kind: "sum", temporality: "delta", monotonic: true, list: series(["checkout"], 2, 0.5, [{ "order.state": "completed" }, { "order.state": "failed" }]) },
    { name: "shop.queue.depth", unit: "{message}", description: "Messages that wait in the queue.", kind: "gauge", list: series(["email"], 12, 6, [{ "messaging.destination.name": "orders" }]) },
  ];
}
