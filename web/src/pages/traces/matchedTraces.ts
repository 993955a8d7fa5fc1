import { valueText } from "../../core/format";
import { Attributes } from "../../core/model";

/** A span that a query found. */
export interface MatchedSpan {
  span_id: string;
  name: string;
  start: string;
  /** Nanoseconds. */
  duration: number;
  /** Those that the query names. */
  attributes: Attributes;
}

/** A trace that a query found. */
export interface MatchedTrace {
  trace_id: string;
  start: string;
  /** Nanoseconds. */
  duration: number;
  root_service: string;
  root_name: string;
  root_missing: boolean;
  matched: number;
  services: { name: string; spans: number; errors: number }[];
  spansets: { matched: number; attributes: Attributes; spans: MatchedSpan[] }[];
}

/** The spans of all spansets, each once. */
export function spansOf(trace: MatchedTrace): MatchedSpan[] {
  const known = new Set<string>();
  return trace.spansets.flatMap((set) => set.spans).filter((span) => !known.has(span.span_id) && known.add(span.span_id) !== undefined);
}

/** Attributes as a person reads them. */
export function attributesText(attributes: Attributes): string {
  return Object.entries(attributes).map(([key, value]) => `${key}=${valueText(value)}`).join("  ");
}

/** A label of a series in OTLP's JSON. */
interface KeyValue {
  key: string;
  value: { stringValue?: string; intValue?: string | number; doubleValue?: number; boolValue?: boolean };
}

/** The labels of a series of numbers, as Tempo's API writes them. */
export function labelsOf(attributes: KeyValue[] | undefined): Record<string, string> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, valueText(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue)]));
}

/** Nanoseconds between two times that are decimal texts, exact for the length of a trace. */
export function nanosecondsBetween(from: string, to: string): number {
  return Number(BigInt(to) - BigInt(from));
}
