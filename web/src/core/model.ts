/** Shapes of the API's answers (docs/api/README.md). Times are decimal nanoseconds, durations are nanoseconds. */

export type Attributes = Record<string, unknown>;

export interface Scope {
  name?: string;
  version?: string;
  attributes?: Attributes;
}

export interface LogRecord {
  id: string;
  time: string;
  observed_time?: string;
  severity?: number;
  severity_text?: string;
  service?: string;
  body?: unknown;
  event_name?: string;
  trace_id?: string;
  span_id?: string;
  flags?: number;
  attributes?: Attributes;
  resource?: Attributes;
  scope?: Scope;
  dropped_attributes_count?: number;
  truncated_values_count?: number;
}

export interface LogContext {
  before: LogRecord[];
  record: LogRecord;
  after: LogRecord[];
}

export interface AggregateGroup {
  key: (string | number | boolean | null)[];
  values: (number | null)[][];
}

export interface TraceRow {
  trace_id: string;
  start: string;
  duration: number;
  root_service?: string;
  root_name?: string;
  root_missing?: boolean;
  spans: number;
  errors: number;
  services: { name: string; spans: number; errors: number }[];
  matched: number;
}

export interface TraceSkeleton {
  trace_id: string;
  start: string;
  duration: number;
  services: string[];
  names: string[];
  spans: {
    id: string[];
    parent: number[];
    start: number[];
    duration: number[];
    service: number[];
    name: number[];
    kind: number[];
    status: number[];
    events: number[];
    links: number[];
    depth: number[];
    critical: ([number, number][] | null)[];
  };
  missing_parents: string[];
  complete: boolean;
  total_spans: number;
  logs: number;
}

export interface SpanDetail {
  trace_id: string;
  span_id: string;
  parent_span_id?: string;
  name: string;
  kind: string | number;
  service?: string;
  start: string;
  end?: string;
  duration: number;
  status?: string | number;
  status_message?: string;
  trace_state?: string;
  flags?: number;
  attributes?: Attributes;
  resource?: Attributes;
  scope?: Scope;
  events?: { time: string; name: string; attributes?: Attributes }[];
  links?: { trace_id: string; span_id: string; trace_state?: string; attributes?: Attributes }[];
  dropped_attributes_count?: number;
}

export interface MetricSummary {
  name: string;
  unit?: string;
  description?: string;
  kind: string;
  temporality?: string;
  monotonic?: boolean;
  series: number;
  last_time?: string;
  services?: string[];
}

export interface MetricPoints {
  name: string;
  unit?: string;
  kind: string;
  fn: string;
  from: string;
  to: string;
  step: number;
  times: string[];
  series: { key: Attributes; values: (number | null)[] }[];
  matched: number;
  exemplars?: { time: string; value: number; trace_id?: string; span_id?: string; series: number; attributes?: Attributes }[];
}

export interface ServiceSummary {
  name: string;
  version?: string;
  namespace?: string;
  requests: number;
  errors: number;
  rate: number;
  error_rate: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  rate_series: (number | null)[];
  error_series: (number | null)[];
  p95_series: (number | null)[];
  last_seen?: string;
  languages?: string[];
  logs?: number;
}

export interface ServicesAnswer {
  from: string;
  to: string;
  step: number;
  times: string[];
  services: ServiceSummary[];
}

export interface ServiceAnswer {
  from: string;
  to: string;
  step: number;
  times: string[];
  service: ServiceSummary;
  operations: {
    name: string;
    kind: string | number;
    requests: number;
    errors: number;
    rate: number;
    error_rate: number;
    p50: number | null;
    p95: number | null;
    p99: number | null;
    rate_series?: (number | null)[];
    p95_series?: (number | null)[];
  }[];
  dependencies: { name: string; kind: string; calls: number; errors: number; p95: number | null }[];
  instances: { id?: string; host?: string; version?: string; requests: number; errors: number; last_seen?: string }[];
}

export interface FieldsAnswer {
  fields: { name: string; scope: string; types: string[]; rows?: number }[];
}

export interface FieldValues {
  values: { value: unknown; count: number }[];
  distinct?: number;
}

export interface StatusAnswer {
  version: string;
  uptime_seconds: number;
  listeners: { kind: string; address: string }[];
  data_directory?: string;
  durability?: string;
  health: { condition: string; severity: string; message: string; since?: string }[];
  ever_received: { logs: boolean; traces: boolean; metrics: boolean };
  newest?: { logs?: string; traces?: string; metrics?: string };
}

/** Severity ranges of OpenTelemetry, worst last, with their shapes: nothing is said by colour alone. */
export const severities = [
  { name: "trace", first: 1, shape: "·", word: "TRACE" },
  { name: "debug", first: 5, shape: "◦", word: "DEBUG" },
  { name: "info", first: 9, shape: "•", word: "INFO" },
  { name: "warn", first: 13, shape: "▲", word: "WARN" },
  { name: "error", first: 17, shape: "✕", word: "ERROR" },
  { name: "fatal", first: 21, shape: "✕", word: "FATAL" },
] as const;

/** The range of a severity number; undefined when it is unset. */
export function severityOf(number: number | undefined): (typeof severities)[number] | undefined {
  if (!number || number < 1) return undefined;
  return severities[Math.min(severities.length - 1, Math.floor((number - 1) / 4))];
}

const kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"];

/** The word of a span kind, which the API gives as a number or as the word. */
export function spanKind(kind: string | number | undefined): string {
  return typeof kind === "number" ? kinds[kind] ?? "unspecified" : kind ?? "unspecified";
}

/** Whether a span's status is error. */
export function isErrorStatus(status: string | number | undefined): boolean {
  return status === 2 || status === "error";
}
