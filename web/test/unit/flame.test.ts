import assert from "node:assert/strict";
import test from "node:test";
import { TraceSkeleton } from "../../src/core/model";
import { layOutFlame, neighbour, spanAt } from "../../src/pages/traces/flameLayout";
import { buildTree } from "../../src/pages/traces/tree";

/** Parent, start and duration of each span. */
function trace(spans: [number, number, number][]): TraceSkeleton {
  const zeros = spans.map(() => 0);
  return {
    trace_id: "1", start: "0", duration: 100, services: ["a"], names: ["n"], missing_parents: [], complete: true, total_spans: spans.length, logs: 0,
    spans: { id: spans.map((_, index) => String(index)), parent: spans.map((one) => one[0]), start: spans.map((one) => one[1]), duration: spans.map((one) => one[2]), service: zeros, name: zeros, kind: zeros, status: zeros, events: zeros, links: zeros, depth: zeros, critical: zeros.map(() => null) },
  };
}

test("what ran at the same time lies on rows of its own, below its cause", () => {
  const { row } = layOutFlame(trace([[-1, 0, 100], [0, 10, 30], [1, 12, 5], [0, 50, 20], [0, 20, 10], [0, 20, 10]]));
  assert.deepEqual([...row], [0, 1, 2, 1, 2, 3]);
});

test("no two spans of a row overlap, and children lie below their parents", () => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  const spans: [number, number, number][] = [[-1, 0, 1000]];
  for (let index = 1; index < 600; index += 1) spans.push([random(index), random(900), random(120)]);
  const made = trace(spans);
  const { row, rows } = layOutFlame(made);
  spans.forEach(([parent], index) => assert.ok(parent < 0 || row[index] > row[parent]));
  for (const list of rows) {
    for (let place = 1; place < list.length; place += 1) assert.ok(spans[list[place - 1]][1] + spans[list[place - 1]][2] <= spans[list[place]][1]);
  }
  assert.equal(rows.reduce((sum, list) => sum + list.length, 0), 600);
});

test("a place finds its span, and arrows walk the family", () => {
  const made = trace([[-1, 0, 100], [0, 10, 30], [1, 12, 5], [0, 50, 20]]);
  const layout = layOutFlame(made);
  const { children } = buildTree(made);
  assert.deepEqual([spanAt(made, layout, 1, 15, 0), spanAt(made, layout, 1, 45, 0), spanAt(made, layout, 1, 42, 3), spanAt(made, layout, 9, 1, 0)], [1, -1, 1, -1]);
  const walk = (index: number, key: string): number => neighbour(made, layout, children, index, key);
  assert.deepEqual([walk(-1, "ArrowDown"), walk(0, "ArrowDown"), walk(1, "ArrowRight"), walk(3, "ArrowLeft"), walk(2, "ArrowUp"), walk(0, "ArrowUp")], [0, 1, 3, 1, 1, 0]);
});
