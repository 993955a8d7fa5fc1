const unitMilliseconds: Record<string, number> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 };

/** Milliseconds since 1970 of `now-1h30m`, RFC 3339 or epoch milliseconds; null when it is none of them. */
export function resolveTime(text: string, now: number): number | null {
  if (/^\d{10,16}$/.test(text)) return Number(text);
  const relative = /^now((?:[+-](?:\d+[smhdw])+)?)$/.exec(text);
  if (relative) {
    const sign = relative[1].startsWith("+") ? 1 : -1;
    let shift = 0;
    for (const [, count, unit] of relative[1].matchAll(/(\d+)([smhdw])/g)) shift += Number(count) * unitMilliseconds[unit];
    return now + sign * shift;
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? null : parsed;
}

/** Milliseconds since 1970 as a fraction, from decimal nanoseconds. */
export function millisecondsOf(nanoseconds: string | number | undefined): number {
  if (nanoseconds === undefined) return NaN;
  const text = String(nanoseconds);
  if (text.length <= 6) return Number(text) / 1e6;
  return Number(text.slice(0, -6)) + Number(text.slice(-6)) / 1e6;
}

const pad = (value: number, digits = 2): string => String(value).padStart(digits, "0");

/** `12:07:31.250` in the browser's time zone. */
export function clockTime(milliseconds: number, precision: "minute" | "second" | "millisecond" = "millisecond"): string {
  const date = new Date(milliseconds);
  const minutes = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (precision === "minute") return minutes;
  const seconds = `${minutes}:${pad(date.getSeconds())}`;
  return precision === "second" ? seconds : `${seconds}.${pad(date.getMilliseconds(), 3)}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `22 Nov`. */
export function calendarDay(milliseconds: number): string {
  const date = new Date(milliseconds);
  return `${date.getDate()} ${months[date.getMonth()]}`;
}

/** `22 Nov 12:07:31`. */
export function dayAndTime(milliseconds: number, precision: "minute" | "second" | "millisecond" = "second"): string {
  return `${calendarDay(milliseconds)} ${clockTime(milliseconds, precision)}`;
}

/** A window as words: the day is said once, or not at all when it is today. */
export function windowText(from: number, to: number, now: number): string {
  const precision = to - from < 3.6e6 ? "second" : "minute";
  const today = calendarDay(now);
  if (calendarDay(from) === calendarDay(to - 1)) {
    const day = calendarDay(from) === today ? "" : `${calendarDay(from)} `;
    return `${day}${clockTime(from, precision)} – ${clockTime(to, precision)}`;
  }
  return `${dayAndTime(from, "minute")} – ${dayAndTime(to, "minute")}`;
}

/** `Last 1 hour` for a relative window that ends now; null otherwise. */
export function relativeText(from: string, to: string): string | null {
  const match = /^now-(\d+)([smhdw])$/.exec(from);
  if (!match || to !== "now") return null;
  const names: Record<string, string> = { s: "second", m: "minute", h: "hour", d: "day", w: "week" };
  return `Last ${match[1]} ${names[match[2]]}${match[1] === "1" ? "" : "s"}`;
}

const tickSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 1.2e5, 3e5, 6e5, 9e5, 1.8e6, 3.6e6, 7.2e6, 1.08e7, 2.16e7, 4.32e7, 8.64e7, 1.728e8, 6.048e8];

/** Times of axis ticks, at round local times, at most `count`. */
export function timeTicks(from: number, to: number, count: number): number[] {
  const step = tickSteps.find((candidate) => (to - from) / candidate <= count) ?? 2.592e9;
  const zone = step >= 3.6e6 ? new Date(from).getTimezoneOffset() * 6e4 : 0;
  const ticks: number[] = [];
  for (let tick = Math.ceil((from - zone) / step) * step + zone; tick < to; tick += step) ticks.push(tick);
  return ticks;
}

/** The label of a tick: as much as the span of the axis needs. */
export function tickText(tick: number, span: number): string {
  if (span <= 2e3) return clockTime(tick, "millisecond");
  if (span <= 6e5) return clockTime(tick, "second");
  if (span <= 1.3e8) return clockTime(tick, "minute");
  return clockTime(tick, "minute") === "00:00" ? calendarDay(tick) : dayAndTime(tick, "minute");
}

/** `3 s ago`, `2 h ago`. */
export function ago(milliseconds: number, now: number): string {
  const seconds = Math.max(0, (now - milliseconds) / 1e3);
  if (seconds < 1.5) return "just now";
  for (const [name, size] of [["d", 86_400], ["h", 3_600], ["min", 60]] as const) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${name} ago`;
  }
  return `${Math.round(seconds)} s ago`;
}
