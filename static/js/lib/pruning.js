// Deleting a message: the server says how much goes with it, and is told how much it may take.
import { setHtml } from "./html.js";
import { say, toast } from "./notices.js";
import { getPiece, post } from "./request.js";

export async function askDeletion(article, thread) {
  const address = `/messages/${article.dataset.message}/deletion/`;
  const dialog = document.getElementById("question");
  dialog.onclick = (event) => {
    // Not an expression: a handler that returns false cancels every click.
    if (event.target.matches("[data-close]")) event.preventDefault();
  };
  dialog.onsubmit = (event) => submitted(event, dialog, thread);
  try {
    setHtml(dialog, await getPiece(address));
    dialog.showModal();
  } catch (error) {
    toast(error.message);
  }
}

async function submitted(event, dialog, thread) {
  event.preventDefault();
  try {
    const html = await post(new URL(event.target.action).pathname, new FormData(event.target));
    if (html) return setHtml(dialog, html);
    dialog.close();
    thread.dispatchEvent(new CustomEvent("thread:lost", { bubbles: true }));
    say("Deleted.");
  } catch (error) {
    toast(error.message);
  }
}
