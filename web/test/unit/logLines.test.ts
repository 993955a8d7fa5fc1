import assert from "node:assert/strict";
import test from "node:test";
import { recordsOf, StreamLabels } from "../../src/pages/logs/lokiLines";
import { isNumbers } from "../../src/query/logqlKind";

test("a line is the same record from an answer and from a tail", () => {
  const known: StreamLabels = new Set();
  const [answered] = recordsOf([{ stream: { service_name: "orders" }, values: [["1700000000000000001", "a line", { structuredMetadata: { detected_level: "error", trace_id: "t" }, parsed: { took: "5" } }]] }], known);
  const [tailed] = recordsOf([{ stream: { took: "5", trace_id: "t", detected_level: "error", service_name: "orders" }, values: [["1700000000000000001", "a line"]] }], known);
  assert.deepEqual(tailed, answered);
  assert.deepEqual([answered.resource, answered.attributes, answered.severity, answered.trace_id], [{ service_name: "orders" }, { took: "5" }, 17, "t"]);
  const [other] = recordsOf([{ stream: { service_name: "stock" }, values: [["1700000000000000001", "a line", {}]] }], known);
  assert.ok(other.id !== answered.id);
});

test("a query that begins with its selector asks for lines", () => {
  for (const text of ["{a=\"b\"}", "  # what\n {a=\"b\"} |= \"x\"", "({a=\"b\"})", ""]) assert.equal(isNumbers(text), false, text);
  for (const text of ["rate({a=\"b\"}[5m])", "sum by (a) (rate({a=\"b\"}[5m]))", "(1 + 1)", "# {\n1"]) assert.equal(isNumbers(text), true, text);
});
