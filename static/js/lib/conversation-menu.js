// What can be done with one conversation: rename, file, pin, archive, delete, export. One menu serves
// every line of the history and the button in the top bar, which means the conversation that is open.
import { toFragment } from "./html.js";
import { openMenu } from "./menu.js";
import { say, toast } from "./notices.js";
import { post } from "./request.js";

const menu = document.getElementById("conversation-menu");
let history;

export function open(list, button) {
  if (!history) listen();
  history = list;
  const entry = button.closest(".rail__entry");
  if (entry) {
    aim(entry.dataset.conversation, entry.querySelector("a").textContent);
    openMenu(menu, button);
    return;
  }
  // The browser has opened it by itself; it may lie where a line had it.
  menu.style.inset = "";
  const conversation = current();
  aim(conversation, list.titleOf(conversation) ?? document.title.replace(/ · Playground$/, ""));
}

const current = () => document.querySelector("chat-page").dataset.conversation;

function listen() {
  menu.addEventListener("submit", submitted);
  menu.addEventListener("click", (event) => {
    const link = event.target.closest("[data-filing]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    menu.hidePopover();
    file(link.getAttribute("href"));
  });
}

function aim(conversation, title) {
  const [rename, change, remove] = menu.querySelectorAll("form");
  const isPinned = "pinned" in (history.entry(conversation)?.dataset ?? {});
  const pin = change.querySelector("[data-pin]");
  change.elements.conversation.value = conversation;
  pin.value = isPinned ? "unpin" : "pin";
  pin.textContent = isPinned ? "Unpin" : "Pin";
  rename.action = `/c/${conversation}/title/`;
  rename.elements.title.value = title;
  remove.action = `/c/${conversation}/deletion/`;
  for (const link of menu.querySelectorAll("[data-path]")) {
    link.href = `/c/${conversation}/${link.dataset.path}`;
  }
}

async function file(address) {
  const { ask } = await import("./question.js");
  ask(address, () => {
    toast("Folder and tags are saved.");
    say("Folder and tags are saved.");
    history.refresh();
  }, "labels.css");
}

async function submitted(event) {
  const form = event.target;
  if (form.matches("[data-change]")) return;
  const conversation = form.action.split("/").at(-3);
  const isCurrent = conversation === current();
  // Deleting what is open leaves this page: the browser goes where the server sends it.
  if (form.matches("[data-delete]") && isCurrent) return;
  event.preventDefault();
  menu.hidePopover();
  try {
    const html = await post(new URL(form.action).pathname, new FormData(form));
    if (form.matches("[data-rename]")) {
      history.put(conversation, html);
      if (isCurrent) document.title = `${form.elements.title.value} · Playground`;
    } else {
      history.entry(conversation)?.remove();
      toast(toFragment(html));
    }
  } catch (error) {
    toast(error.message);
  }
}
