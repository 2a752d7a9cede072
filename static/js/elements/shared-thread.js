// A live share: the page's articles, kept up with what the server shows everybody who watches.
import { AnswerView } from "../lib/answer-view.js";
import { toFragment } from "../lib/html.js";
import { say } from "../lib/notices.js";
import { Socket } from "../lib/socket.js";

const NEAR = 80;
const LABELS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting", offline: "Over" };

class SharedThread extends HTMLElement {
  #views = new Map();
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const url = new URL("live/", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new Socket(url.href);
    socket.addEventListener("frame", ({ detail }) => this.#receive(detail), { signal });
    socket.addEventListener("open", () => socket.caughtUp(), { signal });
    socket.addEventListener("state", ({ detail }) => this.#tell(detail), { signal });
    socket.connect();
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Frames

  #receive(frame) {
    const isFollowing = this.#isAtEnd;
    switch (frame.type) {
      case "share.path":
        this.#lead(frame);
        break;
      case "turn.snapshot": {
        const view = this.#view(frame.turn);
        view.paint(view.answer.replace(frame.parts), frame.figures);
        break;
      }
      case "turn.delta": {
        const view = this.#view(frame.turn);
        const changes = view.answer.apply(frame.parts);
        if (changes) view.paint(changes, frame.figures, { isNew: true });
        break;
      }
    }
    if (isFollowing) window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  }

  // The first `keep` messages are still the same; the others are drawn anew.
  #lead({ keep, html }) {
    for (const article of [...this.querySelectorAll(".message")].slice(keep)) article.remove();
    this.append(toFragment(html));
    this.#views.clear();
    const last = this.querySelector(".message:last-of-type");
    if (last?.dataset.state === "completed") say("The answer is complete.");
  }

  // Private

  #view(turn) {
    if (!this.#views.has(turn)) {
      const view = new AnswerView();
      view.attach(this.querySelector(`[data-turn="${turn}"]`));
      this.#views.set(turn, view);
    }
    return this.#views.get(turn);
  }

  #tell({ name, text }) {
    const pill = document.querySelector("[data-live-state]");
    pill.textContent = LABELS[name] ?? name;
    pill.className = `pill pill--${{ live: "good", offline: "bad" }[name] ?? "warn"}`;
    if (text) pill.title = text;
    if (name === "offline") say(text ?? "This is over.");
  }

  get #isAtEnd() {
    const { scrollHeight } = document.documentElement;
    return scrollHeight - window.scrollY - window.innerHeight < NEAR;
  }
}

customElements.define("shared-thread", SharedThread);
