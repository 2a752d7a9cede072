// What is seldom done with a message.
import { openMenu } from "./menu.js";
import { copy } from "./message-actions.js";

export function copyLink(article, button) {
  copy(`${location.origin}/c/${conversation()}/?message=${article.dataset.message}`, button);
}

const conversation = () => document.querySelector("chat-page").dataset.conversation;

export function openMessageMenu(button, article, thread) {
  const menu = document.getElementById("message-menu");
  const { message } = article.dataset;
  const isStarred = Boolean(article.querySelector(".message__mark svg"));
  menu.querySelector("[data-action=star]").textContent = isStarred ? "Remove the star" : "Star";
  menu.onclick = ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    menu.hidePopover();
    if (action === "copy-plain") copy(plainText(article), button);
    if (action === "link") copyLink(article, button);
    if (action === "share") location.assign(`/c/${conversation()}/shares/new/?message=${message}`);
    if (action === "replay") location.assign(`/c/${conversation()}/replay/?message=${article.dataset.message}`);
    if (action === "delete") askDeletion(article, thread);
    if (action === "star") import("./marks.js").then(({ star }) => star(message, !isStarred));
    if (action === "name") import("./marks.js").then(({ askName }) => askName(message));
  };
  openMenu(menu, button);
}

async function askDeletion(article, thread) {
  (await import("./pruning.js")).askDeletion(article, thread);
}

// What is read, without what was thought.
function plainText(article) {
  const parts = article.querySelectorAll(".part:not(.part--reasoning)");
  return [...parts].map((part) => part.innerText).join("\n\n");
}
