import assert from "node:assert/strict";
import test from "node:test";
import { caretIn, conditionAt } from "../../src/query/caret";
import { placeIn } from "../../src/query/serverPlace";
import { stepText, stepsOf, timesOf } from "../../src/query/steps";
import { checkBrackets, openBrackets, piecesOf, Syntax, tokensOf } from "../../src/query/syntax";
import { parseView } from "../../src/core/url";

const syntax: Syntax = { word: /[A-Za-z_:][\w:]*/y, keywords: new Set(["by", "or"]) };
const kinds = (text: string): string => tokensOf(text, syntax).map((token) => `${token.kind} ${token.text}`).join(" | ");

test("queries are cut into tokens", () => {
  const cases: [string, string][] = [
    ["sum by (job) (rate(a_total{x=~\"b.*\"}[5m]))", "word sum | word by | open ( | word job | close ) | open ( | word rate | open ( | word a_total | open { | word x | operator =~ | string \"b.*\" | close } | open [ | number 5m | close ] | close ) | close )"],
    ["a > 1.5e3 or b # rest\n+ c", "word a | operator > | number 1.5e3 | word or | word b | comment # rest | operator + | word c"],
    ["{a=\"b\\\"c\"} |= `x\\`", "open { | word a | operator = | string \"b\\\"c\" | close } | operator |= | string `x\\`"],
    ["1h30m 0x1F", "number 1h30m | number 0x1F"],
  ];
  for (const [text, wanted] of cases) assert.equal(kinds(text), wanted, text);
  assert.equal(tokensOf("{a=\"b", syntax).pop()?.isOpen, true);
});

test("any text is cut to its end, and its pieces make it again", () => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  const alphabet = "ab1.(){}[]\"'`\\#=!~|<> \nöx:,";
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: random(30) }, () => alphabet[random(alphabet.length)]).join("");
    let end = 0;
    for (const token of tokensOf(text, syntax)) {
      assert.ok(token.from >= end && token.to > token.from && text.slice(token.from, token.to) === token.text, JSON.stringify(text));
      end = token.to;
    }
    assert.equal(piecesOf(text, syntax).map((piece) => piece.text).join(""), text);
    for (let position = 0; position <= text.length; position += 5) {
      const caret = caretIn(text, position, syntax);
      assert.ok(caret.end >= position && caret.end <= text.length);
    }
  }
});

test("brackets and quotes are checked", () => {
  assert.equal(checkBrackets("rate(a[5m])", syntax), null);
  assert.deepEqual(checkBrackets("rate(a[5m]", syntax), { message: "“(” is not closed", from: 4, to: 5 });
  assert.deepEqual(checkBrackets("a)", syntax), { message: "“)” closes nothing", from: 1, to: 2 });
  assert.deepEqual(checkBrackets("(a]", syntax), { message: "“]” closes nothing", from: 2, to: 3 });
  assert.deepEqual(checkBrackets("a{b=\"c", syntax), { message: "the quote is not closed", from: 4, to: 6 });
  assert.equal(openBrackets(tokensOf("a(b{c", syntax)).length, 2);
});

test("the caret knows its bracket, its condition and what a completion replaces", () => {
  const text = "rate(a{job=\"or\", x}[5m])";
  const inValue = caretIn(text, text.indexOf("or") + 1, syntax);
  assert.equal(inValue.typed?.text, "\"o");
  assert.equal(inValue.end, text.indexOf("or") + 3, "the rest of the value and its quote");
  assert.equal(conditionAt(inValue, /^=$/)?.label.text, "job");
  assert.equal(inValue.beforeBracket?.text, "a");
  const inName = caretIn(text, text.indexOf("x}") + 1, syntax);
  assert.equal(inName.bracket?.text, "{");
  assert.equal(conditionAt(inName, /^=$/), null);
  const open = caretIn("a{job=\"o}", 8, syntax);
  assert.equal(open.end, 8, "a bracket behind the caret ends a value that has no quote yet");
  assert.equal(caretIn("rate(a[5", 8, syntax).bracket?.text, "[");
});

test("what the servers say about a query gets its place", () => {
  assert.deepEqual(placeIn("invalid parameter \"query\": 1:5: parse error: unexpected \")\"", "sum()"), { message: "unexpected \")\"", position: 4, length: 1 });
  assert.deepEqual(placeIn("1:3: parse error: bad", "öabc d"), { message: "bad", position: 2, length: 3 });
  assert.deepEqual(placeIn("parse error at line 2, col 1: syntax error", "{a=\"b\"}\n|| x"), { message: "syntax error", position: 8, length: 1 });
  assert.deepEqual(placeIn("invalid TraceQL query: binary operations must match (line 1, col 3)", "{ duration = \"x\" }"), { message: "binary operations must match", position: 2, length: 8 });
  assert.deepEqual(placeIn("parse error at line 1, col 9: unexpected end", "{a=\"b\"}"), { message: "unexpected end", position: 7, length: 0 });
  assert.deepEqual(placeIn("found duplicate series", "a + b"), { message: "found duplicate series" });
});

test("steps are whole and lie on their multiples", () => {
  const view = parseView("metrics", "?q=up");
  const steps = stepsOf(view, { from: 1_700_000_001_234, to: 1_700_003_601_234 });
  assert.deepEqual(steps, { start: 1_699_999_995, end: 1_700_003_595, step: 15 });
  assert.equal(timesOf(steps).length, 241);
  assert.equal(stepsOf({ ...view, extra: { step: "5m" } }, { from: 0, to: 3.6e6 }).step, 300);
  assert.equal(stepsOf({ ...view, extra: { step: "1s" } }, { from: 0, to: 8.64e8 }).step, 3600, "more points than servers give are not asked for");
  assert.deepEqual([15, 60, 7200, 90].map(stepText), ["15s", "1m", "2h", "90s"]);
});
