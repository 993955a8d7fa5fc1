import test from "node:test";
import assert from "node:assert/strict";
import { LineSplitter, readStream, StreamMessage } from "../../src/core/ndjson";
import { Scheduler } from "../../src/core/scheduler";

const text = '{"k":"meta","name":"größer"}\n{"k":"rows","rows":[1,2]}\n\n{"k":"end","status":"complete"}\n';

function body(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

test("lines come out the same however the bytes are cut", async () => {
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size += 1) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const messages: StreamMessage[] = [];
    assert.equal(await readStream(body(chunks), (message) => messages.push(message)), "ended");
    assert.deepEqual(messages.map((message) => message.k), ["meta", "rows", "end"]);
    assert.equal(messages[0].name, "größer");
  }
  assert.deepEqual(new LineSplitter().finish(), []);
});

test("a stream without its end was cut, whatever of it came is kept", async () => {
  for (const cut of ['{"k":"meta"}\n{"k":"rows","rows":[]}\n', '{"k":"meta"}\n{"k":"rows","ro']) {
    const messages: StreamMessage[] = [];
    assert.equal(await readStream(body([new TextEncoder().encode(cut)]), (message) => messages.push(message)), "cut");
    assert.equal(messages[0].k, "meta");
  }
});

test("the scheduler runs no more than its limit, in order, and never starts what was aborted", async () => {
  const scheduler = new Scheduler(2);
  let [running, most] = [0, 0];
  const order: number[] = [];
  const work = (number: number) => async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    order.push(number);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
  };
  const controller = new AbortController();
  const open = new AbortController().signal;
  const runs = [1, 2, 3].map((number) => scheduler.run(open, work(number)));
  const aborted = scheduler.run(controller.signal, work(4));
  const last = scheduler.run(open, work(5));
  controller.abort();
  await assert.rejects(aborted);
  await Promise.all([...runs, last]);
  assert.equal(most, 2);
  assert.deepEqual(order, [1, 2, 3, 5]);
});
