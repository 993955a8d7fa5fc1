import { TimeWindow } from "../core/router";

/** The window that a comparison takes as its base. */
export interface Comparison {
  window: TimeWindow;
  /** Milliseconds from the base to the window on display. */
  shift: number;
  /** The base in words. */
  text: string;
}

const days: Record<string, [number, string]> = { "-1d": [8.64e7, "a day before"], "-7d": [6.048e8, "a week before"] };

/** What the URL's `cmp` can say, in the order in which it is offered. */
export const comparisons: [string, string][] = [["prev", "the time just before"], ...Object.entries(days).map(([id, [, text]]): [string, string] => [id, text])];

/** The base of a comparison; null without one. */
export function comparisonOf(text: string | undefined, window: TimeWindow): Comparison | null {
  const day = text === undefined ? undefined : days[text];
  if (text !== "prev" && !day) return null;
  const shift = day ? day[0] : window.to - window.from;
  return { window: { from: window.from - shift, to: window.to - shift }, shift, text: day ? day[1] : "the time just before" };
}

/** Values of a base at the times on display: its buckets need not lie on the same multiples of the step. */
export function alignedBase(times: readonly number[], step: number, baseTimes: readonly number[], values: readonly (number | null)[], shift: number): (number | null)[] {
  const first = baseTimes[0];
  if (first === undefined) return times.map(() => null);
  return times.map((time) => values[Math.floor((time - shift + step / 2 - first) / step)] ?? null);
}
