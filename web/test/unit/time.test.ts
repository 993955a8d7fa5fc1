import test from "node:test";
import assert from "node:assert/strict";
import { ago, millisecondsOf, relativeText, resolveTime, timeTicks } from "../../src/core/time";
import { byteCount, compactCount, duration, groupedCount, percentage, valueText } from "../../src/core/format";

test("times resolve against one now", () => {
  const now = 1_790_000_000_000;
  assert.equal(resolveTime("now", now), now);
  assert.equal(resolveTime("now-1h30m", now), now - 5_400_000);
  assert.equal(resolveTime("now-2w", now), now - 1_209_600_000);
  assert.equal(resolveTime("1790000000000", now), now);
  assert.equal(resolveTime("2026-09-22T12:00:00Z", now), Date.UTC(2026, 8, 22, 12));
  for (const text of ["", "later", "now-", "now-5y", "12"]) assert.equal(resolveTime(text, now), null, text);
});

test("nanoseconds become milliseconds without losing the part below", () => {
  assert.equal(millisecondsOf("1790000000000250000"), 1_790_000_000_000.25);
  assert.equal(millisecondsOf("1500000"), 1.5);
  assert.equal(millisecondsOf("999"), 0.000999);
  assert.ok(Number.isNaN(millisecondsOf(undefined)));
});

test("ticks are round and inside", () => {
  const from = Date.UTC(2026, 8, 22, 12, 3, 20);
  const ticks = timeTicks(from, from + 3_600_000, 8);
  assert.ok(ticks.length >= 4 && ticks.length <= 8);
  assert.ok(ticks.every((tick) => tick >= from && tick < from + 3_600_000 && tick % 600_000 === 0));
  assert.deepEqual(timeTicks(0, 10, 5), [0, 2, 4, 6, 8]);
});

test("words for people", () => {
  const cases: [string, string][] = [
    [duration(0), "0"], [duration(870), "870 ns"], [duration(1_240), "1.24 µs"], [duration(12_400_000), "12.4 ms"], [duration(999_999_999), "1 s"], [duration(2.1e9), "2.1 s"], [duration(200e9), "3 min 20 s"],
    [groupedCount(1_234_567), "1,234,567"], [compactCount(12_345), "12.3k"], [compactCount(999), "999"], [compactCount(0.00042), "0.00042"],
    [percentage(0), "0 %"], [percentage(0.0123), "1.2 %"], [percentage(0.00001), "<0.01 %"], [byteCount(3_100_000_000), "3.1 GB"],
    [ago(0, 500), "just now"], [ago(0, 90_000), "1 min ago"], [relativeText("now-1h", "now") ?? "", "Last 1 hour"],
    [valueText({ $int: "9223372036854775807" }), "9223372036854775807"], [valueText(["a", 1]), '["a",1]'], [valueText(null), ""],
  ];
  for (const [actual, expected] of cases) assert.equal(actual, expected);
  assert.equal(relativeText("now-1h", "now-5m"), null);
});
