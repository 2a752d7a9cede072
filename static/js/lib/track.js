// A recorded answer: what it looked like at any moment. Pure; frames are those of
// chat/replays/tracks.py, with patches as lib/patch.js applies them.
import { Answer } from "./patch.js";

export class Track {
  #frames;
  #thoughts;
  #first;
  #answer = new Answer();
  #next = 0;
  #shown = new Map(); // number of a part -> {kind, blocks} as it was asked for last

  constructor({ frames, thoughts, duration, first_token_ms: first }) {
    this.#frames = frames;
    this.#thoughts = new Map(thoughts.map(([number, ...times]) => [number, times]));
    this.#first = first;
    this.duration = duration;
  }

  get last() {
    return this.#frames.at(-1)?.[0] ?? 0;
  }

  // What has to be painted to go from the moment asked for last to this one, in milliseconds; null
  // where it looks the same. `count` says how many parts there are: what is beyond them goes.
  seek(at) {
    const next = this.#after(at);
    if (next === this.#next) return null;
    if (next < this.#next) {
      this.#answer = new Answer();
      this.#next = 0;
    }
    for (; this.#next < next; this.#next += 1) this.#answer.apply(this.#frames[this.#next][3]);
    return this.#difference();
  }

  // Everything is to be painted again, on an empty body.
  forget() {
    this.#shown.clear();
    this.#next = 0;
    this.#answer = new Answer();
  }

  figures() {
    if (!this.#next) return {};
    const [, tokens, speed] = this.#frames[this.#next - 1];
    return { first_token_ms: this.#first, tokens, tokens_per_second: speed };
  }

  // How long a part has been thought, or was: `{seconds, isOver}` in its own time.
  thought(number, at) {
    const [from, to, real] = this.#thoughts.get(number) ?? [0, 0, 0];
    const isOver = at >= to;
    const share = to > from ? Math.max(0, (at - from) / (to - from)) : 1;
    return { isOver, seconds: Math.round((isOver ? real : real * share) / 1000) };
  }

  // The number of frames up to and with this moment, by halves.
  #after(at) {
    let [low, high] = [0, this.#frames.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#frames[middle][0] <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #difference() {
    const changes = [];
    const parts = this.#answer.all();
    for (const { number, kind, blocks } of parts) {
      const before = this.#shown.get(number);
      const isSameKind = before?.kind === kind;
      const changed = blocks.flatMap((html, block) => (isSameKind && before.blocks[block] === html ? [] : [block]));
      const isShorter = isSameKind && before.blocks.length > blocks.length;
      if (changed.length || isShorter || !isSameKind) changes.push({ number, kind, blocks, changed });
    }
    this.#shown = new Map(parts.map(({ number, kind, blocks }) => [number, { kind, blocks: [...blocks] }]));
    return { changes, count: parts.length };
  }
}

// Where each scene of a conversation stands on one clock. `scenes` are `{characters}` of what a
// person said, or `{duration}` of an answer; milliseconds. What a person took to think is left out.
export function schedule(scenes) {
  let at = 0;
  return scenes.map(({ characters, duration }) => {
    const start = at;
    const length = duration ?? Math.min(2500, 600 + characters * 12);
    at += length + (duration === undefined ? 0 : PAUSE_MS);
    return { start, end: start + length };
  });
}

const PAUSE_MS = 1000;

export function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
