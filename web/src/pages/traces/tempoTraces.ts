import { valueText } from "../../core/format";

/** An attribute in OTLP's JSON. */
interface KeyValue {
  key: string;
  value: { stringValue?: string; intValue?: string | number; doubleValue?: number; boolValue?: boolean; arrayValue?: unknown };
}

/** A span that a query found. */
export interface MatchedSpan {
  spanID: string;
  name: string;
  startTimeUnixNano: string;
  durationNanos: string;
  attributes?: KeyValue[];
}

/** A trace that a query found, as Tempo's API writes it. */
export interface MatchedTrace {
  traceID: string;
  rootServiceName: string;
  rootTraceName: string;
  startTimeUnixNano: string;
  durationMs: number;
  spanSets: { spans: MatchedSpan[]; matched: number; attributes?: KeyValue[] }[];
  serviceStats: Record<string, { spanCount: number; errorCount?: number }>;
}

/** The spans of all spansets, each once. */
export function spansOf(trace: MatchedTrace): MatchedSpan[] {
  const known = new Set<string>();
  return trace.spanSets.flatMap((set) => set.spans).filter((span) => !known.has(span.spanID) && known.add(span.spanID) !== undefined);
}

/** How many spans matched in all spansets together; more than are told when there are many. */
export function matchedCount(trace: MatchedTrace): number {
  return trace.spanSets.reduce((sum, set) => sum + set.matched, 0);
}

/** Attributes as a person reads them. */
export function attributesText(attributes: KeyValue[] | undefined): string {
  return (attributes ?? []).map(({ key, value }) => `${key}=${valueText(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? value.arrayValue)}`).join("  ");
}

/** The labels of a series of numbers. */
export function labelsOf(attributes: KeyValue[] | undefined): Record<string, string> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, valueText(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue)]));
}

/** Nanoseconds between two times that are decimal texts, exact for the length of a trace. */
export function nanosecondsBetween(from: string, to: string): number {
  return Number(BigInt(to) - BigInt(from));
}
