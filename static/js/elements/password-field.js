/* <password-field>: a password and a button that shows what was typed. */

class PasswordField extends HTMLElement {
  #input = this.querySelector("input");
  #button = this.querySelector("button");

  // Lifecycle

  connectedCallback() {
    this.#button.hidden = false;
    this.#button.addEventListener("click", () => this.show(this.#input.type === "password"));
    // Hidden again before it is sent, or the browser would keep it among what was typed.
    this.#input.form.addEventListener("submit", () => this.show(false));
  }

  // Actions

  show(isShown) {
    this.#input.type = isShown ? "text" : "password";
    this.#button.textContent = isShown ? "Hide" : "Show";
    this.#button.ariaLabel = `${this.#button.textContent} the password`;
  }
}

customElements.define("password-field", PasswordField);
