import assert from "node:assert/strict";
import test from "node:test";

import { clock, schedule, Track } from "../../static/js/lib/track.js";

const track = () => new Track({
  duration: 2000, first_token_ms: 300, thoughts: [[0, 300, 1000, 7000]],
  frames: [
    [300, 1, null, [[0, "reasoning", [[0, 0, "<p>Hm"]]]]],
    [1000, 3, 12.5, [[1, "text", [[0, 0, "<p>One</p>"]]]]],
    [2000, 5, 10, [[1, "text", [[0, 6, "!</p>"], [1, 0, "<p>Two</p>"]]]]],
  ],
});
const painted = ({ changes }) => changes.map(({ number, blocks, changed }) => [number, [...blocks], changed]);

test("it says what has changed since the moment before", () => {
  const found = track();

  assert.equal(found.seek(0), null);
  assert.deepEqual(painted(found.seek(400)), [[0, ["<p>Hm"], [0]]]);
  assert.equal(found.seek(999), null);
  assert.deepEqual(painted(found.seek(5000)), [[1, ["<p>One!</p>", "<p>Two</p>"], [0, 1]]]);
});

test("going back gives what was there then, and how many parts there were", () => {
  const found = track();
  found.seek(Infinity);

  const back = found.seek(1500);

  assert.deepEqual(painted(back), [[1, ["<p>One</p>"], [0]]]);
  assert.equal(found.seek(300).count, 1);
  assert.equal(found.seek(-1).count, 0);
});

test("any way of getting to a moment gives the same", () => {
  const moments = [0, 300, 700, 1000, 1999, 2000];
  const state = (found, at) => {
    const body = new Map();
    for (const moment of at) {
      const news = found.seek(moment);
      if (!news) continue;
      for (const { number, blocks } of news.changes) body.set(number, [...blocks]);
      for (const number of [...body.keys()].slice(news.count)) body.delete(number);
    }
    return [...body];
  };
  for (const from of moments) {
    for (const to of moments) {
      assert.deepEqual(state(track(), [from, to]), state(track(), [to]), `${from} to ${to}`);
    }
  }
});

test("figures are those of the moment", () => {
  const found = track();

  assert.deepEqual(found.figures(), {});
  found.seek(1000);

  assert.deepEqual(found.figures(), { first_token_ms: 300, tokens: 3, tokens_per_second: 12.5 });
});

test("thinking is told in the time that it took", () => {
  const found = track();

  assert.deepEqual(found.thought(0, 650), { isOver: false, seconds: 4 });
  assert.deepEqual(found.thought(0, 1000), { isOver: true, seconds: 7 });
});

test("scenes follow one another, and a long question stays a little longer", () => {
  const [question, answer, next] = schedule([{ characters: 10 }, { duration: 4000 }, { characters: 10_000 }]);

  assert.deepEqual(question, { start: 0, end: 720 });
  assert.equal(answer.end - answer.start, 4000);
  assert.ok(next.end - next.start > question.end - question.start);
  assert.ok(next.start >= answer.end);
});

test("a clock shows minutes and seconds", () => {
  assert.equal(clock(61_900), "1:01");
});
