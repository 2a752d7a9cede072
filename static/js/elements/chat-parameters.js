// The settings: what is sent and what is not, checked when a field is left and again on sending.
// Nothing is put right in silence; a wrong value keeps its words and gets a sentence beside it.
import { setHtml } from "../lib/html.js";
import { say } from "../lib/notices.js";
import { copy } from "../lib/message-actions.js";
import { parse, show } from "../lib/values.js";
import { getPiece, post } from "../lib/request.js";

class ChatParameters extends HTMLElement {
  #initial = null;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const page = this.closest("chat-page");
    this.addEventListener("input", (event) => this.#edited(event), { signal });
    this.addEventListener("change", (event) => this.#changed(event), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    page.addEventListener("parameters:show", ({ detail }) => this.#open(detail.name), { signal });
    page.addEventListener("parameters:drop", ({ detail }) => this.#rowOf(detail.name)?.querySelector(".switch:checked")?.click(), { signal });
    this.#initial = this.#state();
    this.#count();
    for (const row of this.#rows) if (isSent(row)) this.#check(row);
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Actions

  // `{system, parameters}` as they are to be sent; null after pointing at the first wrong field.
  read() {
    const sent = this.#rows.filter(isSent);
    const results = sent.map((row) => [row, this.#check(row)]);
    const wrong = results.find(([, result]) => result.error);
    if (wrong) {
      this.#focus(wrong[0]);
      return null;
    }
    const parameters = Object.fromEntries(results.map(([row, { value }]) => [row.dataset.name, value]));
    return { system: this.#system.value, parameters };
  }

  // What the server found wrong. False where there is no such field.
  point(name, message) {
    const row = this.#rowOf(name);
    if (!row) return false;
    complain(row, message);
    this.#focus(row);
    return true;
  }

  // Another model: its own rows and ranges, with what was set here kept where it has a place.
  async load(model) {
    const state = this.#state();
    const query = new URLSearchParams({ model, conversation: this.closest("chat-page").conversation ?? "" });
    setHtml(this, await getPiece(`/panel/?${query}`));
    this.#initial = { ...this.#state(), system: this.#initial.system };
    this.#restore(state);
  }

  // Private

  #edited({ target }) {
    const row = target.closest(".parameter");
    if (!row) return;
    const field = row.querySelector("[data-value]");
    const slider = row.querySelector("[type=range]");
    if (target === slider) field.value = slider.value;
    if (target === field && slider && Number.isFinite(Number(field.value))) slider.value = field.value;
    // Whoever sets a value means to send it.
    if (target === slider || (target === field && field.value.trim())) row.querySelector(".switch").checked = true;
    if (target.matches(".switch")) this.#switched(row, field);
    else complain(row, "");
    this.#count();
  }

  #changed({ target }) {
    const row = target.closest(".parameter");
    if (row && isSent(row) && target.matches("[data-value]")) this.#check(row);
  }

  #switched(row, field) {
    complain(row, "");
    if (!isSent(row)) return;
    const slider = row.querySelector("[type=range]");
    if (!field.value && slider) field.value = slider.value;
    if (!field.value) field.focus();
  }

  #check(row) {
    const result = parse(row.querySelector("[data-value]").value, row.dataset);
    complain(row, result.error ?? "");
    return result;
  }

  #clicked({ target }) {
    const tab = target.closest("[role=tab]");
    if (tab) this.#select(tab);
    if (target.closest("[data-reset]")) {
      this.#restore(reset(this.#state()));
      say("Nothing but the message is sent now.");
    }
    const button = target.closest("[data-action=copy-value]");
    if (button) copy(button.dataset.value, button);
    const forget = target.closest("[data-forget]");
    if (forget) this.#forget(forget);
  }

  #forget(button) {
    const gone = () => button.closest(".parameter__refused").remove();
    post(button.dataset.forget).then(gone, (error) => say(error.message));
  }

  #keyed(event) {
    const tab = event.target.closest("[role=tab]");
    if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const tabs = [...this.querySelectorAll("[role=tab]")];
    const step = event.key === "ArrowLeft" ? tabs.length - 1 : 1;
    const next = tabs[(tabs.indexOf(tab) + step) % tabs.length];
    this.#select(next);
    next.focus();
  }

  #select(chosen) {
    if (chosen.id === "tab-code") import("./chat-code.js");
    for (const tab of this.querySelectorAll("[role=tab]")) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
  }

  #open(name) {
    const panel = this.parentElement;
    const isCovered = getComputedStyle(panel).display === "none";
    if (isCovered) panel.showPopover();
    this.#select(this.querySelector("#tab-settings"));
    const row = this.#rowOf(name) ?? this.#rows[0];
    if (name || !isCovered) row && this.#focus(row);
  }

  #focus(row) {
    if (getComputedStyle(this.parentElement).display === "none") this.parentElement.showPopover();
    this.#select(this.querySelector("#tab-settings"));
    row.closest("details")?.setAttribute("open", "");
    const field = row.querySelector("[data-value]");
    (isSent(row) ? field : row.querySelector(".switch")).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  #state() {
    const rows = this.#rows.map((row) => [row.dataset.name, { isSent: isSent(row), text: row.querySelector("[data-value]").value }]);
    return { system: this.#system.value, rows: Object.fromEntries(rows) };
  }

  #restore({ system, rows }) {
    this.#system.value = system;
    for (const row of this.#rows) {
      const kept = rows[row.dataset.name];
      if (!kept) continue;
      show(row, kept.isSent ? kept.text : row.dataset.default);
      row.querySelector(".switch").checked = kept.isSent;
      if (kept.isSent) row.closest("details")?.setAttribute("open", "");
      if (kept.isSent) this.#check(row);
      else complain(row, "");
    }
    this.#count();
  }

  #count() {
    const count = this.#rows.filter(isSent).length;
    this.dispatchEvent(new CustomEvent("parameters:change", { bubbles: true, detail: { count } }));
  }

  #rowOf(name) { return this.#rows.find((row) => row.dataset.name === name); }
  get #rows() { return [...this.querySelectorAll(".parameter")]; }
  get #system() { return this.querySelector("#system"); }
}

const isSent = (row) => row.querySelector(".switch").checked;

function reset({ rows }) {
  return { system: "", rows: Object.fromEntries(Object.keys(rows).map((name) => [name, { isSent: false, text: "" }])) };
}

function complain(row, message) {
  const error = row.querySelector(".field__error");
  error.textContent = message;
  error.hidden = !message;
  row.querySelector("[data-value]").toggleAttribute("aria-invalid", Boolean(message));
  if (message) row.querySelector("[data-value]").setAttribute("aria-invalid", "true");
}

customElements.define("chat-parameters", ChatParameters);
