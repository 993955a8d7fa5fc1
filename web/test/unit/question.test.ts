import test from "node:test";
import assert from "node:assert/strict";
import { alsoValue, inapplicable, withFilter } from "../../src/context/filters";
import { buildTree, timeShares, visibleRows } from "../../src/pages/traces/tree";
import { TraceSkeleton } from "../../src/core/model";
import { parseFilter, Filter } from "../../src/core/url";

const filter = (text: string): Filter => parseFilter(text) ?? { key: "", op: "eq", value: "" };

test("a page applies the filters that its signal has and says why not", () => {
  assert.equal(inapplicable(filter("service.name:eq:a"), "metrics"), null);
  assert.equal(inapplicable(filter("severity:gte:warn"), "logs"), null);
  assert.ok(inapplicable(filter("severity:gte:warn"), "traces")?.includes("log records"));
  assert.ok(inapplicable(filter("duration:gt:1s"), "logs")?.includes("spans"));
  assert.ok(inapplicable(filter("trace_id:eq:1"), "metrics"));
  assert.equal(inapplicable(filter("trace_id:eq:1"), "logs"), null);
});

test("filters are added once, an equality replaces another, Shift adds values", () => {
  const one = withFilter([filter("a:eq:1"), filter("b:ne:2")], filter("a:eq:3"));
  assert.deepEqual(one, [filter("b:ne:2"), filter("a:eq:3")]);
  assert.deepEqual(withFilter(one, filter("a:eq:3")), one);
  const two = alsoValue(one, "a", "x,y");
  assert.deepEqual(two, [filter("b:ne:2"), filter("a:in:3,x\\,y")]);
  assert.deepEqual(alsoValue(alsoValue(two, "a", "3"), "a", "x,y"), [filter("b:ne:2")]);
});

/** A root, one child with twelve same-named leaves, and a slow one. */
function trace(): TraceSkeleton {
  const count = 15;
  const parent = [-1, 0, ...new Array<number>(12).fill(1), 0];
  const start = [0, 10, ...Array.from({ length: 12 }, (_, index) => 10 + index * 2), 50];
  const duration = [100, 30, ...new Array<number>(12).fill(2), 40];
  const zeros = new Array<number>(count).fill(0);
  return {
    trace_id: "t", start: "0", duration: 100, services: ["a"], names: ["root", "child", "select", "slow"],
    spans: { id: zeros.map((_, index) => `s${index}`), parent, start, duration, service: zeros, name: [0, 1, ...new Array<number>(12).fill(2), 3], kind: zeros, status: zeros, events: zeros, links: zeros, depth: [0, 1, ...new Array<number>(12).fill(2), 1], critical: parent.map((_, index) => (index === 14 ? [[50, 90]] : null)) },
    missing_parents: [], complete: true, total_spans: count, logs: 0,
  };
}

test("the tree groups many same-named leaves, collapses, and knows where time went", () => {
  const skeleton = trace();
  const tree = buildTree(skeleton);
  assert.equal(tree.descendants[0], 14);
  assert.equal(tree.selfTime[0], 30);
  assert.equal(tree.selfTime[1], 6);
  const rows = visibleRows(skeleton, tree, new Set(), new Set());
  assert.deepEqual(rows.map((row) => row.kind), ["span", "span", "group", "span"]);
  const group = rows[2];
  assert.ok(group.kind === "group" && group.members.length === 12 && group.total === 24);
  assert.equal(visibleRows(skeleton, tree, new Set(), new Set([group.kind === "group" ? group.key : ""])).length, 16);
  assert.equal(visibleRows(skeleton, tree, new Set([1]), new Set()).length, 3);
  const shares = timeShares(skeleton, tree);
  assert.equal(skeleton.names[shares[0].name], "slow");
  assert.equal(shares.reduce((sum, share) => sum + share.selfTime, 0), 100);
});
