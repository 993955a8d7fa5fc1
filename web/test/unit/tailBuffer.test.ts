import assert from "node:assert/strict";
import test from "node:test";
import { LogRecord } from "../../src/core/model";
import { TailBuffer } from "../../src/pages/logs/tailBuffer";

const lines = (from: number, to: number): LogRecord[] => Array.from({ length: to - from }, (_, index) => ({ id: String(from + index), time: "0" }));
const ids = (buffer: TailBuffer): string => buffer.rows.map((row) => row.id).join(" ");

test("a full buffer forgets its oldest lines and counts them", () => {
  const buffer = new TailBuffer(5);
  buffer.push(lines(0, 4));
  buffer.push(lines(4, 7));
  assert.equal(ids(buffer), "2 3 4 5 6");
  assert.equal(buffer.forgotten, 2);
  buffer.push(lines(7, 19));
  assert.equal(ids(buffer), "14 15 16 17 18");
  assert.equal(buffer.forgotten, 14);
});

test("missed lines stand between those before and those after the interruption, each once", () => {
  const buffer = new TailBuffer(20);
  buffer.push(lines(0, 3));
  buffer.interrupt();
  buffer.push(lines(6, 8));
  assert.equal(buffer.fill(lines(1, 7), (count) => `${count} missed`), 3);
  assert.equal(ids(buffer), "0 1 2 3 4 5 6 7");
  assert.deepEqual([...buffer.notes], [["3", "3 missed"]]);
});

test("a remark goes with its line, and a boundary moves with what is forgotten", () => {
  const buffer = new TailBuffer(4);
  buffer.push(lines(0, 3));
  buffer.interrupt();
  buffer.push(lines(5, 8));
  buffer.fill(lines(3, 5), () => "missed");
  assert.equal(ids(buffer), "4 5 6 7");
  buffer.push(lines(8, 12));
  assert.equal(buffer.notes.size, 0);
  assert.equal(buffer.fill([], () => ""), 0);
});

test("a day of lines leaves what a minute leaves", () => {
  const buffer = new TailBuffer();
  const [minute, minutes] = [1200, 1440];
  for (let index = 0; index < minutes; index += 1) {
    const first = index * minute;
    if (index % 60 === 0) {
      buffer.interrupt();
      buffer.push(lines(first + 600, first + minute));
      assert.equal(buffer.fill(lines(first, first + 600), (added) => `${added} missed`), 600);
    } else buffer.push(lines(first, first + minute));
  }
  assert.equal(buffer.rows.length, 20_000);
  assert.equal(buffer.forgotten, minute * minutes - 20_000);
  assert.equal(buffer.rows[19_999].id, String(minute * minutes - 1));
  assert.ok(buffer.notes.size <= 1, "remarks leave with their lines");
});
