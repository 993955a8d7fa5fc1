import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { assignSlots, contrast, sequential, slots, tokens } from "../../src/core/colours";

const surfaces = ["bg", "s1", "s2", "s3"];

test("text, controls and palette keep their contrast in both themes", () => {
  for (const theme of ["dark", "light"] as const) {
    const colours = tokens[theme];
    for (const surface of surfaces) {
      for (const text of ["t1", "t2", "t3", "accent", "error", "warning", "ok"]) {
        assert.ok(contrast(colours[text], colours[surface]) >= 4.5, `${theme}: ${text} on ${surface} is ${contrast(colours[text], colours[surface]).toFixed(2)}`);
      }
      assert.ok(contrast(colours.control, colours[surface]) >= 3, `${theme}: control on ${surface}`);
    }
    for (const text of ["t1", "t2", "error", "warning"]) assert.ok(contrast(colours[text], colours.selected) >= 4.5, `${theme}: ${text} on a selected row`);
    assert.ok(contrast(colours["on-accent"], colours.accent) >= 4.5, `${theme}: text on the accent`);
    slots[theme].forEach((colour, slot) => assert.ok(contrast(colour, colours.s1) >= 3, `${theme}: slot ${slot + 1}`));
    const lightness = sequential[theme].map((colour) => contrast(colour, "#000000"));
    const steps = lightness.slice(1).map((value, index) => value - lightness[index]);
    assert.ok(steps.every((step) => step > 0) || steps.every((step) => step < 0), `${theme}: the heatmap's lightness is monotone`);
  }
});

test("the style sheet states the same colours", () => {
  const sheet = readFileSync(`${WEB_ROOT}/src/styles/tokens.css`, "utf8");
  const [dark, light] = sheet.split(':root[data-theme="light"]');
  for (const [part, theme] of [[dark, "dark"], [light, "light"]] as const) {
    for (const [name, colour] of Object.entries(tokens[theme])) assert.ok(part.includes(`--${name}: ${colour}`), `${theme} --${name}`);
  }
});

test("names get distinct slots that do not depend on their order", () => {
  const names = Array.from({ length: 30 }, (_, index) => `service-${index}`);
  const assigned = assignSlots(names);
  assert.deepEqual([...assigned].sort(), [...assignSlots(names.slice().reverse())].sort());
  const used = [...assigned.values()].filter((slot) => slot >= 0);
  assert.equal(used.length, 24);
  assert.equal(new Set(used).size, 24);
});
