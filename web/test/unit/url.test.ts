import test from "node:test";
import assert from "node:assert/strict";
import { applyPatch, formatFilter, formatSelection, formatView, parseDuration, parseFilter, parseSelection, parseView, writeDuration } from "../../src/core/url";

test("a view survives the way into the URL and back, in the fixed order and with defaults left out", () => {
  const links = [
    "services",
    "logs?from=now-15m&f=service.name:eq:checkout&f=severity:gte:warn&q=%22timed%20out%22&tab=patterns",
    "traces?from=1790000000000&to=1790003600000&f=http.route:eq:/cart/%7Bid%7D&sel=t:1790000000000-1790000600000,v:250ms-2s&sort=duration",
    "traces/4bf92f3577b34da6a3ce929d0e0e4736?view=time&span=00f067aa0ba902b7",
    "metrics?name=http.server.request.duration&by=service.name,http.route&fn=p99",
    "services/caf%C3%A9%2Fbar",
    "logs?q=a%2Bb%20%26%20c%23d",
  ];
  for (const link of links) {
    const [path, search] = link.split("?");
    assert.equal(formatView(parseView(path, search ?? "")), link);
  }
  assert.equal(formatView(parseView("logs", "q=x&f=a:eq:b&to=now&from=now-1h")), "logs?f=a:eq:b&q=x");
  assert.equal(parseView("nonsense", "").page, "unknown");
  assert.equal(parseView("", "").page, "services");
  assert.equal(parseView("services/%E0%A4%A", "").id, "%E0%A4%A");
});

test("filters keep colons in keys and values and refuse what is none", () => {
  const texts = ["service.name:eq:checkout", "url.full:eq:http://a:80/b", "a:b:ne:c", "body:re:^x:y$", "http.route:ex", "user:nex", "k:in:a,b\\,c", "k:eq:"];
  for (const text of texts) {
    const filter = parseFilter(text);
    assert.ok(filter, text);
    assert.equal(formatFilter(filter), text);
  }
  assert.deepEqual(parseFilter("severity:gte:warn"), { key: "severity", op: "gte", value: "warn" });
  assert.deepEqual(parseFilter("a:b:ne:c"), { key: "a:b", op: "ne", value: "c" });
  for (const text of ["", "nothing", ":eq:x", "a:eq", "a:like:b"]) assert.equal(parseFilter(text), null, text);
});

test("a change of the page keeps time and filters and drops what belongs to one page", () => {
  const view = parseView("logs", "from=now-3h&f=a:eq:b&q=timeout&log=17&sel=t:1-2");
  const next = applyPatch(view, { page: "traces" });
  assert.equal(formatView(next), "traces?from=now-3h&f=a:eq:b");
  assert.equal(formatView(applyPatch(view, { extra: { log: null } })), "logs?from=now-3h&f=a:eq:b&q=timeout&sel=t:1-2");
  assert.equal(formatView(applyPatch(next, { id: "abc", extra: { span: "d" } })), "traces/abc?from=now-3h&f=a:eq:b&span=d");
});

test("selections and durations round-trip", () => {
  for (const text of ["t:1790000000000-1790000600000", "t:1-2,v:250ms-2s", "t:1-2,v:800ms-", "t:1-2,v:-1.5s"]) {
    const selection = parseSelection(text);
    assert.ok(selection, text);
    assert.equal(formatSelection(selection), text);
  }
  for (const text of [undefined, "", "span:abc", "t:1-", "t:a-b"]) assert.equal(parseSelection(text), null);
  assert.equal(parseDuration("1.5ms"), 1_500_000);
  assert.equal(parseDuration("3"), null);
  assert.equal(writeDuration(2_500_000_000), "2.5s");
  assert.equal(writeDuration(12), "12ns");
});
