// A live share, or a guest's conversation: the page's articles, kept up with what the server shows
// everybody who watches. Events: `thread:frame`, `thread:open`, `thread:over` {text}.
import { AnswerView } from "../lib/answer-view.js";
import { toFragment } from "../lib/html.js";
import { say } from "../lib/notices.js";
import { Socket } from "../lib/socket.js";

const NEAR = 80;
const LABELS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting", offline: "Over" };

class SharedThread extends HTMLElement {
  #socket;
  #views = new Map();
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const url = new URL("live/", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new Socket(url.href);
    this.#socket.addEventListener("frame", ({ detail }) => this.#receive(detail), { signal });
    this.#socket.addEventListener("open", () => this.#opened(), { signal });
    this.#socket.addEventListener("state", ({ detail }) => this.#tell(detail), { signal });
    this.#socket.connect();
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Actions

  send(frame) {
    return this.#socket.send(frame);
  }

  get isRunning() {
    return Boolean(this.querySelector("[data-state=queued], [data-state=running]"));
  }

  // Frames

  #opened() {
    this.#socket.caughtUp();
    this.#emit("thread:open");
  }

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
    this.#emit("thread:frame", frame);
    if (isFollowing) window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  }

  // The first `keep` messages are still the same; the others are drawn anew.
  #lead({ keep, html }) {
    const wasRunning = this.isRunning;
    for (const article of [...this.querySelectorAll(".message")].slice(keep)) article.remove();
    this.append(toFragment(html));
    this.#views.clear();
    if (wasRunning && !this.isRunning) say("The answer is complete.");
  }

  #tell({ name, text }) {
    const pill = document.querySelector("[data-live-state]");
    pill.textContent = LABELS[name] ?? name;
    pill.className = `pill pill--${{ live: "good", offline: "bad" }[name] ?? "warn"}`;
    if (text) pill.title = text;
    if (name !== "offline") return;
    say(text ?? "This is over.");
    this.#emit("thread:over", { text });
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

  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  get #isAtEnd() {
    const { scrollHeight } = document.documentElement;
    return scrollHeight - window.scrollY - window.innerHeight < NEAR;
  }
}

customElements.define("shared-thread", SharedThread);
