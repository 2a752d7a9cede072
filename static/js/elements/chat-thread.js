// The messages of the path that is shown, kept up with the frames of its turns.
import { toFragment } from "../lib/html.js";
import { AnswerView } from "../lib/answer-view.js";
import { Follower } from "../lib/follower.js";
import { act } from "../lib/message-actions.js";
import { say } from "../lib/notices.js";

class ChatThread extends HTMLElement {
  #views = new Map();
  #follower;
  #clock = 0;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const jump = document.querySelector("[data-action=jump]");
    this.#follower = new Follower(this, { jump, signal });
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
    const message = document.createElement("article");
    message.className = "message message--user is-expected";
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

  // Without need nothing is replaced: it would cost the reader's place and what is being edited.
  replace(content) {
    const column = content.querySelector(".thread__column");
    if (signature(column) === signature(this.#column) || this.querySelector(".editor")) return;
    this.#column.replaceChildren(...column.childNodes);
    this.#adopt();
  }

  // A new socket tells everything again.
  forget() {
    this.#views.clear();
  }

  unfinished() {
    return [...this.querySelectorAll("[data-state=running], [data-state=queued]")].map((article) => Number(article.dataset.turn));
  }

  get last() {
    const last = [...this.querySelectorAll(".message:not(.is-expected)")].at(-1);
    return last ? Number(last.dataset.message) : null;
  }

  // Frames

  started({ turn, after, leaf, html }, { isOwn }) {
    const before = after && this.querySelector(`[data-message="${after}"]`);
    if (after && !before) return this.#emit("thread:lost");
    const old = document.getElementById(`message-${leaf}`);
    if (old && this.#views.get(turn)?.ended) return;
    while (before ? before.nextSibling : this.#column.firstChild) {
      (before ? before.nextSibling : this.#column.firstChild).remove();
    }
    this.#column.append(toFragment(html));
    this.#adopt();
    const answer = document.getElementById(`message-${leaf}`);
    if (!answer) return;
    if (isOwn) this.#follower.toTop(answer.previousElementSibling ?? answer, answer);
    if (isOwn) say("Sent. The answer is on its way.");
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

  get #column() {
    return this.firstElementChild;
  }

  #view(turn) {
    if (!this.#views.has(turn)) {
      this.#views.set(turn, new AnswerView());
      this.#views.get(turn).attach(this.#article(turn));
    }
    return this.#views.get(turn);
  }

  #article(turn) {
    return this.querySelector(`[data-turn="${turn}"]`);
  }

  // Articles were drawn anew: those of turns that we follow take over what we know of them.
  #adopt() {
    for (const [turn, view] of this.#views) view.attach(this.#article(turn));
    for (const turn of this.unfinished()) this.#view(turn);
    this.#tellState();
  }

  #tellState(state = null) {
    const [turn] = this.unfinished();
    clearInterval(this.#clock);
    if (turn) this.#clock = setInterval(() => this.#tick(), 1000);
    if (turn) this.#emit("thread:running", { turn });
    else this.#emit("thread:idle", { state });
  }

  #tick() {
    for (const turn of this.unfinished()) this.#views.get(turn)?.tick();
  }

  #named() {
    const id = new URLSearchParams(location.search).get("message");
    return id && this.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }

  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

const signature = (column) => [...column.querySelectorAll(".message")]
  .map(({ dataset }) => `${dataset.message} ${dataset.state}`).join();

customElements.define("chat-thread", ChatThread);
