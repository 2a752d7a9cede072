// Everything the page is made of, and what belongs to no part of it: dialogs, theme, shortcuts.
import "./elements/chat-connection.js";
import "./elements/chat-page.js"; // listens before its parts speak
import "./elements/chat-history.js";
import "./elements/chat-model-picker.js";
import "./elements/chat-attachments.js"; // before the composer asks it
import "./elements/chat-composer.js";
import "./elements/chat-estimate.js";
import "./elements/chat-parameters.js";
import "./elements/chat-thread.js";

const YEAR = 365 * 24 * 3600;

document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone};path=/;max-age=${YEAR};samesite=lax`;

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-dismiss]")) target.closest(".toast").remove();
  if (target.closest("[data-close]") || target.matches("dialog")) target.closest("dialog")?.close();
  if (target.closest("[data-action=shortcuts]")) openShortcuts();
  if (target.closest("[data-action=tree]")) openTree(event);
});

document.querySelector("[data-theme-form]").addEventListener("submit", (event) => {
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `theme=${theme};path=/;max-age=${YEAR};samesite=lax${secure}`;
  for (const button of event.target.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", button.value === theme);
  }
});

// What was opened over a narrow page has its own place on a wide one.
for (const [id, width] of [["panel", 1280], ["rail", 768]]) {
  matchMedia(`(width >= ${width}px)`).addEventListener("change", () => {
    const element = document.getElementById(id);
    if (element.matches(":popover-open")) element.hidePopover();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return;
  const isCommand = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const isTyping = event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (isCommand && key === "k") search();
  else if (isCommand && event.shiftKey && key === "o") location.assign("/");
  else if (isCommand && event.shiftKey && key === "m") document.querySelector("[data-action=pick-model]").click();
  else if (isCommand && key === ".") document.querySelector("[data-stop]:not([hidden])")?.click();
  else if (!isCommand && !isTyping && key === "?") openShortcuts();
  else if (!isCommand && !isTyping && key === "/") document.getElementById("composer-text").focus();
  else return;
  event.preventDefault();
});

function search() {
  const rail = document.getElementById("rail");
  if (getComputedStyle(rail).display === "none") rail.showPopover();
  rail.querySelector("[data-shortcut=search]").select();
}

function openShortcuts() {
  document.getElementById("user-menu").hidePopover();
  document.getElementById("shortcuts").showModal();
}

// Of the conversation that is open; that of another one is a page of its own.
async function openTree(event) {
  const { conversation } = document.querySelector("chat-page").dataset;
  if (!conversation || !event.target.closest("a").href.includes(conversation) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.getElementById("conversation-menu").hidePopover();
  (await import("./lib/tree.js")).openTree(conversation);
}
