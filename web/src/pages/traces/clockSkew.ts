import { TraceSkeleton } from "../../core/model";

/** A span that lies outside of its parent in time. Nanoseconds. */
export interface Skew {
  /** It starts this much before its parent. */
  before: number;
  /** It ends this much after the call that it answers. */
  after: number;
  /** It runs in another service than its parent, so that two clocks are compared. */
  twoClocks: boolean;
}

/** What clocks disagree about in one trace. */
export interface ClockSkew {
  spans: ReadonlyMap<number, Skew>;
  /** The largest difference, nanoseconds. */
  largest: number;
  /** By how much each span is moved when the clocks are corrected; only spans that move. */
  shifts: ReadonlyMap<number, number>;
}

/** Less than this is the resolution of clocks and no finding. */
const tolerance = 1_000;

const [server, client] = [2, 3];

/**
 * Finds spans outside of their parents.
 *
 * Nothing starts before what caused it. Work may well go on after its parent has ended, so that an end counts only where a server
 * answers a client's call.
 */
export function findClockSkew(trace: TraceSkeleton): ClockSkew {
  const { parent, start, duration, service, kind } = trace.spans;
  const spans = new Map<number, Skew>();
  const shifts = new Map<number, number>();
  let largest = 0;
  for (let index = 0; index < start.length; index += 1) {
    const above = parent[index];
    if (above < 0) continue;
    const inherited = shifts.get(above) ?? 0;
    const before = start[above] - start[index];
    const late = start[index] + duration[index] - start[above] - duration[above];
    const after = kind[index] === server && kind[above] === client ? late : 0;
    const twoClocks = service[index] !== service[above];
    let own = 0;
    if (before > tolerance || after > tolerance) {
      spans.set(index, { before: Math.max(0, before), after: Math.max(0, after), twoClocks });
      largest = Math.max(largest, before, after);
      if (twoClocks) own = fitting(start[index], duration[index], start[above], duration[above]);
    }
    // What a span causes runs by its clock or is measured against it: a shift moves the whole subtree.
    if (inherited + own !== 0) shifts.set(index, inherited + own);
  }
  return { spans, largest, shifts };
}

/** The shift that puts a call's other end into the call: in the middle, as if both ways took equally long. */
function fitting(start: number, duration: number, outerStart: number, outerDuration: number): number {
  return duration > outerDuration ? outerStart - start : Math.round(outerStart + (outerDuration - duration) / 2 - start);
}

/** The trace with its clocks corrected; the same object when nothing moves. */
export function correctedTrace(trace: TraceSkeleton, skew: ClockSkew): TraceSkeleton {
  if (skew.shifts.size === 0) return trace;
  const start = trace.spans.start.slice();
  const critical = trace.spans.critical.slice();
  skew.shifts.forEach((shift, index) => {
    start[index] += shift;
    critical[index] = critical[index]?.map(([from, to]) => [from + shift, to + shift] as [number, number]) ?? null;
  });
  return { ...trace, spans: { ...trace.spans, start, critical } };
}

/** What a finding says, in one sentence. */
export function skewText(skew: Skew, format: (nanoseconds: number) => string): string {
  const clocks = skew.twoClocks ? "the clocks of the two services differ" : "the clock of this service was set";
  if (skew.before > 0) return `It starts ${format(skew.before)} before its parent: ${clocks}.`;
  return `It ends ${format(skew.after)} after the call that it answers: ${clocks}, or the caller gave up.`;
}
