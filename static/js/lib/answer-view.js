// Brings an Answer (lib/patch.js) into its article: parts, blocks, and the line that says how it is
// going. Only blocks that changed are touched, so that a selection elsewhere stays.
import { setHtml } from "./html.js";
import { Narrator } from "./notices.js";
import { Answer } from "./patch.js";

const FIGURES_MS = 250;

export class AnswerView {
  answer = new Answer();
  ended = null;
  #article = null;
  #began = performance.now();
  #thinkingSince = 0;
  #thoughtUntil = 0;
  #figures = {};
  #figuresAt = 0;
  #narrator = new Narrator();

  // The article may be drawn anew by the server, or be on a branch that is not shown (null).
  attach(article) {
    if (article === this.#article) return;
    this.#article = article;
    if (!article) return;
    this.paint(this.answer.all());
    if (this.ended) this.end(this.ended);
  }

  get isRunning() {
    return !this.ended;
  }

  // `isNew`: as it comes from the model, not told again.
  paint(changes, figures, { isNew = false } = {}) {
    if (figures) this.#figures = figures;
    if (isNew && changes.some(({ kind }) => kind === "reasoning")) this.#thinkingSince ||= performance.now();
    if (!this.#article) return;
    if (!this.ended) this.#article.dataset.state = "running";
    const body = this.#article.querySelector(".message__body");
    const parts = body.childElementCount;
    for (const change of changes) paintPart(body, change);
    if (body.childElementCount !== parts) this.#nameThought();
    const isNews = body.childElementCount !== parts || performance.now() - this.#figuresAt > FIGURES_MS;
    if (isNews) this.showFigures();
  }

  end(frame) {
    this.ended = frame;
    if (!this.#article) return;
    this.#article.dataset.state = frame.state;
    setHtml(this.#article.querySelector(".message__footer"), frame.footer);
    this.#nameThought();
  }

  // Once a second while it runs.
  tick() {
    this.showFigures();
    this.#nameThought();
    if (this.#article) this.#narrator.tell(this.#text());
  }

  narrateEnd() {
    const closing = {
      completed: "The answer is complete.",
      stopped: "The answer was stopped.",
    }[this.ended.state] ?? this.ended.error?.message ?? "The answer failed.";
    if (this.#article) this.#narrator.end(this.#text(), closing);
  }

  showFigures() {
    this.#figuresAt = performance.now();
    const state = this.#article?.querySelector("[data-live=state]");
    if (!state) return;
    const last = this.#article.querySelector(".message__body > .part:last-child");
    const waited = Math.floor((performance.now() - this.#began) / 1000);
    if (!last) state.textContent = waited ? `Waiting · ${waited} s` : "Waiting";
    else state.textContent = last.matches(".part--reasoning") ? "Thinking" : "Writing";
    state.classList.toggle("pill--busy", !last);
    this.#article.querySelector("[data-live=figures]").replaceChildren(...figurePairs(this.#figures));
  }

  #text() {
    return [...this.#article.querySelectorAll(".part--text")].map((part) => part.textContent).join("\n");
  }

  // A time is only named by a page that saw the thinking begin.
  #nameThought() {
    const summary = this.#article?.querySelector(".part--reasoning > summary");
    if (!summary) return;
    const isOver = this.ended || !summary.parentElement.matches(":last-child");
    if (isOver) this.#thoughtUntil ||= performance.now();
    const seconds = Math.round(((this.#thoughtUntil || performance.now()) - this.#thinkingSince) / 1000);
    if (isOver) summary.textContent = this.#thinkingSince ? `Thought for ${seconds} s` : "Thought";
    else summary.textContent = this.#thinkingSince ? `Thinking · ${seconds} s` : "Thinking";
  }
}

// `blocks` are all of the part; those whose numbers are in `changed` are drawn anew.
export function paintPart(body, { number, kind, blocks, changed }) {
  const part = partOf(body, number, kind);
  const shown = part.querySelectorAll(":scope > .block");
  for (const extra of [...shown].slice(blocks.length)) extra.remove();
  for (const block of changed) {
    const element = shown[block] ?? part.appendChild(Object.assign(document.createElement("div"), { className: "block" }));
    setHtml(element, blocks[block]);
  }
}

function partOf(body, number, kind) {
  const found = body.querySelector(`:scope > [data-part="${number}"]`);
  if (found?.classList.contains(`part--${kind}`)) return found;
  const id = kind === "reasoning" ? "part-reasoning" : "part-text";
  const part = document.getElementById(id).content.firstElementChild.cloneNode(true);
  part.className = `part part--${kind}`;
  part.dataset.part = number;
  if (found) found.replaceWith(part);
  else body.append(part);
  return part;
}

// What is known while an answer is being written, as elements.
export function figurePairs({ first_token_ms: first, tokens_per_second: speed, tokens }) {
  const pairs = [];
  if (first != null) pairs.push([`${(first / 1000).toFixed(2)} s`, "to first token"]);
  if (speed) pairs.push([Math.round(speed).toLocaleString("en"), "tok/s"]);
  if (tokens) pairs.push([`≈ ${tokens.toLocaleString("en")}`, "out so far"]);
  return pairs.map(toPair);
}

function toPair([value, unit]) {
  const pair = document.createElement("span");
  pair.append(Object.assign(document.createElement("b"), { textContent: value }), ` ${unit}`);
  return pair;
}
