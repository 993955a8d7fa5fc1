import { parseDuration, View } from "../core/url";
import { TimeWindow } from "../core/router";

/** Steps that charts use, in seconds. */
const usual = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Points of a chart when the link names no step. */
const usualPoints = 240;

/** Points that the servers give at most. */
const pointLimit = 10_000;

/** Times of a chart, in seconds since 1970: whole multiples of the step, so that a refresh moves no point. */
export interface Steps {
  start: number;
  end: number;
  step: number;
}

/** The steps of the window on display. */
export function stepsOf(view: View, window: TimeWindow, points = usualPoints): Steps {
  const span = (window.to - window.from) / 1000;
  const asked = (parseDuration(view.extra.step ?? "") ?? 0) / 1e9;
  const automatic = usual.find((candidate) => span / candidate <= points) ?? Math.ceil(span / points / 604_800) * 604_800;
  const step = asked >= 1 && span / asked <= pointLimit ? Math.round(asked) : automatic;
  return { start: Math.floor(window.from / 1000 / step) * step, end: Math.floor(window.to / 1000 / step) * step, step };
}

/** The times themselves, in milliseconds. */
export function timesOf({ start, end, step }: Steps): number[] {
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => (start + index * step) * 1000);
}

/** `15s`, `5m`, `2h`: as the link and the languages write a step. */
export function stepText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
