import assert from "node:assert/strict";
import test from "node:test";

import { costRange, countTokens, dollars, share } from "../../static/js/lib/estimate.js";

test("words, digits, signs and scripts count as the server counts them", () => {
  assert.equal(countTokens(""), 0);
  assert.equal(countTokens("Hello world"), 2);
  assert.equal(countTokens("internationalization"), 3);
  assert.equal(countTokens("1234567"), 3);
  assert.equal(countTokens("中文字"), 3);
  assert.equal(countTokens("🎉🎉"), 3);
});

test("a very long text is counted by its beginning", () => {
  assert.equal(countTokens("word ".repeat(40_000)), 40_000);
});

test("the rate of the tier holds for the whole request", () => {
  const facts = { rates: [{ above: 0, input: 1, output: 10 }, { above: 200_000, input: 2, output: 15 }] };

  assert.deepEqual(costRange(facts, 1000, 1000), { least: 0.001, most: 0.011 });
  assert.deepEqual(costRange(facts, 200_000, 0), { least: 0.2, most: 0.2 });
  assert.deepEqual(costRange(facts, 300_000, 0), { least: 0.6, most: 0.6 });
});

test("what is unknown is not nothing", () => {
  assert.equal(costRange({ rates: [] }, 10, 10), null);
  assert.equal(costRange({ rates: [{ above: 0, input: null, output: 1 }] }, 10, 10), null);
  assert.equal(costRange({ rates: [{ above: 0, input: 1, output: 1 }] }, 10, null).most, null);
});

test("small sums keep two digits", () => {
  assert.equal(dollars(0), "$0");
  assert.equal(dollars(1.234), "$1.23");
  assert.equal(dollars(0.00012345), "$0.00012");
  assert.equal(dollars(0.0026), "$0.0026");
});

test("a share of the window", () => {
  assert.equal(share(412, 1_048_576), "0.039 %");
  assert.equal(share(4096, 8192), "50 %");
});
