// One prompt on stage: its section of the page, and what has become of it.
import { loadAll, SceneView } from "./scene-view.js";

export class StageStep {
  state = ""; // not shown yet; then live, late, failed, replaying or done
  isPlayed = false; // whether the prepared answer was shown

  constructor(section, asked, pictures) {
    this.section = section;
    this.asked = asked;
    const scene = section.querySelector(".scene");
    this.net = scene && new SceneView(scene, pictures);
  }

  get isWaiting() {
    return this.state === "live" || this.state === "late";
  }

  // Whether the prepared answer is what comes next.
  get isFallen() {
    return this.net !== null && (this.state === "late" || this.state === "failed");
  }

  get mayAskAgain() {
    return this.asked.isLive && !this.isPlayed && ["late", "failed", "done"].includes(this.state);
  }

  ask() {
    this.state = "live";
    this.tell("");
  }

  answer(article) {
    this.#part("live-answer").replaceChildren(article);
  }

  // The prepared answer, in place of whatever came live.
  play(ended) {
    this.state = "replaying";
    this.isPlayed = true;
    this.tell("");
    this.#part("live-answer").replaceChildren();
    this.#part("net").hidden = false;
    this.net.play(ended);
  }

  end() {
    if (this.state === "replaying") this.net.end();
    this.state = "done";
  }

  tell(text) {
    this.#part("notice").hidden = !text;
    this.#part("notice").textContent = text;
  }

  #part(name) {
    return this.section.querySelector(`[data-${name}]`);
  }
}

// Fetches everything that may be played, and says how that went.
export async function prepare(steps, pictures) {
  for (const { section } of steps) pictures.fetch(section.innerHTML).then(() => pictures.place(section));
  const nets = steps.map(({ net }) => net).filter(Boolean);
  const lost = await loadAll(nets);
  const answers = `${nets.length} prepared answer${nets.length === 1 ? "" : "s"}`;
  return {
    text: lost ? `${lost} of ${answers} could not be loaded` : `${answers} loaded`,
    kind: lost || !nets.length ? "pill--warn" : "",
  };
}
