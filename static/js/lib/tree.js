// All versions of the conversation in a dialog: a tree that the keyboard walks.
import { setHtml, toFragment } from "./html.js";
import { toast } from "./notices.js";
import { getPiece, post } from "./request.js";

const FOLDS_AT = 2; // levels that are open at first
const TYPING_MS = 600;

export async function openTree(conversation) {
  try {
    await new Tree(conversation).open();
  } catch (error) {
    toast(error.message);
  }
}

class Tree {
  #conversation;
  #dialog = document.getElementById("tree-dialog") ?? makeDialog();
  #typed = "";
  #typedAt = 0;

  constructor(conversation) {
    this.#conversation = conversation;
  }

  async open() {
    await this.#load();
    this.#dialog.showModal();
    this.#dialog.onkeydown = (event) => this.#keyed(event);
    this.#dialog.onclick = (event) => this.#clicked(event);
    this.#focus(this.#dialog.querySelector("[role=treeitem][tabindex='0']"));
  }

  async #load(message = null) {
    setHtml(this.#dialog, await getPiece(`/c/${this.#conversation}/tree/`));
    const tree = this.#tree;
    if (!tree) return;
    // Nothing can be scrolled to before it has its looks.
    const sheet = this.#dialog.querySelector("link");
    if (!sheet.sheet) await new Promise((done) => { sheet.onload = sheet.onerror = done; });
    tree.setAttribute("role", "tree");
    this.#dialog.querySelector(".tree__keys").hidden = false;
    this.#adopt(tree);
    const at = tree.querySelector(`[data-message="${message}"]`)
      ?? tree.querySelector(".tree__link[aria-current]")?.closest("li") ?? tree.querySelector("li");
    this.#unfold(at);
    at.tabIndex = 0;
  }

  // Nested lists become a tree: each line names its item, links inside are left to the pointer.
  #adopt(root) {
    for (const list of root.querySelectorAll("ul")) list.setAttribute("role", "group");
    for (const item of root.querySelectorAll("li")) {
      item.setAttribute("role", "treeitem");
      item.tabIndex = -1;
      item.setAttribute("aria-label", wordsOf(item));
      for (const link of item.querySelectorAll(":scope > .tree__line a")) link.tabIndex = -1;
      if (item.querySelector(":scope > .tree__line [aria-current]")) item.setAttribute("aria-current", "true");
      if (!item.querySelector(":scope > ul") && !item.dataset.run) continue;
      const fold = document.createElement("span");
      fold.className = "tree__fold";
      setHtml(fold, '<svg class="icon" aria-hidden="true"><use href="#icon-right"/></svg>');
      item.firstElementChild.prepend(fold);
      this.#expand(item, !item.dataset.run && depth(item) < FOLDS_AT);
    }
  }

  #keyed(event) {
    const item = document.activeElement?.closest("[role=treeitem]");
    if (!item || event.target.closest("form") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#moves(item)[event.key] ?? DEEDS[event.key.toLowerCase()] ?? null;
    if (act) {
      event.preventDefault();
      if (typeof act === "string") this.#do(act, item);
      else act();
    } else if (event.key.length === 1 && event.key !== " ") this.#find(event.key, item);
  }

  #moves(item) {
    const shown = this.#shown;
    const at = shown.indexOf(item);
    const isOpen = item.getAttribute("aria-expanded");
    return {
      ArrowDown: () => this.#focus(shown[at + 1]),
      ArrowUp: () => this.#focus(shown[at - 1]),
      Home: () => this.#focus(shown[0]),
      End: () => this.#focus(shown.at(-1)),
      ArrowRight: () => {
        if (isOpen === "false") this.#toggle(item);
        else if (isOpen) this.#focus(shown[at + 1]);
      },
      ArrowLeft: () => {
        if (isOpen === "true") this.#expand(item, false);
        else this.#focus(item.parentElement.closest("[role=treeitem]"));
      },
      Enter: () => this.#open(item),
      " ": () => this.#open(item),
    };
  }

  #clicked(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#focus(item);
    const deed = event.target.closest("[data-tree]")?.dataset.tree;
    if (deed) this.#do(deed, item);
    else if (event.target.closest(".tree__fold")) this.#toggle(item);
    else this.#open(item);
  }

  async #open(item) {
    if (item.dataset.run) return this.#toggle(item);
    const { message } = item.dataset;
    const address = `/c/${this.#conversation}/`;
    try {
      const isShown = "current" in item.dataset;
      const html = await (isShown ? getPiece(`${address}?message=${message}`) : post(`${address}branch/`, { message }));
      this.#dialog.close();
      this.#thread.reveal(message, toFragment(html));
    } catch (error) {
      toast(error.message);
    }
  }

  // A run is fetched when it is first unfolded, and stands for itself from then on.
  async #toggle(item) {
    if (!item.dataset.run) return this.#expand(item, item.getAttribute("aria-expanded") === "false");
    try {
      const list = document.createElement("ul");
      list.append(toFragment(await getPiece(`/c/${this.#conversation}/tree/?run=${item.dataset.run}`)));
      this.#adopt(list);
      const [first] = list.children;
      item.replaceWith(...list.children);
      this.#focus(first);
    } catch (error) {
      toast(error.message);
    }
  }

  async #do(deed, item) {
    const { message } = item.dataset;
    if (!message || !item.querySelector("[data-tree]")) return;
    const again = () => this.#load(message).then(() => this.#focus(this.#tree?.querySelector("[tabindex='0']")));
    if (deed === "deletion") (await import("./pruning.js")).askDeletion(item, this.#thread);
    else if (deed === "mark") (await import("./marks.js")).askName(message);
    else if (deed === "star") await (await import("./marks.js")).star(message, !item.querySelector(":scope > .tree__line .tree__star"));
    const question = document.getElementById("question");
    if (deed === "star") await again();
    else question.addEventListener("close", () => again().catch((error) => toast(error.message)), { once: true });
  }

  #find(letter, item) {
    this.#typed = (performance.now() - this.#typedAt > TYPING_MS ? "" : this.#typed) + letter.toLowerCase();
    this.#typedAt = performance.now();
    const shown = this.#shown;
    const from = shown.indexOf(item) + (this.#typed.length === 1 ? 1 : 0);
    const order = [...shown.slice(from), ...shown.slice(0, from)];
    const has = (one) => (one.querySelector(".tree__words")?.textContent ?? "").toLowerCase().startsWith(this.#typed);
    this.#focus(order.find(has));
  }

  #focus(item) {
    if (!item) return;
    for (const old of this.#tree.querySelectorAll("[tabindex='0']")) old.tabIndex = -1;
    item.tabIndex = 0;
    item.focus({ preventScroll: true });
    item.firstElementChild.scrollIntoView({ block: "nearest" });
  }

  #unfold(item) {
    for (let above = item.parentElement.closest("li"); above; above = above.parentElement.closest("li")) this.#expand(above, true);
  }

  #expand(item, isOpen) {
    item.setAttribute("aria-expanded", isOpen);
  }

  get #shown() {
    return [...this.#tree.querySelectorAll("li")].filter((item) => !item.parentElement.closest("[aria-expanded=false]"));
  }

  get #tree() { return this.#dialog.querySelector(".tree"); }
  get #thread() { return document.querySelector("chat-thread"); }
}

const DEEDS = { f2: "mark", delete: "deletion", s: "star" };

const depth = (item) => (item ? 1 + depth(item.parentElement.closest("li")) : 0);

const wordsOf = (item) => [...item.querySelectorAll(":scope > .tree__line :is(.tree__role, .tree__words, .tree__link:not(:has(span)), .tag, .tree__fact, [role=img])")]
  .map((piece) => piece.getAttribute("aria-label") ?? piece.textContent.trim()).join(", ");

function makeDialog() {
  const dialog = Object.assign(document.createElement("dialog"), { id: "tree-dialog", className: "dialog dialog--tree" });
  dialog.setAttribute("aria-labelledby", "tree-title");
  document.body.append(dialog);
  return dialog;
}
