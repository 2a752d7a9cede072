// The request as a program: that of a receipt (`data-turn`), or the one that *Send* would make now,
// written anew while it can be seen and something changes.
import { setHtml } from "../lib/html.js";
import { copy } from "../lib/message-actions.js";
import { present } from "../lib/receipt.js";
import { getPiece, post } from "../lib/request.js";

const PAUSE_MS = 400;
const CHANGES = ["input", "attachments:change", "parameters:change", "thread:idle", "thread:running"];

class ChatCode extends HTMLElement {
  #pause = 0;
  #asked = 0;
  #seen = new IntersectionObserver(([entry]) => entry.isIntersecting && this.#write());
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.addEventListener("change", () => this.#write(), { signal });
    this.addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-action=copy-code]");
      if (button) copy(button.closest(".code").querySelector("code").textContent, button);
    }, { signal });
    for (const type of this.dataset.turn ? [] : CHANGES) {
      document.addEventListener(type, ({ target }) => this.contains(target) || this.#soon(), { signal });
    }
    this.#seen.observe(this);
  }

  disconnectedCallback() {
    this.#abort.abort();
    this.#seen.disconnect();
    clearTimeout(this.#pause);
  }

  // Private

  #soon() {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.checkVisibility() && this.#write(), PAUSE_MS);
  }

  async #write() {
    const number = ++this.#asked;
    const form = this.querySelector("form");
    const choice = form ? Object.fromEntries(new FormData(form)) : {};
    try {
      const html = await this.#fetch(choice);
      if (number === this.#asked) this.#show(html);
    } catch (error) {
      this.querySelector(".code-problem").textContent = error.message;
    }
  }

  #fetch(choice) {
    const { turn } = this.dataset;
    if (turn) return getPiece(`/turns/${turn}/code/?${new URLSearchParams(choice)}`);
    return post("/code/", { ...choice, state: JSON.stringify(state()) });
  }

  // What was in use keeps the focus.
  #show(html) {
    const name = this.contains(document.activeElement) && document.activeElement.name;
    setHtml(this.querySelector(".code-body"), html);
    if (name) this.querySelector(`[name="${name}"]`)?.focus();
  }
}

function state() {
  return {
    ...present(),
    conversation: document.querySelector("chat-page").dataset.conversation || null,
    message: document.querySelector("chat-thread").last,
    text: document.getElementById("composer-text").value,
    attachments: document.querySelector("chat-attachments").list.map(({ id }) => id),
  };
}

customElements.define("chat-code", ChatCode);
