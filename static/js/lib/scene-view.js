// Plays a Track (lib/track.js) in the article of an answer, at whatever moment it is told. The
// article came whole from the server: until it is taken apart it shows the end, as it was drawn.
import { figurePairs, paintPart } from "./answer-view.js";
import { Track } from "./track.js";

export class SceneView {
  #article;
  #pictures;
  #track = null;
  #state;
  #playing = null;
  #isWhole = true; // as the server drew it
  isLoaded = false; // or cannot be: then it is shown whole

  constructor(article, pictures) {
    this.#article = article;
    this.#pictures = pictures;
    this.#state = article.dataset.state;
  }

  get duration() {
    return Number(this.#article.dataset.duration);
  }

  get hasTrack() {
    return this.#track !== null;
  }

  async load() {
    try {
      const response = await fetch(this.#article.dataset.track, { credentials: "same-origin" });
      if (!response.ok) throw new Error("This answer could not be loaded.");
      const text = await response.text();
      await this.#pictures.fetch(text);
      this.#track = new Track(JSON.parse(text));
    } finally {
      this.isLoaded = true;
    }
  }

  // As it looked so many milliseconds after the question.
  show(at) {
    if (!this.#track) return;
    if (at >= this.duration) return this.end();
    const body = this.#article.querySelector(".message__body");
    if (this.#isWhole) {
      this.#isWhole = false;
      body.replaceChildren();
      this.#track.forget();
    }
    this.#running(true);
    this.#paint(body, this.#track.seek(at));
    this.#tell(body, at);
  }

  // Not begun: for a clock that was put back.
  clear() {
    this.show(-1);
  }

  // By itself, in its own time; for those who want no motion at once. `ended` is called at the end.
  play(ended) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let [at, ticked] = [0, performance.now()];
    const playing = Symbol("playing");
    this.#playing = playing;
    const tick = (now) => {
      if (this.#playing !== playing || !this.#article.isConnected) return;
      at += Math.max(0, now - ticked);
      ticked = now;
      this.show(at);
      if (at >= this.duration) ended();
      else requestAnimationFrame(tick);
    };
    if (isCalm || !this.#track) return ended();
    this.clear();
    requestAnimationFrame(tick);
  }

  end() {
    this.#playing = null;
    if (this.#track && !this.#isWhole) {
      const body = this.#article.querySelector(".message__body");
      this.#paint(body, this.#track.seek(Infinity));
      this.#nameThoughts(body, Infinity);
    }
    this.#running(false);
  }

  #paint(body, news) {
    if (!news) return;
    for (const change of news.changes) paintPart(body, change);
    for (const part of [...body.children].slice(news.count)) part.remove();
    this.#pictures.place(body);
  }

  #running(isRunning) {
    this.#article.dataset.state = isRunning ? "running" : this.#state;
    this.#article.querySelector(".scene__live").hidden = !isRunning;
    this.#article.querySelector(".scene__end").hidden = isRunning;
  }

  #tell(body, at) {
    this.#nameThoughts(body, at);
    const last = body.lastElementChild;
    const state = this.#article.querySelector("[data-live=state]");
    if (last) state.textContent = last.matches(".part--reasoning") ? "Thinking" : "Writing";
    else state.textContent = `Waiting · ${Math.max(0, Math.floor(at / 1000))} s`;
    state.classList.toggle("pill--busy", !last);
    this.#article.querySelector("[data-live=figures]").replaceChildren(...figurePairs(this.#track.figures()));
  }

  #nameThoughts(body, at) {
    for (const part of body.querySelectorAll(":scope > .part--reasoning")) {
      const { seconds, isOver } = this.#track.thought(Number(part.dataset.part), at);
      const word = isOver ? "Thought for" : "Thinking ·";
      part.querySelector("summary").textContent = seconds ? `${word} ${seconds} s` : word.split(" ")[0];
    }
  }
}

const AT_ONCE = 3;

// Fetches the tracks of these views, in their order. Returns how many could not be had.
export async function loadAll(views, loaded = () => {}) {
  const waiting = [...views];
  let lost = 0;
  const fetchNext = async () => {
    for (let view = waiting.shift(); view; view = waiting.shift()) {
      await view.load().catch(() => { lost += 1; });
      loaded(view);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
  return lost;
}
