// Plays a conversation from its tracks: one clock, one slider, scenes that come and grow. Once the
// tracks are here it needs no network, no socket and no account.
import { Follower } from "../lib/follower.js";
import { say } from "../lib/notices.js";
import { Pictures } from "../lib/pictures.js";
import { loadAll, SceneView } from "../lib/scene-view.js";
import { clock, schedule } from "../lib/track.js";

const STEP_MS = 2000;
const LONGEST_TICK_MS = 250; // a page that was asleep goes on where it was
const AGAIN_MS = 1500; // within which "previous" means the message before this one

class ReplayPlayer extends HTMLElement {
  #scenes = []; // {article, view, start, end}; what a person said has no view
  #at = 0;
  #speed = 1;
  #isPlaying = false;
  #isDragging = false;
  #until = Infinity;
  #told = null;
  #ticked = 0;
  #pictures = new Pictures();
  #follower;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const articles = [...this.querySelectorAll(".scene")];
    const times = schedule(articles.map(({ dataset }) => (
      dataset.track ? { duration: Number(dataset.duration) } : { characters: Number(dataset.characters) }
    )));
    this.#scenes = articles.map((article, number) => ({
      article, ...times[number], view: article.dataset.track ? new SceneView(article, this.#pictures) : null,
    }));
    if (!this.#scenes.length) return;
    this.#follower = new Follower(this.querySelector(".replay__scroller"), { jump: this.querySelector("[data-action=jump]"), signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    this.#slider.addEventListener("input", () => this.#seek(Number(this.#slider.value)), { signal });
    this.#slider.addEventListener("pointerdown", () => { this.#isDragging = true; }, { signal });
    addEventListener("pointerup", () => { this.#isDragging = false; }, { signal });
    this.#slider.max = this.#total;
    this.querySelector(".replay__controls").hidden = false;
    this.#begin();
    this.#load();
  }

  disconnectedCallback() {
    this.#abort.abort();
    this.#pictures.release();
    this.#isPlaying = false;
  }

  // Actions

  play() {
    if (this.#at >= Math.min(this.#until, this.#total)) this.#at = this.#from.start;
    this.#play(true);
    this.#follower.toBottom();
    this.#ticked = performance.now();
    requestAnimationFrame((now) => this.#tick(now));
  }

  pause() {
    this.#play(false);
  }

  // Private

  // Somebody who wants no motion finds everything there, and plays it if they like.
  #begin() {
    const from = this.#from;
    if (this.dataset.begin) this.#until = from.end;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#at = isCalm ? Math.min(this.#until, this.#total) : from.start;
    this.#play(false);
    this.#render();
    if (!isCalm) this.play();
    else if (this.dataset.begin) from.article.scrollIntoView();
  }

  // The ones that are played first are fetched first.
  async #load() {
    for (const { article } of this.#scenes) {
      this.#pictures.fetch(article.innerHTML).then(() => this.#pictures.place(article));
    }
    const first = this.#scenes.indexOf(this.#from);
    const inOrder = [...this.#scenes.slice(first), ...this.#scenes.slice(0, first)];
    const lost = await loadAll(inOrder.map(({ view }) => view).filter(Boolean), () => this.#render());
    this.dataset.loaded = "";
    this.querySelector("[data-replay=note]").textContent = lost
      ? `${lost} of the answers could not be loaded: they appear whole.`
      : "Everything is loaded: this plays without a network.";
  }

  #tick(now) {
    if (!this.#isPlaying) return;
    const elapsed = Math.min(Math.max(0, now - this.#ticked), LONGEST_TICK_MS);
    this.#ticked = now;
    const isHeld = this.#isDragging || this.#current.view?.isLoaded === false;
    this.toggleAttribute("aria-busy", isHeld && !this.#isDragging);
    if (!isHeld) this.#at = Math.min(this.#at + elapsed * this.#speed, this.#until, this.#total);
    this.#render();
    if (this.#at >= Math.min(this.#until, this.#total)) return this.#stop();
    requestAnimationFrame((later) => this.#tick(later));
  }

  #stop() {
    this.#play(false);
    say(this.#at >= this.#total ? "The end." : "The answer is complete.");
  }

  #seek(at) {
    this.#at = Math.min(Math.max(0, at), this.#total);
    if (this.#at >= this.#until || this.#at < this.#from.start) this.#until = Infinity;
    this.#render();
    this.#follower.toBottom();
  }

  #render() {
    for (const { article, view, start, end } of this.#scenes) {
      const isHidden = this.#at < start;
      if (article.hidden !== isHidden) article.hidden = isHidden;
      if (isHidden || !view) continue;
      if (this.#at >= end) view.end();
      else view.show(this.#at - start);
    }
    const where = `message ${this.#scenes.indexOf(this.#current) + 1} of ${this.#scenes.length}`;
    const [now, total] = [clock(this.#at), clock(this.#total)];
    if (!this.#isDragging) this.#slider.value = this.#at;
    this.#slider.setAttribute("aria-valuetext", `${now} of ${total}, ${where}`);
    this.querySelector("[data-replay=time]").textContent = `${now} / ${total}`;
    if (this.#isPlaying && this.#told !== where) say(`${this.#current.view ? "Answer" : "Question"}, ${where}.`);
    this.#told = where;
  }

  #play(isPlaying) {
    this.#isPlaying = isPlaying;
    const button = this.querySelector("[data-action=play]");
    button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    button.querySelector("use").setAttribute("href", isPlaying ? "#icon-pause" : "#icon-play");
    this.dataset.state = isPlaying ? "playing" : "paused";
  }

  #setSpeed(speed) {
    this.#speed = speed;
    for (const button of this.querySelectorAll("[data-speed]")) {
      button.setAttribute("aria-pressed", Number(button.dataset.speed) === speed);
    }
  }

  #leap(by) {
    const number = this.#scenes.indexOf(this.#current);
    const isJustBegun = this.#at - this.#current.start < AGAIN_MS;
    const target = by > 0 ? number + 1 : number - (isJustBegun ? 1 : 0);
    this.#seek(target < this.#scenes.length ? this.#scenes[Math.max(0, target)].start : this.#total);
  }

  #clicked({ target }) {
    const button = target.closest("button");
    if (button?.dataset.speed) this.#setSpeed(Number(button.dataset.speed));
    this.#act(button?.dataset.action);
  }

  #act(name) {
    switch (name) {
      case "play": return this.#isPlaying ? this.pause() : this.play();
      case "previous": return this.#leap(-1);
      case "next": return this.#leap(1);
      case "back": return this.#seek(this.#at - STEP_MS);
      case "forward": return this.#seek(this.#at + STEP_MS);
      case "at-once":
        this.pause();
        return this.#seek(this.#total);
    }
  }

  #keyed(event) {
    const { key, target } = event;
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (target.closest("input:not([type=range]), textarea, select, dialog[open]")) return;
    if (key === " " && target.closest("button, a, summary")) return;
    if (["1", "2", "4"].includes(key)) this.#setSpeed(Number(key));
    else if (KEYS[key]) this.#act(KEYS[key]);
    else return;
    event.preventDefault();
  }

  get #slider() { return this.querySelector("[data-replay=position]"); }
  get #total() { return this.#scenes.at(-1).end; }
  get #current() { return this.#scenes.findLast(({ start }) => start <= this.#at); }
  get #from() { return this.#scenes.find(({ article }) => article.dataset.message === this.dataset.begin) ?? this.#scenes[0]; }
}

const KEYS = { " ": "play", ArrowLeft: "back", ArrowRight: "forward", PageUp: "previous", PageDown: "next" };

customElements.define("replay-player", ReplayPlayer);
