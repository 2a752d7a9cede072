// The list of models, drawn anew as its form changes. Without this the form works as forms do.
import { setHtml } from "../lib/html.js";
import { getPiece } from "../lib/request.js";

const TYPING_MS = 200;

class ModelShelf extends HTMLElement {
  #typing = 0;
  #asked = 0;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.addEventListener("input", ({ target }) => this.#changed(target), { signal });
    this.addEventListener("submit", (event) => { event.preventDefault(); this.#show(); }, { signal });
    this.addEventListener("click", (event) => event.target.closest("[data-reset]") && this.#reset(event), { signal });
    addEventListener("popstate", () => location.reload(), { signal });
    // Where there is room the filters stand beside the list; a closed one over it has to go.
    matchMedia("(width >= 1280px)").addEventListener("change", () => {
      if (this.#filters.matches(":popover-open")) this.#filters.hidePopover();
    }, { signal });
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Private

  #changed(field) {
    clearTimeout(this.#typing);
    if (field.type === "search") this.#typing = setTimeout(() => this.#show(), TYPING_MS);
    else this.#show();
  }

  #reset(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    for (const field of this.#form.elements) {
      if (field.type === "checkbox") field.checked = false;
      else if (field.localName !== "button") field.value = "";
    }
    this.#show();
  }

  async #show() {
    const asked = ++this.#asked;
    const filled = [...new FormData(this.#form)].filter(([, value]) => value);
    const query = new URLSearchParams(filled).toString();
    const address = query ? `/models/?${query}` : "/models/";
    try {
      const html = await getPiece(address);
      if (asked !== this.#asked) return;
      setHtml(this.#results, html);
      history.replaceState(null, "", address);
      document.getElementById("announcer").textContent = this.#results.querySelector("[data-count]").textContent;
    } catch (error) {
      document.getElementById("announcer").textContent = error.message;
    }
  }

  get #form() { return this.querySelector("form"); }
  get #results() { return this.querySelector("[data-results]"); }
  get #filters() { return this.querySelector("#filters"); }
}

customElements.define("model-shelf", ModelShelf);
