// Where a guest of a demo writes. The thread beside it holds the socket.
import "./shared-thread.js";

class GuestComposer extends HTMLElement {
  #pending = null;
  #isRunning = false;
  #isOver = false;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.#text.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.querySelector("[data-stop]").addEventListener("click", () => this.#thread.send({ type: "guest.stop" }), { signal });
    for (const button of document.querySelectorAll("[data-starter]")) {
      button.addEventListener("click", (event) => this.#begin(event, button.textContent), { signal });
    }
    this.#thread.addEventListener("thread:frame", ({ detail }) => this.#receive(detail), { signal });
    this.#thread.addEventListener("thread:open", () => this.#pending && this.#thread.send(this.#pending), { signal });
    this.#thread.addEventListener("thread:over", ({ detail }) => this.#close(detail.text), { signal });
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Actions

  // A click fills the field; with Shift it is sent.
  #begin(event, text) {
    this.#text.value = text;
    this.#text.focus();
    if (event.shiftKey) this.#form.requestSubmit();
  }

  #pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.#text.value;
    if (!text.trim() || this.#pending || this.#isRunning || this.#isOver) return;
    // The same id again after a lost connection: it is asked once.
    this.#pending = { type: "guest.say", id: crypto.randomUUID(), text };
    this.#thread.send(this.#pending);
    this.#complain("");
    this.#show();
  }

  // Frames

  #receive(frame) {
    switch (frame.type) {
      case "share.path":
        this.#isRunning = this.#thread.isRunning;
        if (this.#pending && this.#isRunning) {
          this.#pending = null;
          this.#text.value = "";
        }
        document.querySelector("[data-hello]").hidden = Boolean(document.querySelector(".message"));
        break;
      case "demo.left":
        this.#tellLeft(frame);
        break;
      case "error":
        this.#pending = null;
        this.#complain(frame.message);
        if (frame.code === "used_up") this.#close(frame.message);
    }
    this.#show();
  }

  // Whatever ends first, as far as one can tell.
  #tellLeft({ messages, tokens, seconds }) {
    const minutes = Math.floor(seconds / 60);
    const facts = [count(messages, "message")];
    if (minutes < 10) facts.push(count(minutes, "minute"));
    if (tokens < 5000) facts.push(count(tokens, "token"));
    document.querySelector("[data-left]").textContent = `${facts.join(" · ")} left`;
  }

  // Private

  #close(text) {
    this.#isOver = true;
    this.#complain(text);
    this.#show();
  }

  #complain(text) {
    const problem = this.querySelector("[data-problem]");
    problem.textContent = text;
    problem.hidden = !text;
  }

  #show() {
    this.querySelector("[data-send]").hidden = this.#isRunning;
    this.querySelector("[data-send]").disabled = Boolean(this.#pending) || this.#isOver;
    this.querySelector("[data-stop]").hidden = !this.#isRunning;
    this.#text.disabled = this.#isOver;
  }

  get #thread() { return document.querySelector("shared-thread"); }
  get #form() { return this.querySelector("form"); }
  get #text() { return this.querySelector("textarea"); }
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

customElements.define("guest-composer", GuestComposer);
