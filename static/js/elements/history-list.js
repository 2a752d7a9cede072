// The history's page: older lines as they come into view, all or a stretch of them selected at once.
import { toFragment } from "../lib/html.js";

class HistoryList extends HTMLElement {
  #last = null;
  #older = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#more());
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("change", (event) => this.#changed(event), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.querySelector(".history__all").hidden = !this.#boxes.length;
    document.querySelector(".history__view").addEventListener("change", (event) => event.currentTarget.submit(), { signal });
    this.#count();
    this.#watch();
  }

  disconnectedCallback() {
    this.#abort.abort();
    this.#older.disconnect();
  }

  // Private

  #clicked(event) {
    const { target } = event;
    if (target.closest(".history__older a")) {
      event.preventDefault();
      this.#more();
    }
    if (!target.matches("[name=conversation]")) return;
    const boxes = this.#boxes;
    if (event.shiftKey && boxes.includes(this.#last)) {
      const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(target)].sort((a, b) => a - b);
      for (const box of boxes.slice(from, to + 1)) box.checked = target.checked;
    }
    this.#last = target;
    this.#count();
  }

  #changed({ target }) {
    if (target.matches("[data-all]")) for (const box of this.#boxes) box.checked = target.checked;
    this.#count();
  }

  #pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { activeElement } = document;
    const kind = ["[name=conversation]", ".history__entry > a"].find((selector) => activeElement.matches(selector));
    if (!kind || event.ctrlKey || event.metaKey || event.altKey) return;
    const stops = [...this.querySelectorAll(kind)];
    const next = { Home: stops[0], End: stops.at(-1) }[event.key] ?? (step && stops[stops.indexOf(activeElement) + step]);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  async #more() {
    const older = this.querySelector(".history__older");
    if (!older || older.ariaBusy) return;
    older.ariaBusy = "true";
    const response = await fetch(older.querySelector("a").href, { headers: { "X-Fragment": "rows" } }).catch(() => null);
    if (!response?.ok || response.redirected) {
      older.ariaBusy = null; // the link stays, and leads there as a page
      return;
    }
    const page = toFragment(await response.text());
    const last = [...this.querySelectorAll("section")].at(-1);
    const first = page.querySelector("section");
    if (first && first.dataset.day === last?.dataset.day) {
      last.querySelector("ul").append(...first.querySelectorAll("li"));
      first.remove();
    }
    older.replaceWith(page);
    this.#count();
    this.#watch();
  }

  #count() {
    const boxes = this.#boxes;
    const chosen = boxes.filter((box) => box.checked).length;
    const all = this.querySelector("[data-all]");
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    const label = this.querySelector("[data-count]");
    if (label) label.textContent = chosen ? `${chosen} selected:` : "Selected conversations:";
  }

  #watch() {
    this.#older.disconnect();
    const older = this.querySelector(".history__older");
    if (older) this.#older.observe(older);
  }

  get #boxes() { return [...this.querySelectorAll("[name=conversation]")]; }
}

customElements.define("history-list", HistoryList);
