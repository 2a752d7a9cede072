// The rest of a long path: it comes as the reader comes near the link to it.
import { toFragment } from "./html.js";
import { toast } from "./notices.js";
import { getPiece } from "./request.js";

const AHEAD = "1200px 0px";

export class Pager {
  #thread;
  #observer;

  constructor(thread, signal) {
    this.#thread = thread;
    const near = (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => this.#load(target));
    this.#observer = new IntersectionObserver(near, { root: thread, rootMargin: AHEAD });
    thread.addEventListener("click", (event) => {
      const link = event.target.closest("[data-more]");
      if (!link) return;
      event.preventDefault();
      this.#load(link);
    }, { signal });
    signal.addEventListener("abort", () => this.#observer.disconnect());
  }

  watch() {
    this.#observer.disconnect();
    for (const link of this.#thread.querySelectorAll("[data-more]")) this.#observer.observe(link);
  }

  async #load(link) {
    if (link.ariaBusy) return;
    link.ariaBusy = "true";
    try {
      const page = toFragment(await getPiece(link.href));
      if (link.isConnected) this.#thread.extend(link, page.querySelector(".thread__column"));
    } catch (error) {
      // Left to a click: a link that is near would ask again and again.
      link.ariaBusy = null;
      this.#observer.unobserve(link);
      toast(error.message);
    }
  }
}
