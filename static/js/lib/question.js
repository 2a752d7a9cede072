// A form that the server draws into the dialog for questions, again and again until it is content.
import { setHtml } from "./html.js";
import { toast } from "./notices.js";
import { getPiece, post } from "./request.js";
import { dress } from "./style.js";

export async function ask(address, done, style) {
  const dialog = document.getElementById("question");
  if (style) await dress(style);
  dialog.onclick = (event) => {
    // Not an expression: a handler that returns false cancels every click.
    if (event.target.matches("[data-close]")) event.preventDefault();
  };
  dialog.onsubmit = (event) => submitted(event, dialog, done);
  try {
    setHtml(dialog, await getPiece(address));
    dialog.showModal();
  } catch (error) {
    toast(error.message);
  }
}

async function submitted(event, dialog, done) {
  event.preventDefault();
  try {
    const html = await post(new URL(event.target.action).pathname, new FormData(event.target));
    if (html) return setHtml(dialog, html);
    dialog.close();
    done();
  } catch (error) {
    toast(error.message);
  }
}
