import { Filter } from "../../core/url";
import { quoted } from "../../query/syntax";

/** A pattern of lines as Loki's API writes it, with its counts over time. */
export interface LinePattern {
  pattern: string;
  samples: [number, number][];
}

/** Lines of a pattern in all. */
export function countOf(pattern: LinePattern): number {
  return pattern.samples.reduce((sum, [, count]) => sum + count, 0);
}

/** A pattern in pieces: texts, and the places where lines differ. */
export function piecesOfPattern(pattern: string): { text: string; isSlot: boolean }[] {
  return pattern.split(/(<_>)/).filter((text) => text !== "").map((text) => ({ text, isSlot: text === "<_>" }));
}

/** The counts at every step, zero where there is none. */
export function countsAt(pattern: LinePattern, steps: { start: number; end: number; step: number }): number[] {
  const counts = new Array<number>(Math.floor((steps.end - steps.start) / steps.step) + 1).fill(0);
  for (const [time, count] of pattern.samples) {
    const index = Math.floor((time - steps.start) / steps.step);
    if (index >= 0 && index < counts.length) counts[index] += count;
  }
  return counts;
}

/** The query for the lines of a pattern, or for all others. */
export function narrowedTo(query: string, pattern: string, excluded: boolean): string {
  // A comment at the end would take the filter with it.
  const end = /#[^\n"`]*$/.test(query) ? "\n" : " ";
  return `${query.trimEnd()}${end}${excluded ? "!>" : "|>"} ${quoted(pattern)}`;
}

/** The selector of the streams that the context bar's filters name; all streams without one. */
export function selectorOf(filters: readonly Filter[]): string {
  const operators: Partial<Record<Filter["op"], string>> = { eq: "=", ne: "!=", re: "=~", nre: "!~" };
  const services = filters.filter(({ key, op }) => key === "service.name" && operators[op] !== undefined);
  const matchers = services.map(({ op, value }) => `service_name${operators[op]}${quoted(value)}`);
  // A selector needs one condition that is not met by nothing.
  return `{${[...(services.some(({ op }) => op === "eq" || op === "re") ? [] : ["service_name=~\".+\""]), ...matchers].join(", ")}}`;
}
