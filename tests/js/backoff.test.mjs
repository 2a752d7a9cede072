import assert from "node:assert/strict";
import test from "node:test";

import { backoff } from "../../static/js/lib/socket.js";

test("waits double, with a cap", () => {
  const longest = [0, 1, 2, 3, 10, 1000].map((failures) => backoff(failures, 1));

  assert.deepEqual(longest, [0.5, 1, 2, 4, 20, 20]);
});

test("jitter spreads pages over the second half of the wait", () => {
  assert.equal(backoff(3, 0), 2);
  assert.equal(backoff(3, 1), 4);
  const waits = new Set(Array.from({ length: 50 }, () => backoff(3)));
  assert.ok(waits.size > 40);
});
