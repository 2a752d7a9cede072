import assert from "node:assert/strict";
import test from "node:test";

import { Answer } from "../../static/js/lib/patch.js";

const blocks = (answer) => answer.all().map(({ blocks }) => blocks);

test("it appends to the open block and begins new ones", () => {
  const answer = new Answer();

  answer.apply([[0, "text", [[0, 0, "<p>One"]]]]);
  answer.apply([[0, "text", [[0, 6, "!</p>"], [1, 0, "<p>Two</p>"]]]]);

  assert.deepEqual(blocks(answer), [["<p>One!</p>", "<p>Two</p>"]]);
});

test("it keeps as many UTF-16 units as it is told, also within an emoji's neighbourhood", () => {
  const answer = new Answer();

  answer.apply([[0, "text", [[0, 0, "<p>🦊 fox</p>"]]]]);
  answer.apply([[0, "text", [[0, 6, "crow</p>"]]]]);

  assert.deepEqual(blocks(answer), [["<p>🦊 crow</p>"]]);
});

test("minus one takes a block away and all after it", () => {
  const answer = new Answer();
  answer.replace([[0, "text", ["a", "b", "c"]]]);

  const [change] = answer.apply([[0, "text", [[1, -1, ""], [0, 1, "!"]]]]);

  assert.deepEqual(blocks(answer), [["a!"]]);
  assert.deepEqual(change.changed, [0]);
});

test("a part that becomes another kind begins anew", () => {
  const answer = new Answer();
  answer.replace([[0, "reasoning", ["thought"]]]);

  answer.apply([[0, "text", [[0, 0, "said"]]]]);

  assert.deepEqual(answer.all(), [{ number: 0, kind: "text", blocks: ["said"], changed: [0] }]);
});

test("it says which blocks changed and leaves the others alone", () => {
  const answer = new Answer();
  answer.replace([[0, "text", ["a", "b"]], [1, "text", ["c"]]]);

  const changes = answer.apply([[0, "text", [[1, 1, "!"]]]]);

  assert.deepEqual(changes.map(({ number, changed }) => [number, changed]), [[0, [1]]]);
});

test("what does not fit is refused, so that the page asks anew", () => {
  const answer = new Answer();
  answer.replace([[0, "text", ["abc"]]]);

  assert.equal(answer.apply([[0, "text", [[0, 9, "!"]]]]), null);
  assert.equal(answer.apply([[0, "text", [[5, 0, "!"]]]]), null);
});

test("a long suffix that comes in pieces is put together", () => {
  const answer = new Answer();

  answer.apply([[0, "text", [[0, 0, "ab"], [0, 2, "cd"], [0, 4, "ef"]]]]);

  assert.deepEqual(blocks(answer), [["abcdef"]]);
});
