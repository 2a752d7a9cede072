// An answer as it grows: the HTML source of each block of each part. Pure; lib/answer-view.js
// brings to the page what changed. Lengths count UTF-16 units, as JavaScript strings do.

export class Answer {
  #parts = new Map();

  // A snapshot: `[[number, kind, [html, …]], …]`. Returns what to paint, which is everything.
  replace(parts) {
    this.#parts = new Map(parts.map(([number, kind, blocks]) => [number, { kind, blocks: [...blocks] }]));
    return this.all();
  }

  // A delta: `[[number, kind, [[block, keep, html], …]], …]`. Returns what to paint, or null where
  // it does not fit what is here, so that the page has to ask for a snapshot.
  apply(parts) {
    const changes = [];
    for (const [number, kind, patches] of parts) {
      let part = this.#parts.get(number);
      if (part?.kind !== kind) {
        part = { kind, blocks: [] };
        this.#parts.set(number, part);
      }
      const changed = new Set();
      for (const [block, keep, html] of patches) {
        if (keep === -1) {
          part.blocks.length = Math.min(part.blocks.length, block);
          continue;
        }
        const before = part.blocks[block] ?? "";
        if (block > part.blocks.length || keep > before.length) return null;
        part.blocks[block] = before.slice(0, keep) + html;
        changed.add(block);
      }
      const kept = [...changed].filter((block) => block < part.blocks.length);
      changes.push({ number, kind, blocks: part.blocks, changed: kept });
    }
    return changes;
  }

  // Everything there is, as changes to an empty body.
  all() {
    return [...this.#parts].map(([number, { kind, blocks }]) => ({
      number, kind, blocks, changed: blocks.map((_, block) => block),
    }));
  }
}
