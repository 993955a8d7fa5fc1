import assert from "node:assert/strict";
import test from "node:test";
import { TraceSkeleton } from "../../src/core/model";
import { correctedTrace, findClockSkew, skewText } from "../../src/pages/traces/clockSkew";

/** Parent, start, duration, service and kind of each span; microseconds. */
function trace(rows: [number, number, number, number, number][]): TraceSkeleton {
  const column = (index: number, scale = 1): number[] => rows.map((row) => row[index] * scale);
  const zeros = rows.map(() => 0);
  return {
    trace_id: "1", start: "0", duration: 1e6, services: ["a", "b"], names: ["n"], missing_parents: [], complete: true, total_spans: rows.length, logs: 0,
    spans: { id: rows.map((_, index) => String(index)), parent: column(0), start: column(1, 1e3), duration: column(2, 1e3), service: column(3), name: zeros, kind: column(4), status: zeros, events: zeros, links: zeros, depth: zeros, critical: rows.map((row) => [[row[1] * 1e3, (row[1] + row[2]) * 1e3]] as [number, number][]) },
  };
}

test("a trace whose spans lie inside of their parents has no skew and is not copied", () => {
  const sound = trace([[-1, 0, 100, 0, 2], [0, 10, 50, 0, 3], [1, 12, 40, 1, 2], [0, 90, 500, 0, 1]]);
  const skew = findClockSkew(sound);
  assert.equal(skew.spans.size, 0);
  assert.equal(correctedTrace(sound, skew), sound);
});

test("a server that starts before the call is found, and moves into its middle with all below it", () => {
  const skewed = trace([[-1, 0, 100, 0, 2], [0, 10, 50, 0, 3], [1, -20, 40, 1, 2], [2, -10, 10, 1, 1]]);
  const skew = findClockSkew(skewed);
  assert.deepEqual([...skew.spans.keys()], [2]);
  assert.equal(skew.largest, 30_000);
  const corrected = correctedTrace(skewed, skew);
  assert.deepEqual(corrected.spans.start, [0, 10_000, 15_000, 25_000]);
  assert.deepEqual(corrected.spans.critical[3], [[25_000, 35_000]]);
  assert.ok(skewText(skew.spans.get(2) ?? { before: 0, after: 0, twoClocks: false }, String).includes("starts 30000 before its parent: the clocks of the two services differ"));
});

test("an answer that ends after its call is found, work that outlives its parent is not", () => {
  const skew = findClockSkew(trace([[-1, 0, 100, 0, 3], [0, 80, 60, 1, 2], [0, 90, 500, 1, 5]]));
  assert.deepEqual([...skew.spans.keys()], [1]);
  assert.equal(skew.spans.get(1)?.after, 40_000);
});

test("inside one service nothing is moved, and what is longer than its call begins with it", () => {
  const one = findClockSkew(trace([[-1, 0, 100, 0, 2], [0, -5, 10, 0, 1]]));
  assert.equal(one.spans.size, 1);
  assert.equal(one.shifts.size, 0);
  assert.equal(findClockSkew(trace([[-1, 0, 100, 0, 3], [0, -10, 200, 1, 2]])).shifts.get(1), 10_000);
});
