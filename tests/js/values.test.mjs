import assert from "node:assert/strict";
import test from "node:test";

import { parse } from "../../static/js/lib/values.js";

const temperature = { label: "Temperature", kind: "number", range: "0 to 2", minimum: "0", maximum: "2" };
const limit = { label: "Max output tokens", kind: "integer", range: "1 or more", minimum: "1" };

test("numbers are read as people write them", () => {
  assert.deepEqual(parse(" 0.7 ", temperature), { value: 0.7 });
  assert.deepEqual(parse(".5", temperature), { value: 0.5 });
  assert.deepEqual(parse("65,536", limit), { value: 65536 });
});

test("what is out of range is refused with the range, not clamped", () => {
  assert.deepEqual(parse("2.1", temperature), { error: "0 to 2 for this model." });
  assert.deepEqual(parse("0", limit), { error: "1 or more for this model." });
});

test("what is no number says so", () => {
  for (const text of ["", "warm", "1,5", "1e999", "NaN"]) {
    assert.deepEqual(parse(text, temperature), { error: "Temperature is a number." }, text);
  }
  assert.deepEqual(parse("1.5", limit), { error: "Max output tokens is a whole number." });
});

test("a list is one item a line, spaces kept, empty lines dropped", () => {
  const stops = { label: "Stop sequences", kind: "list", most: "2" };

  assert.deepEqual(parse(" END\n\n###\n", stops), { value: [" END", "###"] });
  assert.ok(parse("", stops).error);
  assert.ok(parse("a\nb\nc", stops).error);
});

test("JSON is an object", () => {
  const extra = { label: "Extra JSON", kind: "json" };

  assert.deepEqual(parse('{"a": [1]}', extra), { value: { a: [1] } });
  for (const text of ["[1]", "1", "null", "{", ""]) {
    assert.deepEqual(parse(text, extra), { error: "Extra JSON is a JSON object: {…}." }, text);
  }
});
