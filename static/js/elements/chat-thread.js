// The messages of the path that is shown, or of a piece of it, kept up with the frames of its turns.
import { toFragment } from "../lib/html.js";
import { AnswerView } from "../lib/answer-view.js";
import { Follower } from "../lib/follower.js";
import { act } from "../lib/message-actions.js";
import { say, toast } from "../lib/notices.js";

class ChatThread extends HTMLElement {
  #views = new Map();
  #follower;
  #pager;
  #clock = 0;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const jump = document.querySelector("[data-action=jump]");
    this.#follower = new Follower(this, { jump, signal });
    jump.addEventListener("click", () => this.#later && this.#emit("thread:lost", { isEnd: true }), { signal });
    this.addEventListener("click", (event) => act(event, this), { signal });
    this.addEventListener("submit", (event) => act(event, this), { signal });
    this.#adopt();
    const aimed = document.getElementById(location.hash.slice(1)) ?? this.#named();
    if (aimed) aimed.scrollIntoView();
    else if (this.querySelector(".message")) this.#follower.toBottom();
  }

  disconnectedCallback() {
    this.#abort.abort();
    clearInterval(this.#clock);
  }

  // Actions

  // What is being sent stands there at once; the server's own article takes its place.
  expect(text, files) {
    this.unexpect();
    this.#column.querySelector("[data-empty]")?.setAttribute("hidden", "");
    const part = document.getElementById("part-text").content.firstElementChild.cloneNode(true);
    const message = Object.assign(document.createElement("article"), { className: "message message--user is-expected" });
    message.append(Object.assign(document.createElement("div"), { className: "message__body" }));
    part.append(Object.assign(document.createElement("div"), { className: "block is-plain", textContent: [...files.map(({ name }) => name), text].join("\n").trim() }));
    message.firstChild.append(part);
    this.#column.append(message);
    this.#follower.toBottom();
  }

  unexpect() {
    this.#column.querySelector(".is-expected")?.remove();
    this.#column.querySelector("[data-empty]")?.removeAttribute("hidden");
  }

  // Only what differs is replaced: the rest keeps the reader's place and what is being edited. What
  // was typed into a message that is gone is handed on.
  async replace(content, { isEnd = false } = {}) {
    const { merge } = await import("../lib/catch-up.js");
    const words = merge(this, this.#column, content.querySelector(".thread__column"));
    if (words) this.#rescue(words);
    this.#adopt();
    if (isEnd) this.#follower.toBottom();
  }

  // More of the path, where the link to it stood.
  extend(link, column) {
    const isEarlier = link.dataset.more === "before";
    const [first] = column.querySelectorAll(".message");
    if (!isEarlier && first?.dataset.parent !== this.#articles.at(-1)?.dataset.message) return this.#emit("thread:lost");
    column.querySelector(`[data-more=${isEarlier ? "after" : "before"}]`)?.remove();
    const [anchor] = this.#articles;
    const top = anchor.getBoundingClientRect().top;
    link.replaceWith(...column.childNodes);
    if (isEarlier) this.scrollTop += anchor.getBoundingClientRect().top - top;
    this.#adopt();
  }

  // That message, on whatever branch it is.
  async reveal(message, content) {
    await this.replace(content);
    const article = this.querySelector(`[data-message="${message}"]`);
    article?.scrollIntoView();
    article?.classList.add("is-found");
  }

  // A new socket tells everything again.
  forget() { this.#views.clear(); }

  unfinished() {
    return [...this.querySelectorAll("[data-state=running], [data-state=queued]")].map((article) => Number(article.dataset.turn));
  }

  // What a new message follows: the leaf, also where the page does not reach as far.
  get last() {
    return Number(this.#column.dataset.leaf || this.#articles.at(-1)?.dataset.message) || null;
  }

  // Whether the page shows what the server calls by this mark.
  isAt(mark) { return !mark || mark === this.#column.dataset.mark; }

  // The message at which the reader is, if that is not near the end of the path.
  get place() {
    if (!this.#later) return null;
    const { top } = this.getBoundingClientRect();
    return this.#articles.find((article) => article.getBoundingClientRect().bottom > top)?.dataset.message;
  }

  // Frames

  started({ turn, after, leaf, html, mark }, { isOwn }) {
    const before = after && this.querySelector(`[data-message="${after}"]`);
    if (after && !before) {
      if (isOwn) this.unexpect();
      return this.#emit("thread:lost", { isEnd: isOwn });
    }
    const old = document.getElementById(`message-${leaf}`);
    if (old && this.#views.get(turn)?.ended) return;
    while (before ? before.nextSibling : this.#column.firstChild) {
      (before ? before.nextSibling : this.#column.firstChild).remove();
    }
    this.#column.append(toFragment(html));
    Object.assign(this.#column.dataset, { leaf, mark });
    this.#adopt();
    const answer = document.getElementById(`message-${leaf}`);
    if (!answer || !isOwn) return;
    this.#follower.toTop(answer.previousElementSibling ?? answer, answer);
    say("Sent. The answer is on its way.");
  }

  receive(frame) {
    const view = this.#view(frame.turn);
    switch (frame.type) {
      case "turn.snapshot":
        return view.paint(view.answer.replace(frame.parts), frame.figures);
      case "turn.delta": {
        const changes = view.answer.apply(frame.parts);
        return changes ? view.paint(changes, frame.figures, { isNew: true }) : this.#emit("thread:lost");
      }
      default:
        view.end(frame);
        view.narrateEnd();
        this.#tellState(frame.state);
    }
  }

  // Private

  get #column() { return this.firstElementChild; }
  get #articles() { return [...this.#column.querySelectorAll(":scope > .message:not(.is-expected)")]; }
  get #later() { return this.#column.querySelector("[data-more=after]"); }

  #view(turn) {
    if (!this.#views.has(turn)) {
      this.#views.set(turn, new AnswerView());
      this.#views.get(turn).attach(this.#article(turn));
    }
    return this.#views.get(turn);
  }

  #article(turn) { return this.querySelector(`[data-turn="${turn}"]`); }

  // Articles were drawn anew: those of turns that we follow take over what we know of them.
  #adopt() {
    for (const [turn, view] of this.#views) view.attach(this.#article(turn));
    for (const turn of this.unfinished()) this.#view(turn);
    this.#tellState();
    if (this.#column.querySelector("[data-more]")) this.#page();
  }

  async #page() {
    const { Pager } = await import("../lib/paging.js");
    this.#pager ??= new Pager(this, this.#abort.signal);
    this.#pager.watch();
  }

  #tellState(state = null) {
    const [turn] = this.unfinished();
    clearInterval(this.#clock);
    if (turn) this.#clock = setInterval(() => this.#tick(), 1000);
    if (turn) this.#emit("thread:running", { turn });
    else this.#emit("thread:idle", { state });
  }

  #rescue(text) {
    this.#emit("starter:use", { text });
    toast("The message you were editing is gone. Your words are in the field below.");
  }

  #tick() { for (const turn of this.unfinished()) this.#views.get(turn)?.tick(); }

  #named() {
    const id = new URLSearchParams(location.search).get("message");
    return id && this.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }

  #emit(type, detail = {}) { this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail })); }
}

customElements.define("chat-thread", ChatThread);
