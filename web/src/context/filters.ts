import { Filter, formatFilter } from "../core/url";

/** What a page shows; decides which filters it can apply. */
export type Signal = "logs" | "traces" | "metrics";

/** Fields that only one signal has. A filter on any other key applies everywhere. */
const ownFields: Record<Signal, Set<string>> = {
  logs: new Set(["severity", "severity_text", "severity_range", "body", "event_name", "observed_time"]),
  traces: new Set(["duration", "status", "status_message", "kind", "name", "parent_span_id", "trace_state"]),
  metrics: new Set([]),
};

const signalName: Record<Signal, string> = { logs: "log records", traces: "spans", metrics: "metric points" };

/** Why a page cannot apply a filter; null when it can. */
export function inapplicable(filter: Filter, signal: Signal | null): string | null {
  if (signal === null) return "what is shown here names its own conditions";
  for (const owner of Object.keys(ownFields) as Signal[]) {
    if (owner !== signal && ownFields[owner].has(filter.key)) return `${filter.key} is a field of ${signalName[owner]}, ${signalName[signal]} have none`;
  }
  if (signal !== "traces" && /^(event|link)\./.test(filter.key)) return `${filter.key} is a field of spans`;
  if (signal === "metrics" && (filter.key === "trace_id" || filter.key === "span_id")) return "metric points have no trace id";
  return null;
}

/** Filters with one more; an equal one is not repeated, and an equality replaces the other equalities of its key. */
export function withFilter(filters: Filter[], added: Filter): Filter[] {
  const kept = filters.filter((filter) => formatFilter(filter) !== formatFilter(added) && !(added.op === "eq" && filter.key === added.key && (filter.op === "eq" || filter.op === "in")));
  return [...kept, added];
}

/** The value of an `in` list with its commas escaped. */
export function listValue(values: string[]): string {
  return values.map((value) => value.replace(/,/g, "\\,")).join(",");
}

/** The values of an `in` list. */
export function readList(value: string): string[] {
  return value.split(/(?<!\\),/).map((item) => item.replace(/\\,/g, ","));
}

/** Adds a value to what a key may be: shift-click in the facets. */
export function alsoValue(filters: Filter[], key: string, value: string): Filter[] {
  const existing = filters.find((filter) => filter.key === key && (filter.op === "eq" || filter.op === "in"));
  if (!existing) return withFilter(filters, { key, op: "eq", value });
  const values = existing.op === "eq" ? [existing.value] : readList(existing.value);
  const next = values.includes(value) ? values.filter((item) => item !== value) : [...values, value];
  const others = filters.filter((filter) => filter !== existing);
  if (next.length === 0) return others;
  return [...others, next.length === 1 ? { key, op: "eq", value: next[0] } : { key, op: "in", value: listValue(next) }];
}

/** The service that the filters name alone, if they do. */
export function filteredService(filters: Filter[]): string | null {
  const filter = filters.find((candidate) => ["service.name", "service", "resource.service.name"].includes(candidate.key) && candidate.op === "eq");
  return filter?.value ?? null;
}

/** Filters without those on the service. */
export function withoutService(filters: Filter[]): Filter[] {
  return filters.filter((filter) => !["service.name", "service", "resource.service.name"].includes(filter.key));
}

/** The words of a chip. */
export function filterText(filter: Filter): string {
  const words: Record<string, string> = { eq: "=", ne: "≠", in: "in", nin: "not in", re: "~", nre: "!~", gt: ">", gte: "≥", lt: "<", lte: "≤", ex: "exists", nex: "is absent" };
  return filter.op === "ex" || filter.op === "nex" ? `${filter.key} ${words[filter.op]}` : `${filter.key} ${words[filter.op]} ${filter.value}`;
}
