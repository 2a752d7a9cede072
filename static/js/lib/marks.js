// The name and the star of a message.
import { setHtml, toFragment } from "./html.js";
import { say, toast } from "./notices.js";
import { getPiece, post } from "./request.js";

export async function star(message, isStarred) {
  try {
    show(message, await post(`/messages/${message}/mark/`, { star: isStarred ? "on" : "off" }));
    say(isStarred ? "Starred." : "The star is gone.");
  } catch (error) {
    toast(error.message);
  }
}

export async function askName(message) {
  const dialog = document.getElementById("question");
  dialog.onclick = (event) => {
    if (event.target.matches("[data-close]")) event.preventDefault();
  };
  dialog.onsubmit = async (event) => {
    event.preventDefault();
    try {
      show(message, await post(`/messages/${message}/mark/`, new FormData(event.target, event.submitter)));
      dialog.close();
    } catch (error) {
      toast(error.message);
    }
  };
  try {
    setHtml(dialog, await getPiece(`/messages/${message}/mark/`));
    dialog.showModal();
  } catch (error) {
    toast(error.message);
  }
}

function show(message, html) {
  document.querySelector(`#message-${message} .message__mark`)?.replaceWith(toFragment(html));
}
