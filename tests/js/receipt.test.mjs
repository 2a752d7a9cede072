import assert from "node:assert/strict";
import test from "node:test";

import { changes } from "../../static/js/lib/receipt.js";

const asked = { model: "double/parrot", system: "", parameters: { temperature: 0.3, extra: { a: 1, b: 2 } } };

test("the same settings are no change, whatever their order", () => {
  const present = { model: "double/parrot", system: "", parameters: { extra: { b: 2, a: 1 }, temperature: 0.3 } };

  assert.deepEqual(changes(asked, present), []);
});

test("every setting that differs is named", () => {
  const present = { model: "double/starling", system: "Be brief.", parameters: { top_p: 0.5, extra: { a: 1, b: 2 } } };

  assert.deepEqual(changes(asked, present, { top_p: "Top P", temperature: "Temperature" }), [
    ["Model", "double/parrot", "double/starling"],
    ["System message", "", "Be brief."],
    ["Temperature", 0.3, undefined],
    ["Top P", undefined, 0.5],
  ]);
});
