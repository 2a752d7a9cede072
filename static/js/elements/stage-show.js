// A conversation on stage: one prompt after the other on one key, live or from what was recorded,
// with the prepared answer as a net under the live one.
import { Follower } from "../lib/follower.js";
import { keep, recall } from "../lib/kept.js";
import { say } from "../lib/notices.js";
import { Pictures } from "../lib/pictures.js";
import { StageLive } from "../lib/stage-live.js";
import { prepare, StageStep } from "../lib/stage-step.js";

const KEYS = {
  ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "back", PageUp: "back",
  r: "net", a: "again", s: "stop", n: "note", f: "screen", Home: "begin", "?": "help", Escape: "leave",
};
const CONNECTION = { live: "Connected", connecting: "Connecting", catchingUp: "Connecting", reconnecting: "No connection", offline: "Offline" };

class StageShow extends HTMLElement {
  #key = "";
  #steps = [];
  #at = -1;
  #late = 0;
  #live;
  #follower;
  #pictures = new Pictures();
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const { conversation, settings, steps } = JSON.parse(document.getElementById("stage-settings").textContent);
    const sections = [...this.querySelectorAll(".stage__step")];
    this.#steps = sections.map((section, number) => new StageStep(section, steps[number], this.#pictures));
    this.#key = `stage:${conversation}`;
    const kept = recall(this.#key);
    this.#live = new StageLive({ conversation, settings, seconds: Number(this.dataset.wait), kept });
    this.#follower = new Follower(this.querySelector(".stage__scroller"), { jump: this.querySelector("[data-action=jump]"), signal });
    const on = (type, act) => this.#live.addEventListener(type, ({ detail }) => act(detail), { signal });
    on("state", ({ name }) => this.#mark("connection", CONNECTION[name], name === "live" ? "" : "pill--warn"));
    on("started", ({ article }) => this.#step.answer(article));
    on("word", () => { clearTimeout(this.#late); this.#step.ask(); });
    on("ended", () => this.#done());
    on("failed", ({ message }) => this.#trouble("failed", message));
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    if (kept && kept.at >= 0 && kept.at < this.#steps.length) {
      this.#at = kept.at;
      this.querySelector("[data-stage=lead]").textContent = `This goes on after prompt ${kept.at + 1} of ${this.#steps.length}.`;
    }
    this.#show();
    this.#load();
  }

  disconnectedCallback() {
    this.#abort.abort();
    this.#live.drop();
    this.#pictures.release();
  }

  // Actions

  next() {
    const step = this.#step;
    if (step?.state === "replaying") return this.#done();
    if (step?.state === "live") return this.#hint("Still writing. S stops it.");
    if (step?.isFallen) return this.#replay(step);
    if (step?.state === "late") this.#live.drop();
    return this.#go(this.#at + 1);
  }

  // To what was shown before; nothing is asked again.
  back() {
    if (this.#step?.isWaiting) return this.#hint("Still writing. S stops it.");
    if (this.#step?.state === "replaying") this.#done();
    return this.#go(this.#steps.findLastIndex(({ state }, number) => number < this.#at && state));
  }

  // Private

  async #load() {
    const { text, kind } = await prepare(this.#steps, this.#pictures);
    this.#mark("loaded", text, kind);
    this.dataset.loaded = "";
  }

  #go(at) {
    this.#at = Math.max(-1, Math.min(at, this.#steps.length));
    this.#show();
    const step = this.#step;
    const isNew = step && !step.state;
    if (isNew) this.#begin(step);
    if (isNew) this.#follower.toBottom();
    else (step?.section ?? this.querySelector(this.#at < 0 ? "[data-opening]" : "[data-closing]")).scrollIntoView();
    if (step) say(`Prompt ${this.#at + 1} of ${this.#steps.length}.`);
    this.#keep();
  }

  #begin(step) {
    step.section.hidden = false;
    if (step.asked.isLive) this.#ask(step);
    else this.#replay(step);
  }

  #ask(step) {
    this.#live.drop();
    step.ask();
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.#trouble("late", `No word after ${this.dataset.wait} s.`), this.dataset.wait * 1000);
    this.#live.ask(step.asked);
    this.#show();
  }

  // The live answer does not come, or not whole.
  #trouble(state, message = "") {
    const step = this.#step;
    if (!step?.isWaiting) return;
    clearTimeout(this.#late);
    step.state = state;
    this.#show();
    if (step.net && "automatic" in this.dataset) return this.#replay(step);
    const way = step.net ? "→ plays the prepared answer." : "→ goes on, A asks again.";
    step.tell(`${message} ${way}`.trim());
    this.#keep();
  }

  #replay(step) {
    clearTimeout(this.#late);
    if (!step.net) return this.#hint("There is no prepared answer to this prompt.");
    this.#live.drop();
    if (!step.isPlayed) this.#live.play(step.asked.answer);
    step.play(() => this.#done());
    this.#show();
  }

  #done() {
    clearTimeout(this.#late);
    this.#step?.end();
    this.#show();
    this.#keep();
  }

  #act(name) {
    const step = this.#step;
    switch (name) {
      case "next": return this.next();
      case "back": return this.back();
      case "net": return step && step.state !== "replaying" && this.#replay(step);
      case "again": return step?.mayAskAgain && this.#ask(step);
      case "stop": return this.#live.stop();
      case "note": return this.toggleAttribute("data-notes");
      case "screen": return document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
      case "help": return document.getElementById("stage-keys").showModal();
      case "leave": return location.assign(this.dataset.home);
      case "begin":
        keep(this.#key, null);
        return location.reload();
    }
  }

  #clicked({ target }) {
    target.closest("a[data-action=receipt]")?.setAttribute("target", "_blank");
    this.#act(target.closest("button")?.dataset.action);
  }

  #keyed(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    this.#act(action);
  }

  #show() {
    const step = this.#step;
    for (const other of this.#steps) other.section.toggleAttribute("data-current", other === step);
    this.dataset.state = step?.state || (this.#at < 0 ? "ready" : "over");
    this.querySelector("[data-closing]").hidden = this.#at < this.#steps.length;
    this.querySelector("[data-stage=progress]").textContent = step ? `${this.#at + 1} / ${this.#steps.length}` : "";
    this.#hint("");
  }

  #hint(text) {
    this.querySelector("[data-stage=hint]").textContent = text;
  }

  #mark(name, text, kind) {
    const pill = this.querySelector(`[data-stage=${name}]`);
    if (pill) [pill.textContent, pill.className] = [text, `pill ${kind}`];
  }

  #keep() {
    keep(this.#key, { ...this.#live.kept, at: this.#at });
  }

  get #step() {
    return this.#steps[this.#at];
  }
}

customElements.define("stage-show", StageShow);
