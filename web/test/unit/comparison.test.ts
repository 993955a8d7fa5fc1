import assert from "node:assert/strict";
import test from "node:test";
import { alignedBase, comparisonOf } from "../../src/context/comparison";

test("a comparison has its base just before, a day or a week before", () => {
  const window = { from: 1_000_000, to: 1_060_000 };
  assert.deepEqual(comparisonOf("prev", window)?.window, { from: 940_000, to: 1_000_000 });
  assert.equal(comparisonOf("-7d", window)?.shift, 7 * 86_400_000);
  assert.equal(comparisonOf(undefined, window), null);
  assert.equal(comparisonOf("-3x", window), null);
});

test("a base is shown at the times of the window, on whatever multiples of the step it lies", () => {
  assert.deepEqual(alignedBase([100, 110, 120], 10, [40, 50, 60], [1, 2, 3], 60), [1, 2, 3]);
  assert.deepEqual(alignedBase([100, 110, 120], 10, [43, 53], [1, 2], 60), [1, 2, null]);
  assert.deepEqual(alignedBase([100, 110], 10, [], [], 60), [null, null]);
});
