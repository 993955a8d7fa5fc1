import assert from "node:assert/strict";
import test from "node:test";
import { seriesNames } from "../../src/pages/metrics/seriesNames";

test("series are named by as few fields as tell them apart", () => {
  const host = { "host.name": "a", "service.version": "1" };
  assert.deepEqual(seriesNames([{ "service.name": "cart", ...host }, { "service.name": "email", ...host }]), ["cart", "email"]);
  assert.deepEqual(seriesNames([{ "service.name": "cart", db: "x", ...host }, { "service.name": "cart", db: "y", ...host }, { "service.name": "email", db: "x", ...host }]), ["service.name=cart, db=x", "service.name=cart, db=y", "service.name=email, db=x"]);
  assert.deepEqual(seriesNames([{ "cpu.mode": "user" }, { "cpu.mode": "" }]), ["user", "cpu.mode empty"]);
  assert.deepEqual(seriesNames([{}]), ["all"]);
  assert.deepEqual(seriesNames([{ a: "1", b: "2" }]), ["a=1, b=2"]);
  const many = Array.from({ length: 40 }, (_, index) => ({ a: index % 5, b: Math.floor(index / 5), c: "same" }));
  assert.equal(new Set(seriesNames(many)).size, 40);
});
