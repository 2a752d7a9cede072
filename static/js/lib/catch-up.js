// A page that may have missed something asks anew; what it shows already stays as it is, with its
// place, its sizes and its editor.
import { toFragment } from "./html.js";
import { toast } from "./notices.js";
import { getPiece } from "./request.js";

// Asks for the thread of a conversation, the last time it is asked to.
export class Refresher {
  isBusy = false;
  #asked = 0;

  // True once `thread` shows what the server has. `isEnd`: whatever the reader looked at.
  async refresh(thread, conversation, { isEnd = false } = {}) {
    const asked = ++this.#asked;
    const address = `/c/${conversation}/`;
    const place = isEnd ? null : thread.place;
    this.isBusy = true;
    try {
      const around = place && getPiece(`${address}?message=${place}`).catch(() => getPiece(address));
      const content = toFragment(await (around || getPiece(address)));
      if (asked === this.#asked) await thread.replace(content, { isEnd });
    } catch (error) {
      if (asked === this.#asked) toast(error.message);
      return false;
    } finally {
      if (asked === this.#asked) this.isBusy = false;
    }
    return asked === this.#asked;
  }
}

// Nothing was said yet: the page greets with the model that is picked.
export async function greet(thread, picked) {
  const key = picked();
  const content = toFragment(await getPiece(`/?model=${encodeURIComponent(key)}`));
  if (thread.querySelector("[data-empty]:not([hidden])") && key === picked()) await thread.replace(content);
}

// Bring `column` up to `fresh`. Returns what was being typed into a message that is gone.
export function merge(scroller, column, fresh) {
  const place = look(scroller, column);
  const typing = column.querySelector(".editor");
  const words = typing?.elements.text.value;
  const expected = column.querySelector(".is-expected");
  const shown = articles(column);
  const coming = articles(fresh);
  const start = shown.findIndex((article) => article.dataset.message === coming[0]?.dataset.message);
  if (start < 0) column.replaceChildren(...fresh.childNodes);
  else update(shown.slice(start), coming, fresh);
  if (expected) column.append(expected);
  column.dataset.leaf = fresh.dataset.leaf;
  column.dataset.mark = fresh.dataset.mark;
  if (place) settle(scroller, column, place);
  return typing?.isConnected ? "" : words;
}

const articles = (column) => [...column.querySelectorAll(":scope > .message:not(.is-expected)")];

// What a message looks like from outside: it is never edited, but it goes on, gets siblings, a name.
const signature = (article) => [
  article.dataset.state,
  ...[...article.querySelectorAll(".branches button, .branches span, .message__mark")].map((element) => element.value || element.textContent),
].join();

// From the first message that both have: the old ones stay as long as they are the same.
function update(shown, coming, fresh) {
  let last = null;
  for (const [number, article] of coming.entries()) {
    const old = shown[number];
    if (old?.dataset.message !== article.dataset.message) break;
    const isSame = signature(old) === signature(article) || old.querySelector(".editor");
    last = isSame ? old : article;
    if (isSame) article.remove();
    else old.replaceWith(article);
  }
  while (last.nextSibling) last.nextSibling.remove();
  fresh.querySelector("[data-more=before]")?.remove();
  last.after(...fresh.childNodes);
}

// The messages in view, and where.
function look(scroller, column) {
  const { top, bottom } = scroller.getBoundingClientRect();
  return articles(column).map((article) => [article.dataset.message, article.getBoundingClientRect()])
    .filter(([, box]) => box.bottom > top && box.top < bottom)
    .map(([message, box]) => [message, box.top]);
}

function settle(scroller, column, place) {
  for (const [message, top] of place) {
    const article = column.querySelector(`:scope > [data-message="${message}"]`);
    if (!article) continue;
    scroller.scrollTop += article.getBoundingClientRect().top - top;
    return;
  }
}
