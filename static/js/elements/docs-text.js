// Documentation: code in it is copied, and another model is shown as soon as it is picked.
import { copy } from "../lib/message-actions.js";

class DocsText extends HTMLElement {
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-action=copy-code]");
      if (button) copy(button.closest(".code").querySelector("code").textContent, button);
    }, { signal });
    const form = document.querySelector(".docs-model");
    form?.addEventListener("change", () => form.requestSubmit(), { signal });
  }

  disconnectedCallback() {
    this.#abort.abort();
  }
}

customElements.define("docs-text", DocsText);
