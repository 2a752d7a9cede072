/* <copy-link>: an input that shows a link, and a button that copies it. */

class CopyLink extends HTMLElement {
  #input = this.querySelector("input");
  #button = this.querySelector("button");

  // Lifecycle

  connectedCallback() {
    // Without a secure context there is no clipboard; the text can still be selected.
    this.#button.hidden = !navigator.clipboard;
    this.#button.addEventListener("click", () => this.copy());
    this.#input.addEventListener("focus", () => this.#input.select());
  }

  // Actions

  async copy() {
    try {
      await navigator.clipboard.writeText(this.#input.value);
      this.#button.textContent = "Copied";
    } catch {
      this.#input.focus();
      this.#button.textContent = "Press Ctrl C";
    }
  }
}

customElements.define("copy-link", CopyLink);
