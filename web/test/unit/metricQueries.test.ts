import assert from "node:assert/strict";
import test from "node:test";
import { queriesOf, withoutQueries, withQuery, withVisibility } from "../../src/context/metricQueries";
import { applyPatch, formatView, parseView } from "../../src/core/url";
import { exemplarsOf, measuresExemplars, spreadExemplars } from "../../src/pages/metrics/exemplarMarks";
import { joinedSamples } from "../../src/pages/metrics/sampleRows";
import { guessedUnit, unitFormatter } from "../../src/query/units";

test("queries of a chart are in the link, by letter", () => {
  let view = parseView("metrics", "?q=up&qc=sum(up)&hide=C&step=1m");
  assert.deepEqual(queriesOf(view), [{ letter: "A", text: "up", hidden: false }, { letter: "C", text: "sum(up)", hidden: true }]);
  assert.equal(formatView(view), "metrics?q=up&qc=sum(up)&hide=C&step=1m");
  view = applyPatch(view, withQuery(view, "B", "rate(a[5m])"));
  view = applyPatch(view, withVisibility(view, "A"));
  assert.deepEqual(queriesOf(view).map((query) => [query.letter, query.hidden]), [["A", true], ["B", false], ["C", true]]);
  assert.equal(view.extra.hide, "AC");
  view = applyPatch(view, withQuery(view, "C", "sum(down)"));
  assert.equal(view.extra.hide, "A", "what is run is shown");
  view = applyPatch(view, withQuery(view, "A", ""));
  assert.deepEqual(queriesOf(view).map((query) => query.letter), ["B", "C"], "letters stay when another query goes");
  assert.equal(formatView(applyPatch(view, withoutQueries)), "metrics");
});

test("a query's unit is told by its names, or not at all", () => {
  const cases: [string, string | undefined][] = [
    ["histogram_quantile(0.95, sum by (le, service_name) (rate(http_server_request_duration_seconds_bucket{x=\"a_bytes\"}[5m])))", "s"],
    ["histogram_avg(sum(rate(rpc_size_bytes[5m])))", "bytes"],
    ["sum(rate(a_seconds_sum[5m])) / sum(rate(a_seconds_count[5m]))", "s"],
    ["sum(rate(a_seconds_sum[5m])) / sum(rate(b_seconds_count[5m]))", undefined],
    ["sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))", "per second"],
    ["rate(app_requests_total[5m])", "per second"],
    ["rate(process_cpu_time_seconds_total[5m])", undefined],
    ["rate(network_io_bytes_total[5m])", "bytes per second"],
    ["process_runtime_memory_bytes", "bytes"],
    ["max_over_time(queue_age_seconds[1h])", "s"],
    ["count(process_runtime_memory_bytes)", undefined],
    ["a_bytes / b_bytes", undefined],
    ["queue_depth_ratio", undefined],
    ["increase(app_requests_total[1h])", undefined],
    ["1 + 1", undefined],
  ];
  for (const [query, unit] of cases) assert.equal(guessedUnit(query), unit, query);
  assert.equal(unitFormatter("s")(0.25), "250 ms");
  assert.equal(unitFormatter("share")(-0.125), "-12.5 %");
  assert.equal(unitFormatter("bytes per second")(2e6), "2 MB/s");
  assert.equal(unitFormatter(undefined)(12_345), "12.3k");
});

test("samples of several queries stand side by side by their labels", () => {
  const sample = (value: string, metric: Record<string, string>) => ({ metric, value: [1, value] as [number, string] });
  const joined = joinedSamples([[sample("1", { __name__: "a", job: "x" }), sample("2", { __name__: "a", job: "y" })], [sample("3", { __name__: "b", job: "y" }), sample("4", {})]]);
  assert.deepEqual(joined.map((row) => [row.labels, row.samples.map((one) => one?.value?.[1])]), [[{ job: "x" }, ["1", undefined]], [{ job: "y" }, ["2", "3"]], [{}, [undefined, "4"]]]);
  assert.deepEqual(joinedSamples([[sample("1", { __name__: "a", job: "x" })]])[0].labels, { __name__: "a", job: "x" });
  const named = joinedSamples([[sample("1", { __name__: "a" }), sample("2", { __name__: "b" })], [sample("3", { __name__: "a" })]]);
  assert.deepEqual(named.map((row) => row.samples.map((one) => one?.value?.[1])), [["1", "3"], ["2", undefined]], "names tell apart what only they tell apart");
});

test("exemplars stand where their value is measured, else on the axis, and not two on one spot", () => {
  assert.equal(measuresExemplars("histogram_quantile(0.9, a)"), true);
  assert.equal(measuresExemplars("rate(a_sum[5m]) / rate(a_count[5m])"), true);
  assert.equal(measuresExemplars("sum(rate(a_count[5m]))"), false);
  const found = exemplarsOf([
    { seriesLabels: { __name__: "a_bucket", le: "1", job: "x" }, exemplars: [{ labels: { trace_id: "t1", span_id: "s1" }, value: "0.4", timestamp: 10.5 }, { labels: {}, value: "9", timestamp: 11 }] },
    { seriesLabels: { __name__: "a_bucket", le: "5", job: "y" }, exemplars: [{ labels: { trace_id: "t2" }, value: "3", timestamp: 10.6 }, { labels: { trace_id: "t3" }, value: "2", timestamp: 90 }] },
  ], "rate(a_bucket[5m])");
  assert.deepEqual(found.map((one) => [one.traceID, one.time, one.label, one.onAxis]), [["t1", 10_500, "x", true], ["t2", 10_600, "y", true], ["t3", 90_000, "y", true]]);
  assert.deepEqual(spreadExemplars(found, { from: 0, to: 100_000 }).map((one) => one.traceID), ["t2", "t3"]);
});
