// Where a message is written: the draft is kept, a running answer is stopped, the next one waits.
import { say } from "../lib/notices.js";
import { draftOf, fit, keepDraft } from "../lib/writing.js";

const LARGEST = 1024 * 1024;

class ChatComposer extends HTMLElement {
  #turn = null;
  #queued = null; // {text, files}: what waits for the answer to end
  #unsent = ""; // what was sent while nobody was there to take it
  #saving = 0;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.#text.addEventListener("input", () => this.#edited(), { signal });
    this.#text.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.#form.addEventListener("click", ({ target }) => target === this.#form && this.#text.focus(), { signal });
    this.#stop.addEventListener("click", () => this.#stopTurn(), { signal });
    this.querySelector("[data-unqueue]").addEventListener("click", () => this.#unqueue(), { signal });
    this.#page.addEventListener("starter:use", ({ detail }) => this.#use(detail), { signal });
    this.querySelector("[data-action=settings]").addEventListener("click", () => this.#emit("parameters:show"), { signal });
    this.addEventListener("attachments:change", () => this.#edited(), { signal });
    addEventListener("pagehide", () => this.#save(), { signal });
    if (!this.#text.value) this.#text.value = draftOf(this.#key);
    fit(this.#text);
    if (matchMedia("(pointer: fine)").matches) this.#text.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Actions

  running(turn) {
    this.#turn = turn;
    this.#stop.hidden = false;
    this.#stop.disabled = false;
  }

  // What waits is sent after an answer; after a failure it is for the person to decide.
  idle(state) {
    this.#turn = null;
    this.#stop.hidden = true;
    if (!this.#queued || !state) return;
    const waiting = this.#queued;
    this.#queue(null);
    if (state === "completed" || state === "stopped") this.#send(waiting);
    else this.#put(waiting);
  }

  accepted() {
    this.#complain("");
  }

  refused(message, text = null) {
    if (text !== null) this.#put({ text });
    this.#complain(message);
  }

  // The new conversation has an address now; its draft goes with it.
  moved() {
    keepDraft("draft:new", []);
    this.#files.moved();
    this.#save();
  }

  name(model) {
    this.#text.placeholder = `Message ${model}`;
  }

  summarise(count) {
    const summary = this.querySelector("[data-sent-summary]");
    summary.textContent = count ? `${count} ${count === 1 ? "setting" : "settings"} sent` : "No settings sent";
  }

  // Private

  #keyed(event) {
    // 229 is what a key says while an input method still composes; Safari forgets isComposing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.#text.value;
    const files = this.#files.list;
    if (this.#files.problem) return this.#complain(this.#files.problem);
    if (!text.trim() && !files.length) return this.#complain("Write something first.");
    if (new TextEncoder().encode(text).length > LARGEST) {
      return this.#complain("A message may have 1 MiB of text.");
    }
    if (this.#turn && this.#queued) return this.#complain("One message is waiting already.");
    if (this.#turn) this.#queue({ text, files });
    else if (!this.#send({ text, files })) return;
    this.#text.value = "";
    this.#files.clear();
    this.#edited();
  }

  #send({ text, files }) {
    let isTaken = true;
    const from = {
      localName: this.localName,
      accepted: () => this.accepted(),
      unsent: () => this.#keep(text),
      saved: () => this.#keep(""),
      refused: (message, back) => {
        isTaken = false;
        this.#unsent = "";
        this.#files.put(files);
        this.refused(message, back ?? null);
      },
    };
    this.#emit("message:send", { text, files, parent: this.#page.querySelector("chat-thread").last, from });
    return isTaken;
  }

  #stopTurn() {
    this.#stop.disabled = true;
    if (matchMedia("(pointer: fine)").matches) this.#text.focus({ preventScroll: true });
    this.#emit("turn:stop", { turn: this.#turn });
  }

  #queue(waiting) {
    this.#queued = waiting;
    const box = this.querySelector(".composer__queue");
    box.hidden = !waiting;
    box.querySelector("[data-queued]").textContent = waiting ? inWords(waiting) : "";
    if (waiting) say("Your message waits for the answer to end.");
  }

  #unqueue() {
    const waiting = this.#queued;
    this.#queue(null);
    this.#put(waiting);
  }

  #use({ text, isSent }) {
    this.#put({ text });
    if (isSent) this.#form.requestSubmit();
  }

  // Into the field, without losing what is there.
  #put({ text, files = [] }) {
    this.#files.put(files);
    const old = this.#text.value.trim();
    this.#text.value = old && text && old !== text ? `${text}\n\n${old}` : text || old;
    this.#edited();
    this.#text.focus();
  }

  #edited() {
    this.#complain("");
    fit(this.#text);
    this.querySelector(".composer__send").disabled = this.#files.isBusy;
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#save(), 300);
  }

  // Until the server has it, it is a draft.
  #keep(text) {
    this.#unsent = text;
    this.#save();
  }

  #save() {
    clearTimeout(this.#saving);
    keepDraft(this.#key, [this.#unsent, this.#queued?.text, this.#text.value]);
  }

  #complain(message) {
    this.querySelector("[data-error]").textContent = message;
  }

  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }

  get #key() { return `draft:${this.#page.dataset.conversation || "new"}`; }
  get #page() { return this.closest("chat-page"); }
  get #form() { return this.querySelector("form"); }
  get #text() { return this.querySelector("textarea"); }
  get #files() { return this.querySelector("chat-attachments"); }
  get #stop() { return this.querySelector("[data-stop]"); }
}

const inWords = ({ text, files }) => text.trim() || files.map(({ name }) => name).join(", ");

customElements.define("chat-composer", ChatComposer);
