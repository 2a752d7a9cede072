// A conversation that is dragged from the list onto a folder or a tag. The browser drags links by
// itself, with their address; everything that can be done so can be done in the menu as well.
import { toFragment } from "./html.js";
import { toast } from "./notices.js";
import { post } from "./request.js";

const receiving = new WeakSet();
const TARGET = "[data-folder], [data-tag]";
const ADDRESS = /\/c\/([0-9a-f-]{36})\//;

export function receive(history, signal) {
  if (receiving.has(history)) return;
  receiving.add(history);
  const shelf = () => history.querySelector(".shelf");
  const mark = (target) => {
    history.querySelector(".is-over")?.classList.remove("is-over");
    target?.classList.add("is-over");
  };
  const begin = () => shelf()?.querySelector(TARGET) && (shelf().open = true);
  if (history.matches(":has(.rail__item:active)")) begin(); // what was begun while this was fetched
  history.addEventListener("dragstart", begin, { signal });
  history.addEventListener("dragend", () => mark(null), { signal });
  history.addEventListener("dragover", (event) => {
    const target = event.target.closest(TARGET);
    mark(target);
    if (target) event.preventDefault();
  }, { signal });
  history.addEventListener("drop", (event) => {
    const target = event.target.closest(TARGET);
    const conversation = ADDRESS.exec(event.dataTransfer.getData("text/uri-list"))?.[1];
    mark(null);
    if (!target || !conversation) return;
    event.preventDefault();
    const { folder, tag } = target.dataset;
    file(history, folder ? { change: "move", folder, conversation } : { change: "tag", tag, conversation });
  }, { signal });
}

async function file(history, fields) {
  try {
    toast(toFragment(await post("/history/changes/", fields)));
    await history.refresh();
  } catch (error) {
    toast(error.message);
  }
}
