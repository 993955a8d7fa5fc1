import assert from "node:assert/strict";
import test from "node:test";
import { columnValue, movedColumn, readColumns, toggledColumn, writeColumns } from "../../src/context/columns";

test("columns read what they wrote, the default ones are left out of the URL", () => {
  assert.deepEqual(readColumns(undefined), ["service.name"]);
  assert.equal(writeColumns(["service.name"]), null);
  for (const columns of [[], ["a"], ["service.name", "a,b", "http.route"]]) assert.deepEqual(readColumns(writeColumns(columns) ?? undefined), columns);
  assert.deepEqual(readColumns("a,a,,b"), ["a", "b"]);
});

test("columns toggle and move", () => {
  assert.deepEqual(toggledColumn(["a", "b"], "a"), ["b"]);
  assert.deepEqual(toggledColumn(["a"], "b"), ["a", "b"]);
  assert.deepEqual(movedColumn(["a", "b", "c"], "c", 0), ["c", "a", "b"]);
  assert.deepEqual(movedColumn(["a", "b", "c"], "a", 9), ["b", "c", "a"]);
  assert.deepEqual(movedColumn(["a"], "x", 0), ["a"]);
});

test("a column finds its value in the record, then in the resource, and in maps", () => {
  const record = { id: "1", time: "1", service: "shop", severity_text: "WARN", attributes: { host: "own", retry: { count: 3 }, "a.b": 1 }, resource: { host: "other", zone: "z" }, body: { user: { id: 7 } } };
  const values: [string, string][] = [["service.name", "shop"], ["severity_text", "WARN"], ["host", "own"], ["resource.host", "other"], ["zone", "z"], ["retry.count", "3"], ["attribute.retry.count", "3"], ["a.b", "1"], ["body.user.id", "7"], ["missing", ""]];
  for (const [field, wanted] of values) assert.equal(columnValue(record, field), wanted, field);
});
