// Our own files, or those of a share, that a page will show later, fetched while there is a network.

export class Pictures {
  #kept = new Map(); // address -> blob address, or the promise of one

  // Every file that this text of HTML names. Resolves when they are here, or cannot be had.
  async fetch(html) {
    const addresses = new Set(Array.from(html.matchAll(ADDRESS), ([, address]) => address));
    await Promise.all([...addresses].map((address) => this.#fetch(address)));
  }

  // What was painted just now shows the fetched ones.
  place(element) {
    for (const media of element.querySelectorAll("img[src*='/files/'], audio[src*='/files/']")) {
      const kept = this.#kept.get(media.getAttribute("src"));
      if (typeof kept === "string") media.src = kept;
    }
  }

  release() {
    for (const kept of this.#kept.values()) URL.revokeObjectURL(kept);
    this.#kept.clear();
  }

  async #fetch(address) {
    if (this.#kept.has(address)) return this.#kept.get(address);
    const fetched = this.#load(address);
    this.#kept.set(address, fetched);
    this.#kept.set(address, await fetched);
    return fetched;
  }

  // One that cannot be had stays the address that it was.
  async #load(address) {
    try {
      const response = await fetch(address, { credentials: "same-origin" });
      return response.ok ? URL.createObjectURL(await response.blob()) : null;
    } catch {
      return null;
    }
  }
}

const ADDRESS = /src=\\?"(\/(?:s\/[\w-]+\/)?files\/[0-9a-f-]+\/(?:thumbnail\/)?)\\?"/g;
