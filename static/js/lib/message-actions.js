// What can be done with a message: copy, answer again, edit, another branch, receipt, link.
import { toFragment } from "./html.js";
import { openMenu } from "./menu.js";
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
  "link": ({ button, article }) => copyLink(article, button),
  "again": ({ button, thread }) => tell(thread, "message:send", { message: Number(button.dataset.prompt) }),
  "again-without": ({ button, thread }) => {
    tell(thread, "parameters:drop", { name: button.dataset.name });
    tell(thread, "message:send", { message: Number(button.dataset.prompt) });
  },
  "edit": ({ article, thread }) => edit(article, thread),
  "field": ({ button, thread }) => tell(thread, "parameters:show", { name: button.dataset.name }),
  "receipt": ({ button, thread, event }) => openReceipt(button, event, thread),
  "message-menu": ({ button, article, thread }) => openMessageMenu(button, article, thread),
  "continue": ({ article, thread }) => tell(thread, "message:send", { text: CONTINUE, parent: Number(article.dataset.message) }),
};

const CONTINUE = "Go on exactly where you stopped.";

// What the first visit does not need is fetched when it is first wanted.
async function openReceipt(link, event, thread) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const [receipt] = await Promise.all([import("./receipt.js"), import("../elements/chat-code.js")]);
  receipt.openReceipt(link, thread);
}

async function askDeletion(article, thread) {
  const pruning = await import("./pruning.js");
  pruning.askDeletion(article, thread);
}

const sourceOf = (article) => getPiece(`/messages/${article.dataset.message}/source/`);

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

function copyLink(article, button) {
  copy(`${location.origin}/c/${conversation()}/?message=${article.dataset.message}`, button);
}

const conversation = () => document.querySelector("chat-page").dataset.conversation;

function openMessageMenu(button, article, thread) {
  const menu = document.getElementById("message-menu");
  menu.onclick = ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    menu.hidePopover();
    if (action === "copy-plain") copy(plainText(article), button);
    if (action === "link") copyLink(article, button);
    if (action === "replay") location.assign(`/c/${conversation()}/replay/?message=${article.dataset.message}`);
    if (action === "delete") askDeletion(article, thread);
  };
  openMenu(menu, button);
}

// What is read, without what was thought.
function plainText(article) {
  const parts = article.querySelectorAll(".part:not(.part--reasoning)");
  return [...parts].map((part) => part.innerText).join("\n\n");
}

async function edit(article, thread) {
  if (article.querySelector(".editor")) return;
  try {
    const text = await sourceOf(article);
    openEditor(article, text, thread);
  } catch (error) {
    toast(error.message);
  }
}

function openEditor(article, text, thread) {
  const editor = document.getElementById("message-editor").content.firstElementChild.cloneNode(true);
  const field = editor.elements.text;
  const hidden = [...article.children];
  const files = [...article.querySelectorAll("[data-file]")].map(({ dataset }) => ({ id: dataset.file }));
  field.required = !files.length;
  const close = () => {
    editor.remove();
    for (const element of hidden) element.hidden = false;
    article.querySelector("[data-action=edit]").focus();
  };
  for (const element of hidden) element.hidden = true;
  article.append(editor);
  field.value = text;
  field.focus();
  field.setSelectionRange(text.length, text.length);
  editor.querySelector("[data-cancel]").addEventListener("click", close);
  editor.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && event.target === field) {
      event.preventDefault();
      editor.requestSubmit();
    }
  });
  editor.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim() && !files.length) return field.focus();
    const parent = Number(article.dataset.parent) || null;
    // The editor stays until the new branch takes its place, so that a refusal loses nothing.
    const from = { accepted() {}, refused: (message) => toast(message) };
    tell(thread, "message:send", { text: field.value, files, parent, from });
  });
}

async function showBranch(event, thread) {
  event.preventDefault();
  const { message } = Object.fromEntries(new FormData(event.target, event.submitter));
  try {
    const html = await post(new URL(event.target.action).pathname, { message });
    thread.replace(toFragment(html));
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
