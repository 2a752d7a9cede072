// Holds the page together: it owns the socket, knows the conversation, makes a `turn.start` of what
// its parts ask for, and hands each frame to those it concerns. A `turn.start` is kept until it is
// answered and sent again after a break: the server knows it by its id.
import { say, toast } from "../lib/notices.js";
import { newId, Socket } from "../lib/socket.js";

class ChatPage extends HTMLElement {
  #socket = new Socket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  #waiting = new Map();
  #isAgain = false;
  #refresher;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const on = (type, act) => this.addEventListener(type, ({ detail }) => act(detail), { signal });
    on("message:send", (detail) => this.#ask(detail));
    on("turn:stop", ({ turn }) => this.#socket.send({ type: "turn.stop", turn }) || toast("Not connected: the answer goes on."));
    on("thread:lost", (detail) => this.#refresh(detail ?? {}));
    on("thread:idle", ({ state }) => this.#part("composer").idle(state));
    on("thread:running", ({ turn }) => this.#part("composer").running(turn));
    on("parameters:change", ({ count }) => this.#part("composer").summarise(count));
    this.addEventListener("submit", (event) => event.target.matches("[data-temporary-switch]") && this.#forget(event), { signal });
    document.addEventListener("model:pick", ({ detail }) => this.#pick(detail), { signal });
    this.#socket.addEventListener("state", ({ detail }) => this.#connected(detail), { signal });
    this.#socket.addEventListener("open", ({ detail }) => this.#opened(detail), { signal });
    this.#socket.addEventListener("frame", ({ detail }) => this.#receive(detail), { signal });
    this.#socket.connect();
  }

  disconnectedCallback() { this.#abort.abort(); }

  get conversation() { return this.dataset.conversation || null; }

  // Actions

  // `text` follows the message `parent`; without text, the existing `message` is answered again, or
  // what asked for `turn` is asked once more, as its receipt has it.
  #ask({ text = null, files = [], parent = null, message = null, turn = null, continues = null, from }) {
    const refuse = from?.refused ?? toast;
    const settings = turn ? {} : this.#part("parameters").read();
    if (!settings) return refuse("Mend the settings first.");
    const model = this.#modelButton.dataset.model;
    if (!model && !turn) return refuse("Pick a model first.");
    const frame = {
      type: "turn.start", id: newId(), conversation: this.conversation,
      lane: Number(this.dataset.lane) || null, parent, message, text, model, turn, continues,
      attachments: files.map(({ id }) => id), ...settings,
    };
    this.#waiting.set(frame.id, { frame, from });
    from?.accepted();
    if (text !== null && from?.localName === "chat-composer") this.#part("thread").expect(text, files);
    if (this.#socket.send(frame)) return;
    from?.unsent?.();
    say("Not connected yet. It will be sent as soon as the connection is back.");
  }

  async #forget(event) {
    event.preventDefault();
    const { enter } = await import("../lib/temporary.js");
    enter(event.target);
  }

  async #pick({ key, button }) {
    this.#modelButton.dataset.model = key;
    this.#modelButton.replaceChildren(...button);
    this.#part("composer").name(this.#modelButton.querySelector(".model-button__name").textContent);
    try {
      await this.#part("parameters").load(key);
      if (this.conversation || this.dataset.temporary) return;
      await (await import("../lib/catch-up.js")).greet(this.#part("thread"), () => this.#modelButton.dataset.model);
    } catch (error) {
      toast(error.message);
    }
  }

  async #refresh(options) {
    if (!this.conversation) return;
    const { Refresher } = await import("../lib/catch-up.js");
    const thread = this.#part("thread");
    this.#refresher ??= new Refresher();
    if (!(await this.#refresher.refresh(thread, this.conversation, options))) return;
    if (thread.unfinished().length) this.#watch();
  }

  #watch() {
    this.#socket.send({ type: "conversation.watch", conversation: this.conversation, turns: this.#part("thread").unfinished() });
  }

  #connected(state) {
    this.#part("connection").show(state);
    if (state.name === "live") return;
    for (const { from } of this.#waiting.values()) from?.unsent?.();
  }

  // Frames

  #opened({ isAgain }) {
    this.#isAgain = isAgain;
    const thread = this.#part("thread");
    if (isAgain) thread.forget();
    if (this.conversation) {
      this.#part("connection").show({ name: "catchingUp" });
      this.#watch();
    } else {
      this.#socket.caughtUp();
    }
    for (const { frame } of this.#waiting.values()) this.#socket.send(frame);
  }

  async #receive(frame) {
    switch (frame.type) {
      case "conversation.watched":
        return this.#watched(frame);
      case "conversation.changed":
        return this.#changed(frame);
      case "turn.started":
        return this.#started(frame);
      case "turn.snapshot":
      case "turn.delta":
      case "turn.finished":
      case "turn.failed":
        return this.#part("thread").receive(frame);
      case "conversation.present": return (await import("../lib/present.js")).show(frame.people);
      case "share.viewers":
        return this.#part("connection").watched(frame.count);
      case "error":
        return this.#refused(frame);
    }
  }

  #started(frame) {
    const own = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    own?.from?.saved?.();
    if (this.conversation && frame.conversation !== this.conversation) return;
    if (!this.conversation) {
      this.dataset.conversation = frame.conversation;
      history.replaceState(null, "", frame.url);
      this.#part("composer").moved();
      this.#named();
    }
    this.dataset.lane = frame.lane;
    this.#part("thread").started(frame, { isOwn: Boolean(own) });
    if (this.#refresher?.isBusy) this.#refresh();
  }

  // Told on coming back, and whenever something was changed elsewhere.
  async #watched({ conversation, title, mark }) {
    if (conversation !== this.conversation) return;
    const isCurrent = mark ? this.#part("thread").isAt(mark) : !this.#isAgain;
    if (title) this.#call(title);
    if (!isCurrent) await this.#refresh();
    this.#isAgain = false;
    this.#socket.caughtUp();
  }

  #changed({ conversation, item }) {
    this.#part("history").put(conversation, item);
    if (conversation === this.conversation) this.#named();
  }

  #refused({ id, message, field }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#part("thread").unexpect();
    if (!id) this.#socket.caughtUp();
    if (!waiting && this.dataset.temporary) return this.#part("connection").show({ name: "gone", text: message });
    if (!waiting) return toast(message);
    if (waiting.from) waiting.from.refused(message, waiting.frame.text);
    else toast(message);
    // Last, so that the focus ends on the field that is wrong.
    const isPointedAt = field && this.#part("parameters").point(field, message);
    if (isPointedAt) waiting.from?.refused("Mend the settings first.");
  }

  // Private

  #part(name) { return this.querySelector(`chat-${name}`); }

  // A new conversation and its title come in either order.
  #named() {
    this.querySelector("[data-conversation-menu]").hidden = false;
    const title = this.#part("history").titleOf(this.conversation);
    if (title) this.#call(title);
  }

  #call(title) {
    const item = this.querySelector(`.rail__entry[data-conversation="${this.conversation}"] .rail__item`);
    if (item && item.textContent !== title) item.textContent = title;
    document.title = `${title} · Playground`;
    this.querySelector("[data-title]").textContent = title;
  }

  get #modelButton() { return this.querySelector("[data-action=pick-model]"); }
}

customElements.define("chat-page", ChatPage);
