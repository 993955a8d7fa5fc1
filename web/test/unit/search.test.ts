import assert from "node:assert/strict";
import test from "node:test";
import { positionOfByte, problemOf } from "../../src/query/language";
import { checkSearch } from "../../src/query/searchCheck";
import { searchTokens } from "../../src/query/searchTokens";

const pieces = (text: string): string => searchTokens(text).map((token) => `${token.kind}${token.field === undefined ? "" : `@${token.field}`} ${token.text}`).join(" | ");

test("search text is cut as the server reads it", () => {
  const cases: [string, string][] = [
    ["timeout \"connection refused\"", "word timeout | phrase \"connection refused\""],
    ["service:checkout -http.route:/health", "field service | value@service checkout | minus - | field http.route | value@http.route /health"],
    ["duration:>=200ms status_code:500..599", "field duration | operator@duration >= | value@duration 200ms | field status_code | value@status_code 500..599"],
    ["body:/took [0-9]+ms/ x", "field body | pattern@body /took [0-9]+ms/ | word x"],
    ["route:/cart/items", "field route | value@route /cart/items"],
    ["\"odd name\":a", "field odd name | value@odd name a"],
    ["kind:(server or client) NOT b", "field kind | open ( | value@kind server | keyword or | value@kind client | close ) | keyword not | word b"],
    ["at:12:30", "field at | value@at 12:30"],
    ["service:\"che", "field service | phrase@service \"che"],
  ];
  for (const [text, wanted] of cases) assert.equal(pieces(text), wanted, text);
});

test("cutting ends on every text and its pieces lie in order", () => {
  let state = 20261122;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  const alphabet = "ab:()\"-/\\ .<>=*orandö\n";
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: random(24) }, () => alphabet[random(alphabet.length)]).join("");
    let end = 0;
    for (const token of searchTokens(text)) {
      assert.ok(token.from >= end && token.to > token.from && token.to <= text.length, JSON.stringify(text));
      end = token.to;
    }
    const problem = checkSearch(text);
    assert.ok(problem === null || (problem.from <= problem.to && problem.to <= text.length), JSON.stringify(text));
  }
});

test("what is wrong is said at its place", () => {
  const cases: [string, number, number][] = [
    ["größe service:", 6, 14], ["a duration:> b", 11, 12], ["(a or b", 0, 1], ["a )", 2, 3], ["a \"b", 2, 4], ["a or", 2, 4], ["x:500..200", 2, 10], ["a ()", 2, 4], ["a and or b", 2, 5],
  ];
  for (const [text, from, to] of cases) {
    const problem = checkSearch(text);
    assert.deepEqual([problem?.from, problem?.to], [from, to], text);
  }
  for (const text of ["", "a", "-a b", "a not b", "x:* y:(a or b)", "\"a b\":c", "x:=\"y\"", "x:>5", "a or not b", "body:/a b/"]) assert.equal(checkSearch(text), null, text);
});

test("positions in bytes become positions in text", () => {
  assert.equal(positionOfByte("größe x", 7), 5);
  assert.equal(positionOfByte("😀x", 4), 2);
  assert.equal(positionOfByte("ab", 9), 2);
  assert.deepEqual(problemOf("größe service:", { message: "m", position: 15, length: 1 }), { message: "m", hint: undefined, from: 13, to: 14 });
});
