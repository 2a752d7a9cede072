// Where the thread is scrolled to. A sent message goes to the top and its answer grows into the
// room below; only a reader who is at the bottom is taken along.

const NEAR = 48;

export class Follower {
  #scroller;
  #jump;
  #isFollowing = false;
  #top = 0;
  #height = 0;

  constructor(scroller, { jump, signal }) {
    this.#scroller = scroller;
    this.#jump = jump;
    scroller.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    jump.addEventListener("click", () => this.toBottom({ isSmooth: true }), { signal });
    const observer = new ResizeObserver(() => this.#grew());
    observer.observe(scroller);
    observer.observe(scroller.firstElementChild);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  // Make room under `answer` so that `message` can stand at the top, and take it there.
  toTop(message, answer) {
    const scroller = this.#scroller;
    for (const old of scroller.querySelectorAll(".is-awaited")) old.classList.remove("is-awaited");
    answer.classList.add("is-awaited");
    const style = getComputedStyle(scroller);
    const padding = parseFloat(style.paddingBlockStart) / 2 + parseFloat(style.paddingBlockEnd);
    const above = answer.getBoundingClientRect().top - message.getBoundingClientRect().top;
    scroller.style.setProperty("--room", `${Math.max(0, scroller.clientHeight - above - padding)}px`);
    this.toBottom({ isSmooth: true });
  }

  toBottom({ isSmooth = false } = {}) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#isFollowing = true;
    // Content that changed may have moved the view up: that was no reader.
    this.#top = 0;
    this.#height = this.#scroller.scrollHeight;
    this.#scroller.scrollTo({ top: this.#height, behavior: isSmooth && !isCalm ? "smooth" : "instant" });
  }

  #scrolled() {
    const { scrollTop } = this.#scroller;
    if (this.#isNear) this.#isFollowing = this.#isEnd;
    else if (scrollTop < this.#top) this.#isFollowing = false;
    this.#top = scrollTop;
    this.#showJump();
  }

  #grew() {
    const { scrollHeight } = this.#scroller;
    if (this.#isFollowing && this.#isEnd && scrollHeight !== this.#height) {
      this.#height = scrollHeight;
      this.#scroller.scrollTop = scrollHeight;
    }
    this.#showJump();
  }

  #showJump() {
    const hasMessages = this.#scroller.querySelector(".message");
    this.#jump.hidden = !hasMessages || this.#isFollowing || this.#isNear;
  }

  // Of the path: where more of it is a link away, nobody is taken along.
  get #isEnd() {
    return !this.#scroller.querySelector("[data-more=after]");
  }

  get #isNear() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }
}
