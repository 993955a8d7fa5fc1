import assert from "node:assert/strict";
import test from "node:test";
import { recordsOf, StreamLabels } from "../../src/pages/logs/lokiLines";
import { countsAt, narrowedTo, piecesOfPattern, selectorOf } from "../../src/pages/logs/patterns";
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

test("patterns become queries for their lines, and filters a selector", () => {
  assert.equal(narrowedTo("{a=\"b\"} |= \"c\" ", "took <_> \"ms\"", false), "{a=\"b\"} |= \"c\" |> \"took <_> \\\"ms\\\"\"");
  assert.equal(narrowedTo("{a=\"b\"} # all", "x <_>", true), "{a=\"b\"} # all\n!> \"x <_>\"");
  assert.equal(narrowedTo("{a=\"b#c\"}", "x <_>", false), "{a=\"b#c\"} |> \"x <_>\"");
  assert.deepEqual(piecesOfPattern("<_> took <_>").map((piece) => piece.isSlot), [true, false, true]);
  assert.deepEqual(countsAt({ pattern: "", samples: [[60, 2], [125, 3], [900, 9]] }, { start: 60, end: 180, step: 60 }), [2, 3, 0]);
  assert.equal(selectorOf([{ key: "service.name", op: "eq", value: "orders" }, { key: "http.route", op: "eq", value: "/" }]), "{service_name=\"orders\"}");
  assert.equal(selectorOf([{ key: "service.name", op: "ne", value: "orders" }]), "{service_name=~\".+\", service_name!=\"orders\"}");
  assert.equal(selectorOf([]), "{service_name=~\".+\"}");
});
