// Asks live on stage: finds the place (a conversation of its own, with what was played before),
// sends, and brings the answer. Events: `state` of the connection, `started` {article}, `word`,
// `ended` {state}, `failed` {message}.
import { AnswerView } from "./answer-view.js";
import { toFragment } from "./html.js";
import { newId, Socket } from "./socket.js";

export class StageLive extends EventTarget {
  #socket = new Socket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  #prepared;
  #settings;
  #seconds;
  #run = null;
  #parent = null;
  #played = []; // prepared answers that were shown since the last live one
  #asked = null; // {id, frame, turn, leaf, view, hasWords}
  #dropped = new Set(); // ids of what is not wanted any more, and may have begun
  #clock = 0;

  constructor({ conversation, settings, seconds, kept }) {
    super();
    this.#prepared = conversation;
    this.#settings = settings;
    this.#seconds = seconds;
    if (kept) [this.#run, this.#parent, this.#played] = [kept.run, kept.parent, kept.played];
    this.#socket.addEventListener("state", ({ detail }) => this.#changed(detail));
    this.#socket.addEventListener("open", ({ detail }) => this.#opened(detail));
    this.#socket.addEventListener("frame", ({ detail }) => this.#receive(detail));
    this.#socket.connect();
  }

  // What a page that is loaded again has to know.
  get kept() {
    return { run: this.#run, parent: this.#parent, played: this.#played };
  }

  // The audience has seen this prepared answer: what is asked next follows it.
  play(answer) {
    this.#played.push(answer);
  }

  async ask({ text, prompt, hasFiles }) {
    const asked = { id: newId(), view: null, turn: null, hasWords: false };
    this.#asked = asked;
    try {
      const place = await this.#place(hasFiles ? prompt : null);
      if (this.#asked !== asked) return;
      const words = place.message ? { message: place.message, text: null } : { parent: place.parent, text };
      asked.frame = {
        type: "turn.start", id: asked.id, conversation: place.conversation, lane: place.lane,
        ...words, ...this.#settings,
      };
      if (!this.#socket.send(asked.frame)) throw new Error("There is no connection.");
    } catch (error) {
      if (this.#asked === asked) this.#fail(error.name === "TimeoutError" ? "The server does not answer." : error.message);
    }
  }

  stop() {
    if (this.#asked?.turn) this.#socket.send({ type: "turn.stop", turn: this.#asked.turn });
  }

  // Something else is shown instead: the answer ends, wherever it is.
  drop() {
    if (!this.#asked) return;
    this.stop();
    if (!this.#asked.turn) this.#dropped.add(this.#asked.id);
    this.#forget();
  }

  begin() {
    this.drop();
    [this.#run, this.#parent, this.#played] = [null, null, []];
  }

  async #place(prompt) {
    const post = () => fetch(`/c/${this.#prepared}/stage/runs/`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
      body: JSON.stringify({ run: this.#run, parent: this.#parent, answers: this.#played, prompt }),
      credentials: "same-origin",
      signal: AbortSignal.timeout(this.#seconds * 1000),
    }).catch((error) => { throw error.name === "TimeoutError" ? error : new Error("The server cannot be reached."); });
    let response = await post();
    if (response.status === 404 && this.#run) {
      // Somebody deleted the conversation of this run: another one begins.
      [this.#run, this.#parent] = [null, null];
      response = await post();
    }
    if (!response.ok || response.redirected) throw new Error("The server could not do that.");
    const place = await response.json();
    [this.#run, this.#parent, this.#played] = [place.conversation, place.parent, []];
    return place;
  }

  #opened({ isAgain }) {
    const asked = this.#asked;
    if (isAgain && this.#run) this.#socket.send({ type: "conversation.watch", conversation: this.#run, turns: asked?.turn ? [asked.turn] : [] });
    else this.#socket.caughtUp();
    if (asked?.frame && !asked.turn) this.#socket.send(asked.frame);
  }

  #changed(state) {
    this.#emit("state", state);
    const isLost = state.name === "reconnecting" || state.name === "offline";
    if (isLost && this.#asked?.frame && !this.#asked.hasWords) this.#fail("The connection was lost.");
  }

  #receive(frame) {
    if (frame.type === "conversation.watched") return this.#socket.caughtUp();
    if (frame.type === "turn.started") return this.#started(frame);
    const asked = this.#asked;
    if (!asked || (frame.turn ? frame.turn !== asked.turn : frame.id !== asked.id)) return;
    switch (frame.type) {
      case "turn.snapshot":
        return this.#painted(asked.view.answer.replace(frame.parts), frame.figures);
      case "turn.delta":
        return this.#painted(asked.view.answer.apply(frame.parts) ?? [], frame.figures);
      case "turn.finished":
      case "turn.failed":
        return this.#ended(frame);
      case "error":
        return this.#fail(frame.message);
    }
  }

  #started({ id, turn, leaf, html }) {
    if (this.#dropped.delete(id)) return this.#socket.send({ type: "turn.stop", turn });
    const asked = this.#asked;
    if (asked?.id !== id || asked.turn) return;
    const article = toFragment(html).querySelector(".message--assistant");
    Object.assign(asked, { turn, leaf, view: new AnswerView() });
    this.#emit("started", { article });
    asked.view.attach(article);
    clearInterval(this.#clock);
    this.#clock = setInterval(() => asked.view.tick(), 1000);
  }

  #painted(changes, figures) {
    this.#asked.view.paint(changes, figures, { isNew: true });
    if (this.#asked.hasWords || !changes.some(({ blocks }) => blocks.length)) return;
    this.#asked.hasWords = true;
    this.#emit("word");
  }

  #ended(frame) {
    const { view, leaf, hasWords } = this.#asked;
    view.end(frame);
    view.narrateEnd();
    if (frame.type === "turn.finished" || hasWords) this.#parent = leaf;
    this.#forget();
    if (frame.type === "turn.failed") this.#emit("failed"); // its article says why
    else this.#emit("ended", { state: frame.state });
  }

  #fail(message) {
    this.drop();
    this.#emit("failed", { message });
  }

  #forget() {
    clearInterval(this.#clock);
    this.#asked = null;
  }

  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
