#!/usr/bin/env node
// Serves web/dist and an API of seeded data as docs/api/README.md describes it, for work on the interface without a server.
// Usage: web/test/fixture_server.mjs [--port N] [--slow MS] [--empty] [--token SECRET] [--web DIR]
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { makeData } from "./fixture_data.mjs";

const option = (name, fallback) => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? fallback : process.argv[index + 1];
};
const port = Number(option("port", "0"));
const slow = Number(option("slow", "0"));
const secret = option("token", "");
const empty = process.argv.includes("--empty");
const dist = option("web", path.join(path.dirname(fileURLToPath(import.meta.url)), "../dist"));
const now = Math.floor(Date.now() / 1000) * 1000;
const data = makeData(20_261_122, now, empty ? 0 : 1400);
const nanos = (ms) => `${Math.floor(ms)}${String(Math.round((ms % 1) * 1e6)).padStart(6, "0")}`;
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const policy = "default-src 'self'";

class BadQuery extends Error {
  constructor(message, position, length, hint) {
    super(message);
    Object.assign(this, { position, length, hint });
  }
}

// Time and filters ------------------------------------------------------------------------------------------------

function timeOf(text, fallback) {
  if (!text) return fallback;
  if (/^\d+$/.test(text)) return Number(text);
  const match = /^now(?:-(\d+)([smhdw]))?$/.exec(text);
  if (match) return Date.now() - Number(match[1] ?? 0) * { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 }[match[2] ?? "s"];
  return Date.parse(text);
}

const severityWords = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 };
const kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const statuses = ["unset", "ok", "error"];

function fieldOf(record, key) {
  if (key === "service" || key === "service.name" || key === "resource.service.name") return record.service;
  if (key === "time") return undefined;
  if (key === "kind" && typeof record.kind === "number") return kinds[record.kind];
  if (key === "status" && typeof record.status === "number") return statuses[record.status];
  const attributes = record.attributes ?? {};
  const resource = record.resource ?? {};
  if (key.startsWith("resource.")) return resource[key.slice(9)];
  if (key.startsWith("attribute.")) return attributes[key.slice(10)];
  if (key in attributes) return attributes[key];
  if (key in resource) return resource[key];
  return typeof record[key] === "object" ? undefined : record[key];
}

function number(text, key) {
  if (key === "severity" && text in severityWords) return severityWords[text];
  const unit = /^([\d.]+)(ns|us|µs|ms|s|m|h)$/.exec(text);
  if (unit) return Number(unit[1]) * { ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 }[unit[2]];
  return Number(text);
}

function compare(value, op, text, key) {
  if (op === "ex") return value !== undefined;
  if (op === "nex") return value === undefined;
  if (op === "eq") return key === "severity" && text in severityWords ? Math.floor((value - 1) / 4) === Math.floor((severityWords[text] - 1) / 4) : String(value) === text;
  if (op === "ne") return !compare(value, "eq", text, key);
  if (op === "in") return text.split(",").some((item) => compare(value, "eq", item, key));
  if (op === "nin") return !compare(value, "in", text, key);
  if (op === "re") return new RegExp(text).test(String(value));
  if (op === "nre") return !new RegExp(text).test(String(value));
  const [a, b] = [Number(value), number(text, key)];
  return op === "gt" ? a > b : op === "gte" ? a >= b : op === "lt" ? a < b : a <= b;
}

function predicate(parameters, leaveOut) {
  const tests = [];
  for (const filter of parameters.getAll("f")) {
    const match = /^(.+?):(eq|ne|in|nin|re|nre|gte|gt|lte|lt|ex|nex)(?::(.*))?$/s.exec(filter);
    if (!match) throw new BadQuery("a filter is key:op:value", 0, filter.length);
    if (match[1] !== leaveOut) tests.push((record) => compare(fieldOf(record, match[1]), match[2], match[3] ?? "", match[1]));
  }
  const query = parameters.get("q") ?? "";
  for (const token of query.matchAll(/(-?)(?:"([^"]*)"|([^\s:()"]+):(>=|<=|>|<)?("[^"]*"|[^\s()]*)|([^\s()"]+))/g)) {
    const [text, minus, phrase, field, op, value, word] = token;
    let test;
    if (field) {
      if (value === "") throw new BadQuery("expected a value after ':'", Buffer.byteLength(query.slice(0, token.index)) + Buffer.byteLength(text) - 1, 1, "write field:* to ask for any value");
      const wanted = value.replace(/^"|"$/g, "");
      const name = { ">": "gt", ">=": "gte", "<": "lt", "<=": "lte" }[op];
      test = (record) => {
        const found = fieldOf(record, field);
        if (name) return found !== undefined && compare(found, name, wanted, field);
        if (wanted === "*") return found !== undefined;
        return wanted.endsWith("*") ? String(found).startsWith(wanted.slice(0, -1)) : compare(found, "eq", wanted, field);
      };
    } else {
      const wanted = (phrase ?? word).toLowerCase().replace(/\*$/, "");
      if (["and"].includes(wanted)) continue;
      test = (record) => `${record.body ?? ""} ${record.name ?? ""} ${Object.values(record.attributes ?? {}).join(" ")}`.toLowerCase().includes(wanted);
    }
    tests.push(minus ? (record) => !test(record) : test);
  }
  return (record) => tests.every((test) => test(record));
}

function windowOf(parameters) {
  return { from: timeOf(parameters.get("from"), Date.now() - 3.6e6), to: timeOf(parameters.get("to"), Date.now()) };
}

const inside = (window) => (record) => record.ms >= window.from && record.ms < window.to;

// Rows --------------------------------------------------------------------------------------------------------------

const logRow = (record) => ({ ...record, ms: undefined });
const spanRow = (span) => ({
  trace_id: span.trace_id, span_id: span.span_id, parent_span_id: span.parent_span_id || undefined, name: span.name, kind: kinds[span.kind], service: span.service,
  start: nanos(span.ms), end: nanos(span.ms + span.duration / 1e6), duration: span.duration, status: statuses[span.status], status_message: span.status_message,
  flags: 1, attributes: span.attributes, resource: span.resource, scope: { name: "fixture", version: "1.0" },
  events: span.events.map((event) => ({ ...event, time: nanos(event.ms), ms: undefined })), links: span.links, dropped_attributes_count: 0,
});

function traceRow(trace, matched) {
  const services = new Map();
  for (const span of trace.spans) {
    const entry = services.get(span.service) ?? { name: span.service, spans: 0, errors: 0 };
    entry.spans += 1;
    if (span.status === 2) entry.errors += 1;
    services.set(span.service, entry);
  }
  const root = trace.spans[0];
  return {
    trace_id: trace.id, start: nanos(root.ms), duration: trace.duration, root_service: root.service, root_name: root.name, root_missing: false, spans: trace.spans.length,
    errors: trace.spans.filter((span) => span.status === 2).length, services: [...services.values()], matched,
  };
}

const quantile = (sorted, share) => (sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);

function axis(window, buckets, given) {
  const span = window.to - window.from;
  const steps = [1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 1.2e5, 3e5, 6e5, 1.8e6, 3.6e6, 1.08e7, 2.16e7, 8.64e7];
  const step = given ?? steps.find((candidate) => span / candidate <= buckets) ?? 6.048e8;
  const first = Math.floor(window.from / step) * step;
  const times = [];
  for (let time = first; time < window.to; time += step) times.push(time);
  return { step, times, index: (ms) => Math.floor((ms - first) / step) };
}

// Endpoints -----------------------------------------------------------------------------------------------------------

const statistics = (rows, matched) => ({ blocks_total: 66, blocks_read: 41, blocks_pruned: 25, bytes_read: rows * 87, rows_scanned: rows, rows_matched: matched, elapsed_ms: 12.3 });

function aggregate(records, parameters, window, isSpans) {
  const by = (parameters.get("by") ?? "").split(",").filter(Boolean);
  const aggregates = (parameters.get("agg") ?? "count").split(",");
  const stepped = parameters.has("step");
  const given = /^\d/.test(parameters.get("step") ?? "") ? number(parameters.get("step")) / 1e6 : undefined;
  const scale = axis(window, Number(parameters.get("buckets") ?? 100), given);
  const key = (record) => by.map((field) => (field === "severity_range" ? ["trace", "debug", "info", "warn", "error", "fatal"][Math.floor((record.severity - 1) / 4)] ?? "unset" : fieldOf(record, field) ?? null));
  const groups = new Map();
  for (const record of records) {
    const name = JSON.stringify(key(record));
    const group = groups.get(name) ?? { key: key(record), cells: new Map() };
    const index = stepped ? scale.index(record.ms) : 0;
    group.cells.set(index, [...(group.cells.get(index) ?? []), record]);
    groups.set(name, group);
  }
  const compute = (name, rows) => {
    if (name === "count") return rows.length;
    if (rows.length === 0) return null;
    if (name === "errors") return rows.filter((row) => (isSpans ? row.status === 2 : row.severity >= 17)).length;
    const share = /^p([\d.]+)\(duration\)$/.exec(name);
    if (share) return quantile(rows.map((row) => row.duration).sort((a, b) => a - b), Number(share[1]) / 100);
    throw new Error(`'${name}' is no aggregate`);
  };
  return {
    meta: { by, aggregates, ...(stepped ? { step: scale.step * 1e6, times: scale.times.map(nanos) } : {}) },
    groups: [...groups.values()].map((group) => ({ key: group.key, values: aggregates.map((name) => (stepped ? scale.times.map((_, index) => compute(name, group.cells.get(index) ?? [])) : compute(name, group.cells.get(0) ?? []))) })),
  };
}

function serviceSummary(name, spans, window, scale) {
  const own = spans.filter((span) => span.service === name && (span.kind === 2 || span.kind === 5));
  const errors = own.filter((span) => span.status === 2).length;
  const durations = own.map((span) => span.duration).sort((a, b) => a - b);
  const cells = scale.times.map(() => []);
  for (const span of own) cells[scale.index(span.ms)]?.push(span);
  const seconds = (window.to - window.from) / 1000;
  const all = spans.filter((span) => span.service === name);
  return {
    name, version: all[0]?.resource["service.version"], namespace: "shop", requests: own.length, errors, rate: own.length / seconds, error_rate: own.length ? errors / own.length : 0,
    p50: quantile(durations, 0.5), p95: quantile(durations, 0.95), p99: quantile(durations, 0.99),
    rate_series: cells.map((cell) => cell.length / (scale.step / 1000)), error_series: cells.map((cell) => cell.filter((span) => span.status === 2).length / (scale.step / 1000)),
    p95_series: cells.map((cell) => quantile(cell.map((span) => span.duration).sort((a, b) => a - b), 0.95)),
    last_seen: all.length ? nanos(Math.max(...all.map((span) => span.ms))) : undefined, languages: ["swift"], logs: data.logs.filter((log) => log.service === name && inside(window)(log)).length,
  };
}

function services(parameters, only) {
  const window = windowOf(parameters);
  const spans = data.spans.filter(inside(window)).filter(predicate(parameters));
  const scale = axis(window, 60);
  const names = [...new Set(spans.map((span) => span.service))];
  const head = { from: nanos(window.from), to: nanos(window.to), step: scale.step * 1e6, times: scale.times.map(nanos) };
  if (only === undefined) return { ...head, services: names.map((name) => serviceSummary(name, spans, window, scale)), statistics: statistics(spans.length, names.length) };
  if (!names.includes(only)) return null;
  const own = spans.filter((span) => span.service === only);
  const group = (rows, key) => Object.entries(rows.reduce((all, row) => ({ ...all, [key(row)]: [...(all[key(row)] ?? []), row] }), {}));
  const seconds = (window.to - window.from) / 1000;
  return {
    ...head, service: serviceSummary(only, spans, window, scale),
    operations: group(own.filter((span) => span.kind === 2 || span.kind === 5), (span) => span.name).map(([name, rows]) => {
      const durations = rows.map((row) => row.duration).sort((a, b) => a - b);
      const errors = rows.filter((row) => row.status === 2).length;
      const summary = serviceSummary(only, rows, window, scale);
      return { name, kind: kinds[rows[0].kind], requests: rows.length, errors, rate: rows.length / seconds, error_rate: errors / rows.length, p50: quantile(durations, 0.5), p95: quantile(durations, 0.95), p99: quantile(durations, 0.99), rate_series: summary.rate_series, p95_series: summary.p95_series };
    }),
    dependencies: group(own.filter((span) => span.kind === 3 || span.kind === 4), (span) => span.attributes["peer.service"] ?? span.attributes["db.system.name"] ?? "unknown").map(([name, rows]) => ({
      name, kind: rows[0].attributes["db.system.name"] ? "db" : rows[0].kind === 4 ? "messaging" : "http", calls: rows.length, errors: rows.filter((row) => row.status === 2).length, p95: quantile(rows.map((row) => row.duration).sort((a, b) => a - b), 0.95),
    })),
    instances: [{ id: `${only}-1`, host: "node-a", version: own[0].resource["service.version"], requests: own.length, errors: own.filter((span) => span.status === 2).length, last_seen: nanos(Math.max(...own.map((span) => span.ms))) }],
    statistics: statistics(own.length, own.length),
  };
}

function skeleton(trace) {
  const [serviceNames, spanNames] = [[], []];
  const code = (list, name) => (list.indexOf(name) < 0 ? list.push(name) - 1 : list.indexOf(name));
  const ordered = [];
  const visit = (span, depth) => {
    ordered.push({ span, depth });
    trace.spans.filter((child) => child.parent_span_id === span.span_id).sort((a, b) => a.ms - b.ms).forEach((child) => visit(child, depth + 1));
  };
  trace.spans.filter((span) => !trace.spans.some((other) => other.span_id === span.parent_span_id)).forEach((span) => visit(span, 0));
  const begin = trace.spans[0].ms;
  const position = new Map(ordered.map(({ span }, index) => [span.span_id, index]));
  const column = (value) => ordered.map(({ span, depth }) => value(span, depth));
  const start = (span) => Math.round((span.ms - begin) * 1e6);
  const critical = ordered.map(() => null);
  const walk = (index, to) => {
    const { span } = ordered[index];
    let end = Math.min(to, start(span) + span.duration);
    const parts = [];
    const children = ordered.map(({ span: child }, at) => ({ child, at })).filter(({ child }) => child.parent_span_id === span.span_id).sort((a, b) => start(b.child) + b.child.duration - start(a.child) - a.child.duration);
    for (const { child, at } of children) {
      const finish = start(child) + child.duration;
      if (finish > end || finish < start(span)) continue;
      if (finish < end) parts.push([finish, end]);
      walk(at, finish);
      end = start(child);
    }
    if (end > start(span)) parts.push([start(span), end]);
    critical[index] = parts.reverse();
  };
  walk(0, trace.duration);
  return {
    trace_id: trace.id, start: nanos(begin), duration: trace.duration,
    spans: {
      id: column((span) => span.span_id), parent: column((span) => (span.parent_span_id ? position.get(span.parent_span_id) ?? -2 : -1)), start: column(start), duration: column((span) => span.duration),
      service: column((span) => code(serviceNames, span.service)), name: column((span) => code(spanNames, span.name)), kind: column((span) => span.kind), status: column((span) => span.status),
      events: column((span) => span.events.length), links: column((span) => span.links.length), depth: column((_, depth) => depth), critical,
    },
    services: serviceNames, names: spanNames, missing_parents: [], complete: true, total_spans: trace.spans.length, logs: data.logs.filter((log) => log.trace_id === trace.id).length, statistics: statistics(trace.spans.length, trace.spans.length),
  };
}

function metricPoints(parameters) {
  const window = windowOf(parameters);
  const metric = data.metrics.find((candidate) => candidate.name === parameters.get("name"));
  if (!metric) return null;
  const scale = axis(window, 120);
  const fn = parameters.get("fn") ?? (metric.kind.includes("histogram") ? "p95" : metric.kind === "sum" && metric.monotonic ? "rate" : "raw");
  const by = (parameters.get("by") ?? "").split(",").filter(Boolean);
  const test = predicate(parameters);
  const matching = metric.list.filter((series) => test(series));
  const named = new Map();
  for (const series of matching) {
    const key = by.length ? Object.fromEntries(by.map((field) => [field, fieldOf(series, field) ?? null])) : { "service.name": series.service, ...series.attributes };
    const name = JSON.stringify(key);
    const entry = named.get(name) ?? { key, list: [] };
    entry.list.push(series);
    named.set(name, entry);
  }
  const factor = { p50: 0.4, p75: 0.6, p90: 0.85, p95: 1, p99: 1.7, "p99.9": 2.2, rate: 1, increase: scale.step / 1000 }[fn] ?? 1;
  const list = [...named.values()].map(({ key, list: members }) => ({ key, values: scale.times.map((time) => (time > now || time < now - 8.64e7 ? null : members.reduce((sum, series) => sum + series.value(time), 0) * factor / (metric.kind.includes("histogram") ? members.length : 1))) }));
  const exemplars = metric.kind.includes("histogram") ? data.traces.filter((trace) => inside(window)({ ms: trace.spans[0].ms })).filter((_, index) => index % 60 === 0).map((trace) => ({ time: nanos(trace.spans[0].ms), value: trace.duration / 1e9, trace_id: trace.id, span_id: trace.spans[0].span_id, series: 0, attributes: {} })) : [];
  return { name: metric.name, unit: metric.unit, kind: metric.kind, fn, from: nanos(window.from), to: nanos(window.to), step: scale.step * 1e6, times: scale.times.map(nanos), series: list.slice(0, 50), matched: list.length, exemplars: list.length ? exemplars : [], statistics: statistics(1000, list.length) };
}

function fieldList(signal) {
  const records = signal === "logs" ? data.logs : signal === "metrics" ? data.metrics.flatMap((metric) => metric.list) : data.spans;
  const found = new Map();
  const add = (name, scope, value) => {
    const entry = found.get(name) ?? { name, scope, types: [typeof value === "number" ? "int" : typeof value === "boolean" ? "bool" : "string"], rows: 0 };
    entry.rows += 1;
    found.set(name, entry);
  };
  for (const record of records.slice(0, 3000)) {
    for (const [key, value] of Object.entries(record.attributes ?? {})) add(key, "attribute", value);
    for (const [key, value] of Object.entries(record.resource ?? {})) add(key === "service.name" ? key : `resource.${key}`, "resource", value);
    if (signal === "logs") add("severity_text", "intrinsic", "");
    if (signal === "traces") ["name", "kind", "status", "duration"].forEach((name) => add(name, "intrinsic", ""));
  }
  return { fields: [...found.values()] };
}

// HTTP ------------------------------------------------------------------------------------------------------------------

function answer(response, status, body, headers = {}) {
  const requestID = crypto.randomBytes(6).toString("hex");
  if (body?.error) body.error.request_id = requestID;
  response.writeHead(status, { "content-type": "application/json", "x-request-id": requestID, ...headers });
  response.end(JSON.stringify(body));
}

async function stream(response, lines) {
  response.writeHead(200, { "content-type": "application/x-ndjson", "x-request-id": crypto.randomBytes(6).toString("hex") });
  let index = 0;
  let reached = now;
  for (const line of lines) {
    if (response.destroyed) return;
    if (slow && index > 0) {
      response.write(`${JSON.stringify({ k: "progress", done: index * 10, total: lines.length * 10, bytes: index * 1_000_000, rows: index * 1000, unread: [nanos(now - 3.6e6), nanos(reached)] })}\n`);
      await new Promise((resolve) => setTimeout(resolve, slow));
    }
    response.write(`${JSON.stringify(line)}\n`);
    const last = line.rows?.[line.rows.length - 1];
    const oldest = last ? last.time ?? last.start : line.streams?.[line.streams.length - 1].values[0][0];
    if (oldest) reached = Number(oldest.slice(0, -6));
    index += 1;
  }
  response.end();
}

const chunked = (rows, size) => Array.from({ length: Math.ceil(rows.length / size) }, (_, index) => ({ k: "rows", rows: rows.slice(index * size, (index + 1) * size) }));

function api(name, parameters, response) {
  const window = windowOf(parameters);
  const meta = { k: "meta", from: nanos(window.from), to: nanos(window.to) };
  const parts = name.split("/").map(decodeURIComponent);
  if (name === "logs") {
    const rows = data.logs.filter(inside(window)).filter(predicate(parameters));
    if (parameters.get("order") === "asc") rows.reverse();
    const limit = Number(parameters.get("limit") ?? 200);
    const end = { k: "end", status: rows.length > limit ? "limited" : "complete", why: "", statistics: statistics(data.logs.length, rows.length) };
    return stream(response, [meta, ...chunked(rows.slice(0, limit).map(logRow), 60), end]);
  }
  if (name === "query") {
    const rows = data.logs.filter(inside(window)).map(logRow);
    const limit = Number(parameters.get("limit") ?? 200);
    const lines = chunked(rows.slice(0, limit), 60).map(({ rows: part }) => ({ k: "rows", streams: part.map((row) => ({ stream: { service_name: row.service ?? "" }, values: [[row.time, String(row.body), {}]] })) }));
    return stream(response, [meta, ...lines, { k: "end", status: rows.length > limit ? "limited" : "complete", why: "", statistics: statistics(rows.length, rows.length) }]);
  }
  if (name === "logs/context") {
    const index = data.logs.findIndex((log) => log.id === parameters.get("id"));
    if (index < 0) return answer(response, 404, { error: { code: "not_found", message: "no record has this id" } });
    const same = data.logs.filter((log) => log.service === data.logs[index].service);
    const at = same.indexOf(data.logs[index]);
    return answer(response, 200, { before: same.slice(at + 1, at + 9).map(logRow), record: logRow(same[at]), after: same.slice(Math.max(0, at - 8), at).map(logRow) });
  }
  if (name === "logs/aggregate" || (name === "traces/aggregate" && !parameters.has("heatmap"))) {
    const records = (name[0] === "l" ? data.logs : data.spans).filter(inside(window)).filter(predicate(parameters));
    const result = aggregate(records, parameters, window, name[0] !== "l");
    return stream(response, [{ ...meta, ...result.meta }, { k: "series", groups: result.groups, other_groups: 0 }, { k: "end", status: "complete", why: "", statistics: statistics(records.length, records.length) }]);
  }
  if (name === "traces/aggregate") {
    const scale = axis(window, Number(parameters.get("buckets") ?? 100));
    const cells = new Map();
    const base = 2 ** 0.25;
    for (const span of data.spans.filter(inside(window)).filter(predicate(parameters))) {
      const cell = [scale.index(span.ms), Math.floor(Math.log(Math.max(1, span.duration)) / Math.log(base))];
      const entry = cells.get(cell.join()) ?? [...cell, 0, 0];
      entry[2] += 1;
      if (span.status === 2) entry[3] += 1;
      cells.set(cell.join(), entry);
    }
    return stream(response, [{ ...meta, step: scale.step * 1e6, times: scale.times.map(nanos) }, { k: "heatmap", base, cells: [...cells.values()] }, { k: "end", status: "complete", why: "", statistics: statistics(1, 1) }]);
  }
  if (name === "traces") {
    const test = predicate(parameters);
    const rows = data.traces.map((trace) => traceRow(trace, trace.spans.filter((span) => inside(window)(span) && test(span)).length)).filter((row) => row.matched > 0);
    if (parameters.get("sort") === "duration") rows.sort((a, b) => b.duration - a.duration);
    const limit = Number(parameters.get("limit") ?? 50);
    return stream(response, [meta, ...chunked(rows.slice(0, limit), 50), { k: "end", status: rows.length > limit ? "limited" : "complete", why: "", statistics: statistics(data.spans.length, rows.length) }]);
  }
  if (name === "spans") {
    const rows = data.spans.filter(inside(window)).filter(predicate(parameters));
    const limit = Number(parameters.get("limit") ?? 50);
    return stream(response, [meta, ...chunked(rows.slice(0, limit).map(spanRow), 50), { k: "end", status: rows.length > limit ? "limited" : "complete", why: "", statistics: statistics(data.spans.length, rows.length) }]);
  }
  if (parts[0] === "traces") {
    const trace = data.byID.get(parts[1]);
    if (!trace) return answer(response, 404, { error: { code: "not_found", message: "no span has this trace id" } });
    if (parts[2] !== "spans") return answer(response, 200, skeleton(trace));
    const span = trace.spans.find((candidate) => candidate.span_id === parts[3]);
    return span ? answer(response, 200, spanRow(span)) : answer(response, 404, { error: { code: "not_found", message: "no such span" } });
  }
  if (name === "metrics") {
    const match = parameters.get("match") ?? "";
    return answer(response, 200, { metrics: data.metrics.filter((metric) => metric.name.includes(match)).map(({ list, ...metric }) => ({ ...metric, series: list.length, last_time: nanos(now), services: [...new Set(list.map((series) => series.service))] })), statistics: statistics(1, 1) });
  }
  if (name === "metrics/points") {
    const points = metricPoints(parameters);
    return points ? answer(response, 200, points) : answer(response, 404, { error: { code: "not_found", message: "no metric has this name" } });
  }
  if (name === "services") return answer(response, 200, services(parameters));
  if (parts[0] === "services") {
    const found = services(parameters, parts[1]);
    return found ? answer(response, 200, found) : answer(response, 404, { error: { code: "not_found", message: "no such service" } });
  }
  if (name === "fields") return answer(response, 200, fieldList(parameters.get("signal")));
  if (name === "fields/values") {
    const signal = parameters.get("signal");
    const field = parameters.get("field");
    const records = (signal === "logs" ? data.logs : signal === "metrics" ? data.metrics.flatMap((metric) => metric.list) : data.spans).filter((record) => record.ms === undefined || inside(window)(record)).filter(predicate(parameters));
    const counts = new Map();
    for (const record of records) {
      const value = fieldOf(record, field);
      if (value !== undefined && String(value).startsWith(parameters.get("prefix") ?? "")) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const values = [...counts].sort((a, b) => b[1] - a[1]).map(([value, count]) => ({ value, count }));
    return answer(response, 200, { values: values.slice(0, Number(parameters.get("limit") ?? 20)), distinct: values.length, statistics: statistics(1, 1) });
  }
  if (name === "status") {
    const some = !empty;
    return answer(response, 200, {
      version: "0.1.0-fixture", started_at: nanos(now), uptime_seconds: 60, listeners: [{ kind: "api", address: "127.0.0.1:4319" }, { kind: "otlp-http", address: "127.0.0.1:4318" }, { kind: "otlp-grpc", address: "127.0.0.1:4317" }],
      data_directory: "./sightline-data", durability: "process", health: [], ever_received: { logs: some, traces: some, metrics: some }, newest: some ? { logs: nanos(data.logs[0].ms), traces: nanos(data.spans[0].ms), metrics: nanos(now) } : {},
    });
  }
  if (name === "ingest/sources") return answer(response, 200, { sources: empty ? [] : ["logs", "traces", "metrics"].map((signal) => ({ address: "127.0.0.1", protocol: "http/protobuf", signal, requests: 12, records: 12_345, bytes: 1_000_000, last_time: nanos(now) })) });
  if (name === "ingest/rejected") return answer(response, 200, { since: nanos(now), items: [{ source: "127.0.0.1", signal: "logs", reason: "time_too_old", action: "rejected", count: 3, last_time: nanos(now), sample: "1970-01-01T00:00:00Z" }] });
  return answer(response, 404, { error: { code: "not_found", message: `no endpoint ${name}` } });
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://fixture");
  if (url.pathname === "/") {
    response.writeHead(302, { location: "/ui/" });
    response.end();
    return;
  }
  if (url.pathname.startsWith("/api/v1/")) {
    if (secret && request.headers.authorization !== `Bearer ${secret}`) {
      answer(response, 401, { error: { code: "unauthorised", message: "this server wants a token" } });
      return;
    }
    try {
      void api(url.pathname.slice(8), url.searchParams, response);
    } catch (failure) {
      if (failure instanceof BadQuery) answer(response, 400, { error: { code: "bad_query", message: failure.message, parameter: "q", position: failure.position, length: failure.length, hint: failure.hint } });
      else answer(response, 500, { error: { code: "internal", message: failure.message } });
    }
    return;
  }
  const name = url.pathname.replace(/^\/ui\//, "");
  const file = name.startsWith("assets/") ? path.join(dist, path.normalize(name)) : path.join(dist, "index.html");
  fs.readFile(file, (failure, bytes) => {
    if (failure) {
      response.writeHead(404);
      response.end();
      return;
    }
    response.writeHead(200, { "content-type": types[path.extname(file)] ?? "application/octet-stream", "content-security-policy": policy });
    response.end(bytes);
  });
});

// Live tail: text frames without masking, as a server sends them.
function frame(text) {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : payload.length < 65_536 ? Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]) : Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0]), Buffer.from([payload.length >>> 24, (payload.length >>> 16) & 255, (payload.length >>> 8) & 255, payload.length & 255])]);
  return Buffer.concat([head, payload]);
}

server.on("upgrade", (request, socket) => {
  const accept = crypto.createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const test = predicate(new URL(request.url, "http://fixture").searchParams);
  let sent = 0;
  const rows = setInterval(() => {
    const time = Date.now();
    const batch = data.logs.slice((sent * 3) % 2000, ((sent * 3) % 2000) + 3).map((log, index) => ({ ...logRow(log), id: `live-${sent}-${index}`, time: nanos(time + index) })).filter(test);
    sent += 1;
    if (batch.length) socket.write(frame(JSON.stringify({ k: "rows", rows: batch })));
  }, 100);
  const status = setInterval(() => socket.write(frame(JSON.stringify({ k: "status", dropped: 0, rate: 30 }))), 1000);
  const end = () => {
    clearInterval(rows);
    clearInterval(status);
  };
  socket.on("close", end);
  socket.on("error", end);
  socket.on("data", (bytes) => (bytes[0] & 15) === 8 && socket.end());
});

server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
