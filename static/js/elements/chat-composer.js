// Where a message is written: the draft is kept, a running answer is stopped, the next one waits.
import { say } from "../lib/notices.js";

const LARGEST = 1024 * 1024;

class ChatComposer extends HTMLElement {
  #turn = null;
  #queued = "";
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
    addEventListener("pagehide", () => this.#save(), { signal });
    if (!this.#text.value) this.#text.value = localStorage.getItem(this.#key) ?? "";
    this.#fit();
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
    const text = this.#queued;
    this.#queue("");
    if (state === "completed" || state === "stopped") this.#send(text);
    else this.#put(text);
  }

  accepted() {
    this.#complain("");
  }

  refused(message, text = null) {
    if (text !== null) this.#put(text);
    this.#complain(message);
  }

  // The new conversation has an address now; its draft goes with it.
  moved() {
    localStorage.removeItem("draft:new");
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
    if (!text.trim()) return this.#complain("Write something first.");
    if (new TextEncoder().encode(text).length > LARGEST) {
      return this.#complain("A message may have 1 MiB of text.");
    }
    if (this.#turn && this.#queued) return this.#complain("One message is waiting already.");
    if (this.#turn) this.#queue(text);
    else if (!this.#send(text)) return;
    this.#text.value = "";
    this.#edited();
  }

  #send(text) {
    let isTaken = true;
    const from = {
      localName: this.localName,
      accepted: () => this.accepted(),
      refused: (message, back) => {
        isTaken = false;
        this.refused(message, back ?? null);
      },
    };
    this.#emit("message:send", { text, parent: this.#page.querySelector("chat-thread").last, from });
    return isTaken;
  }

  #stopTurn() {
    this.#stop.disabled = true;
    if (matchMedia("(pointer: fine)").matches) this.#text.focus({ preventScroll: true });
    this.#emit("turn:stop", { turn: this.#turn });
  }

  #queue(text) {
    this.#queued = text;
    const box = this.querySelector(".composer__queue");
    box.hidden = !text;
    box.querySelector("[data-queued]").textContent = text;
    if (text) say("Your message waits for the answer to end.");
  }

  #unqueue() {
    const text = this.#queued;
    this.#queue("");
    this.#put(text);
  }

  #use({ text, isSent }) {
    this.#put(text);
    if (isSent) this.#form.requestSubmit();
  }

  // Into the field, without losing what is there.
  #put(text) {
    const old = this.#text.value.trim();
    this.#text.value = old && old !== text ? `${text}\n\n${old}` : text;
    this.#edited();
    this.#text.focus();
  }

  #edited() {
    this.#complain("");
    this.#fit();
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#save(), 300);
  }

  #save() {
    clearTimeout(this.#saving);
    const draft = [this.#queued, this.#text.value].filter(Boolean).join("\n\n");
    try {
      if (draft) localStorage.setItem(this.#key, draft);
      else localStorage.removeItem(this.#key);
    } catch {
      // The storage is full or forbidden: the draft lives as long as the page.
    }
  }

  #complain(message) {
    this.querySelector("[data-error]").textContent = message;
  }

  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.blockSize = "auto";
    this.#text.style.blockSize = `${this.#text.scrollHeight}px`;
  }

  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }

  get #key() { return `draft:${this.#page.dataset.conversation || "new"}`; }
  get #page() { return this.closest("chat-page"); }
  get #form() { return this.querySelector("form"); }
  get #text() { return this.querySelector("textarea"); }
  get #stop() { return this.querySelector("[data-stop]"); }
}

customElements.define("chat-composer", ChatComposer);
