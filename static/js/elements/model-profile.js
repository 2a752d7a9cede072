// The facts of a model: what stands there to be copied is copied.
import { copy } from "../lib/message-actions.js";

class ModelProfile extends HTMLElement {
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    // The id stands above, beside the name.
    this.parentElement.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("model:pick", () => this.#hide(), { signal });
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Private

  // Another model was picked: these facts are not its own.
  #hide() {
    this.hidden = true;
    this.parentElement.querySelector(".badges").hidden = true;
  }

  #clicked({ target }) {
    const value = target.closest("[data-action=copy-value]");
    if (value) copy(value.dataset.value, value);
    const code = target.closest("[data-action=copy-code]");
    // In a conversation the thread does this for every piece of code.
    if (code && !this.closest("chat-thread")) copy(code.closest(".code").querySelector("code").textContent, code);
  }
}

customElements.define("model-profile", ModelProfile);
