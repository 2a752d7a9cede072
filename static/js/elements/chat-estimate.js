// The line under the composer: what is about to be sent, what it may cost, how full the window is.
// It warns before a message goes to a model that cannot hold it; nothing is left out in silence.
import { costRange, countTokens, dollars, share } from "../lib/estimate.js";

const OVERHEAD = 8; // tokens that the form of a conversation takes beside its words

class ChatEstimate extends HTMLElement {
  #due = 0;
  #left; // of the budget
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const soon = () => this.#soon();
    for (const type of ["input", "parameters:change", "thread:idle", "thread:running", "draft:change"]) {
      this.#page.addEventListener(type, soon, { signal });
    }
    this.#page.addEventListener("thread:idle", () => this.#ask(), { signal });
    this.querySelector("[data-larger]").addEventListener("click", () => {
      document.querySelector("[data-action=pick-model]").click();
    }, { signal });
    this.#show();
  }

  disconnectedCallback() {
    this.#abort.abort();
    clearTimeout(this.#due);
  }

  // Private

  #soon() {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.#show(), 80);
  }

  #show() {
    const facts = this.#facts;
    const tokens = this.#tokens();
    const room = facts?.window ?? null;
    const isTooLong = room !== null && tokens > room;
    this.#figures.hidden = !facts || isTooLong;
    this.querySelector("[data-warning]").hidden = !isTooLong;
    if (!facts) return;
    if (isTooLong) {
      const sizes = `about ${tokens.toLocaleString("en")} of ${room.toLocaleString("en")} tokens`;
      this.querySelector("[data-too-long]").textContent = `Too long for this model: ${sizes}.`;
      return;
    }
    const cost = costRange(facts, tokens, this.#longest(facts, tokens));
    const said = [`≈ ${tokens.toLocaleString("en")} tokens`];
    if (!facts.isFree) said.push(cost ? range(cost) : "cost unknown");
    if (room) said.push(`${share(tokens, room)} of the window`);
    if (facts.left) said.push(this.#left ?? facts.left);
    const spent = this.#spent();
    if (spent) said.push(spent);
    this.#figures.textContent = said.join(" · ");
  }

  // Where there is a budget, an answer that has ended has changed what is left.
  async #ask() {
    if (!this.#facts?.left) return;
    const response = await fetch(`/usage/budget/left/?conversation=${this.#page.conversation ?? ""}`).catch(() => null);
    if (response?.ok) this.#left = await response.text();
    this.#show();
  }

  // The path so far as the last answer was counted, the system text if there is no answer yet, and
  // what is being written.
  #tokens() {
    const counted = [...this.#page.querySelectorAll("[data-context-tokens]")];
    const last = counted.findLast(({ dataset }) => Number(dataset.contextTokens));
    const system = this.#page.querySelector("#system")?.value ?? "";
    const kept = last ? Number(last.dataset.contextTokens) : countTokens(system);
    return kept + countTokens(document.getElementById("composer-text").value) + OVERHEAD;
  }

  #longest(facts, tokens) {
    const row = this.#page.querySelector('.parameter[data-name="max_output_tokens"]');
    const set = row?.querySelector(".switch").checked ? Number(row.querySelector("[data-value]").value.replaceAll(",", "")) : 0;
    const rest = facts.window ? facts.window - tokens : null;
    return set || (facts.longest ?? rest);
  }

  // What the answers of the path have cost. A link to more of them says what those did.
  #spent() {
    const costs = [...this.#page.querySelectorAll("[data-cost]")].map(({ dataset }) => dataset);
    const total = costs.reduce((sum, { cost }) => sum + Number(cost), 0);
    if (!total) return "";
    const isPart = costs.some(({ cost, partUnknown }) => !cost || partUnknown !== undefined);
    return `${dollars(total)} so far${isPart ? ", as far as known" : ""}`;
  }

  get #facts() {
    const facts = this.#page.querySelector("[data-model-facts]")?.dataset.modelFacts;
    return facts ? JSON.parse(facts) : null;
  }

  get #figures() { return this.querySelector("[data-figures]"); }
  get #page() { return this.closest("chat-page"); }
}

function range({ least, most }) {
  return most === null ? `${dollars(least)} and more` : `${dollars(least)} to ${dollars(most)}`;
}

customElements.define("chat-estimate", ChatEstimate);
