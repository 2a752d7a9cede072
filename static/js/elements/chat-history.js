// The conversations in the rail: search, older ones, rename, pin, archive, delete with undo.
import { moveByArrows } from "../lib/arrows.js";
import { setHtml, toFragment } from "../lib/html.js";
import { openMenu } from "../lib/menu.js";
import { toast } from "../lib/notices.js";
import { getPiece, post } from "../lib/request.js";

const TYPING_MS = 150;

class ChatHistory extends HTMLElement {
  #typing = 0;
  #asked = 0;
  #older = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#more());
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.#find(); }, { signal });
    this.#form.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#find(), TYPING_MS);
    }, { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("keydown", (event) => moveByArrows(event, this.#form.elements.q, this.#list), { signal });
    this.#menu.addEventListener("submit", (event) => this.#submitted(event), { signal });
    document.addEventListener("submit", (event) => event.target.matches("[data-change]") && this.#change(event), { signal });
    document.querySelector("[data-conversation-menu]").addEventListener("click", () => this.#offerCurrent(), { signal });
    this.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    this.#watch();
  }

  disconnectedCallback() {
    this.#abort.abort();
    this.#older.disconnect();
  }

  // Actions

  // A new conversation, or a new title of one.
  put(conversation, html) {
    const item = toFragment(html).firstElementChild;
    const old = this.#entry(conversation);
    if (old) old.replaceWith(item);
    else if (!this.#form.elements.q.value.trim()) this.#today().prepend(item);
    this.#mark();
  }

  titleOf(conversation) {
    this.#mark();
    return this.#entry(conversation)?.querySelector("a").textContent;
  }

  // Private

  async #find() {
    const asked = ++this.#asked;
    try {
      const html = await getPiece(`/history/?q=${encodeURIComponent(this.#form.elements.q.value)}`);
      if (asked !== this.#asked) return;
      setHtml(this.#list, html);
      this.#mark();
      this.#watch();
    } catch (error) {
      toast(error.message);
    }
  }

  async #more() {
    const link = this.querySelector(".rail__older");
    if (!link || link.ariaBusy) return;
    link.ariaBusy = "true";
    try {
      const page = toFragment(await getPiece(link.getAttribute("href")));
      if (!link.isConnected) return;
      const last = this.#list.querySelector("section:last-of-type");
      const first = page.querySelector("section");
      if (first && first.dataset.day === last?.dataset.day) {
        last.querySelector("ul").append(...first.querySelectorAll("li"));
        first.remove();
      }
      link.replaceWith(page);
      this.#mark();
      this.#watch();
    } catch (error) {
      link.ariaBusy = null;
      toast(error.message);
    }
  }

  #clicked(event) {
    const button = event.target.closest("[data-action=conversation-menu]");
    if (button) {
      const entry = button.closest(".rail__entry");
      this.#aim(entry.dataset.conversation, entry.querySelector("a").textContent);
      openMenu(this.#menu, button);
    }
    if (event.target.closest(".rail__older")) {
      event.preventDefault();
      this.#more();
    }
  }

  // The menu was aimed at some line of the list; the button in the top bar means the one that is open.
  #offerCurrent() {
    this.#menu.style.inset = "";
    const { conversation } = document.querySelector("chat-page").dataset;
    const title = this.titleOf(conversation) ?? document.title.replace(/ · Playground$/, "");
    this.#aim(conversation, title);
  }

  #aim(conversation, title) {
    const [rename, change, remove] = this.#menu.querySelectorAll("form");
    const isPinned = "pinned" in (this.#entry(conversation)?.dataset ?? {});
    const pin = change.querySelector("[data-pin]");
    change.elements.conversation.value = conversation;
    pin.value = isPinned ? "unpin" : "pin";
    pin.textContent = isPinned ? "Unpin" : "Pin";
    rename.action = `/c/${conversation}/title/`;
    rename.elements.title.value = title;
    remove.action = `/c/${conversation}/deletion/`;
    for (const link of this.#menu.querySelectorAll("[data-path]")) {
      link.href = `/c/${conversation}/${link.dataset.path}`;
    }
  }

  async #submitted(event) {
    const form = event.target;
    if (form.matches("[data-change]")) return;
    const conversation = form.action.split("/").at(-3);
    const isCurrent = conversation === document.querySelector("chat-page").dataset.conversation;
    // Deleting what is open leaves this page: the browser goes where the server sends it.
    if (form.matches("[data-delete]") && isCurrent) return;
    event.preventDefault();
    this.#menu.hidePopover();
    try {
      const html = await post(new URL(form.action).pathname, new FormData(form));
      if (form.matches("[data-rename]")) {
        this.put(conversation, html);
        if (isCurrent) document.title = `${form.elements.title.value} · Playground`;
      } else {
        this.#entry(conversation)?.remove();
        toast(toFragment(html));
      }
    } catch (error) {
      toast(error.message);
    }
  }

  async #change(event) {
    event.preventDefault();
    this.#menu.hidePopover();
    try {
      toast(toFragment(await post("/history/changes/", new FormData(event.target, event.submitter))));
      await this.#find();
    } catch (error) {
      toast(error.message);
    }
  }

  #mark() {
    const { conversation } = document.querySelector("chat-page").dataset;
    for (const link of this.querySelectorAll(".rail__item")) {
      const isCurrent = link.parentElement.dataset.conversation === conversation;
      if (isCurrent) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  #today() {
    const today = this.#list.querySelector("[data-day=Today]");
    if (today) return today.querySelector("ul");
    const section = toFragment('<section data-day="Today"><h3 class="rail__day">Today</h3><ul role="list"></ul></section>');
    const list = section.querySelector("ul");
    this.#list.querySelector(".rail__empty")?.remove();
    const pinned = this.#list.querySelector("[data-day=Pinned]");
    if (pinned) pinned.after(section);
    else this.#list.prepend(section);
    return list;
  }

  #watch() {
    this.#older.disconnect();
    const link = this.querySelector(".rail__older");
    if (link) this.#older.observe(link);
  }

  #entry(conversation) { return this.querySelector(`[data-conversation="${conversation}"]`); }
  get #form() { return this.querySelector("form"); }
  get #list() { return this.querySelector("[data-history]"); }
  get #menu() { return document.getElementById("conversation-menu"); }
}

customElements.define("chat-history", ChatHistory);
