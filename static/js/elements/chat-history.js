// The conversations in the rail: search, views, older ones, and the undo of what was done to some.
import { moveByKeys } from "../lib/arrows.js";
import { setHtml, toFragment } from "../lib/html.js";
import { toast } from "../lib/notices.js";
import { getPiece, post } from "../lib/request.js";

const TYPING_MS = 150;

class ChatHistory extends HTMLElement {
  #typing = 0;
  #asked = 0;
  #view = "/history/";
  #older = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#more());
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.refresh(); }, { signal });
    this.#form.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.refresh(), TYPING_MS);
    }, { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("keydown", (event) => moveByKeys(event, this.#form.elements.q, this.#list), { signal });
    for (const type of ["toggle", "dragstart"]) this.addEventListener(type, () => this.#receive(), { signal, once: true, capture: true });
    document.addEventListener("submit", (event) => event.target.matches("[data-change]") && this.#change(event), { signal });
    document.querySelector("[data-conversation-menu]").addEventListener("click", (event) => this.#openMenu(event.currentTarget), { signal });
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
    const old = this.entry(conversation);
    if (old) old.replaceWith(item);
    else if (this.querySelector(".shelf:not([data-plain])")) this.refresh();
    else if (!this.#form.elements.q.value.trim()) this.#today().prepend(item);
    this.#mark();
  }

  titleOf(conversation) {
    this.#mark();
    return this.entry(conversation)?.querySelector("a").textContent;
  }

  entry(conversation) { return this.querySelector(`[data-conversation="${conversation}"]`); }

  // The list anew: what is searched for, else the view that was picked.
  async refresh() {
    const asked = ++this.#asked;
    const typed = this.#form.elements.q.value;
    const isSearch = Boolean(typed.trim());
    try {
      const html = getPiece(isSearch ? `/history/?q=${encodeURIComponent(typed)}` : this.#view);
      const { dress } = await import("../lib/style.js");
      await Promise.all([html, dress(isSearch ? "found.css" : "labels.css")]);
      if (asked !== this.#asked) return;
      const isOpen = this.querySelector(".shelf")?.open;
      setHtml(this.#list, await html);
      if (isOpen && !isSearch) this.querySelector(".shelf").open = true;
      this.#mark();
      this.#watch();
    } catch (error) {
      toast(error.message);
    }
  }

  #show(view, typed = "") {
    this.#view = view;
    this.#form.elements.q.value = typed;
    return this.refresh();
  }

  async #receive() {
    const { receive } = await import("../lib/dragging.js");
    receive(this, this.#abort.signal);
  }

  async #more() {
    const link = this.querySelector(".rail__older");
    if (!link || link.ariaBusy) return;
    link.ariaBusy = "true";
    try {
      const page = toFragment(await getPiece(link.getAttribute("href")));
      if (!link.isConnected) return;
      const next = link === document.activeElement && page.querySelector(".rail__entry a");
      const last = this.#list.querySelector("section:last-of-type");
      const first = page.querySelector("section");
      if (first && first.dataset.day === last?.dataset.day) {
        last.querySelector("ul").append(...first.querySelectorAll("li"));
        first.remove();
      }
      link.replaceWith(page);
      if (next) next.focus();
      this.#mark();
      this.#watch();
    } catch (error) {
      link.ariaBusy = null;
      toast(error.message);
    }
  }

  #clicked(event) {
    const { target } = event;
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (target.closest("[data-action=conversation-menu]")) this.#openMenu(target.closest("button"));
    const link = isPlain && target.closest(".shelf__item, .shelf .label, .shelf__sorts a, .rail__older, [data-typed]");
    if (!link) return;
    event.preventDefault();
    if (link.matches(".rail__older")) this.#more();
    else if (link.dataset.typed) this.#show(this.#view, link.dataset.typed);
    else this.#show(link.getAttribute("href"));
    if (link.closest(".shelf__sorts")) document.cookie = `sort=${new URL(link.href).searchParams.get("sort")};path=/;max-age=31536000;samesite=lax`;
  }

  // What is done with a conversation is fetched when somebody wants to do something.
  async #openMenu(button) {
    const menu = await import("../lib/conversation-menu.js");
    menu.open(this, button);
  }

  async #change(event) {
    event.preventDefault();
    document.getElementById("conversation-menu").hidePopover();
    try {
      toast(toFragment(await post("/history/changes/", new FormData(event.target, event.submitter))));
      await this.refresh();
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
    const above = pinned ?? this.querySelector(".shelf");
    if (above) above.after(section);
    else this.#list.prepend(section);
    return list;
  }

  #watch() {
    this.#older.disconnect();
    const link = this.querySelector(".rail__older");
    if (link) this.#older.observe(link);
  }

  get #form() { return this.querySelector("form"); }
  get #list() { return this.querySelector("[data-history]"); }
}

customElements.define("chat-history", ChatHistory);
