import assert from "node:assert/strict";
import test from "node:test";
import { curlCommand, queryCommand, shellWord, traceCommand } from "../../src/core/commands";

test("commands keep every text in one word of the shell", () => {
  assert.equal(shellWord("now-1h"), "now-1h");
  assert.equal(shellWord("it's $HOME `x`"), "'it'\\''s $HOME `x`'");
  assert.equal(curlCommand("http://h/api/v1/logs?q=a&f=b", false), "curl -sS --compressed 'http://h/api/v1/logs?q=a&f=b'");
  assert.ok(curlCommand("http://h/", true).endsWith('-H "Authorization: Bearer $SIGHTLINE_TOKEN"'));
});

test("a search becomes a command of the terminal", () => {
  assert.equal(queryCommand("http://127.0.0.1:4319", "logs", [["from", "1"], ["to", "2"], ["f", "a:eq:b c"], ["q", "-x \"y\""]]), "sightline query --from 1 --to 2 --filter 'a:eq:b c' -- '-x \"y\"'");
  assert.equal(queryCommand("http://h:1", "traces", [["sort", "duration"]]), "sightline query --server http://h:1 --signal traces");
  assert.equal(traceCommand("http://127.0.0.1:4319", "ab"), "sightline trace ab");
});
