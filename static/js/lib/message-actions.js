// What can be done with a message: copy, answer again, edit, another branch, receipt, link.
import { toFragment } from "./html.js";
import { say, toast } from "./notices.js";
import { getPiece, post } from "./request.js";

// A click or a submit anywhere in the thread.
export function act(event, thread) {
  const article = event.target.closest(".message");
  if (event.type === "submit") {
    if (event.target.matches(".branches")) showBranch(event, thread);
    return;
  }
  const starter = event.target.closest("[data-prompt].starter");
  if (starter) return tell(thread, "starter:use", { text: starter.dataset.prompt, isSent: event.shiftKey });
  const button = event.target.closest("[data-action]");
  if (button) ACTIONS[button.dataset.action]?.({ button, article, thread, event });
}

const ACTIONS = {
  "copy": ({ button, article }) => copy(sourceOf(article), button),
  "copy-code": ({ button }) => copy(button.closest(".code").querySelector("code").textContent, button),
  "link": async ({ button, article }) => (await menu()).copyLink(article, button),
  "again": ({ button, thread }) => tell(thread, "message:send", { message: Number(button.dataset.prompt) }),
  "again-without": ({ button, thread }) => {
    tell(thread, "parameters:drop", { name: button.dataset.name });
    tell(thread, "message:send", { message: Number(button.dataset.prompt) });
  },
  "edit": async ({ article, thread }) => (await editing()).edit(article, thread),
  "field": ({ button, thread }) => tell(thread, "parameters:show", { name: button.dataset.name }),
  "receipt": ({ button, thread, event }) => openReceipt(button, event, thread),
  "message-menu": async ({ button, article, thread }) => (await menu()).openMessageMenu(button, article, thread),
  "continue": ({ article, thread }) => tell(thread, "message:send", { continues: Number(article.dataset.message) }),
};

// What the first visit does not need is fetched when it is first wanted.
async function openReceipt(link, event, thread) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const [receipt] = await Promise.all([import("./receipt.js"), import("../elements/chat-code.js")]);
  receipt.openReceipt(link, thread);
}

const editing = () => import("./editing.js");
const menu = () => import("./message-menu.js");

export const sourceOf = (article) => getPiece(`/messages/${article.dataset.message}/source/`);

// `text` may be a promise: the clipboard is asked for while the click still counts.
export async function copy(text, button) {
  try {
    if (!navigator.clipboard) copyByHand(await text);
    else if (typeof text === "string") await navigator.clipboard.writeText(text);
    else {
      const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }
  } catch (error) {
    return toast(error.name === "NotAllowedError" ? "The browser did not allow copying." : error.message);
  }
  say("Copied.");
  flash(button);
}

// Without https there is no clipboard to ask, only this.
function copyByHand(text) {
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

function flash(button) {
  const use = button?.querySelector("use");
  const icon = use?.getAttribute("href");
  if (!icon || icon === "#icon-check") return;
  use.setAttribute("href", "#icon-check");
  setTimeout(() => use.setAttribute("href", icon), 1500);
}

async function showBranch(event, thread) {
  event.preventDefault();
  const { message } = Object.fromEntries(new FormData(event.target, event.submitter));
  try {
    const html = await post(new URL(event.target.action).pathname, { message });
    await thread.replace(toFragment(html));
    const article = document.getElementById(`message-${message}`);
    article?.querySelector(".branches button:not(:disabled)")?.focus();
    say(article?.querySelector(".branches span")?.getAttribute("aria-label") ?? "");
  } catch (error) {
    toast(error.message);
  }
}

export function tell(thread, type, detail) {
  thread.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
}
