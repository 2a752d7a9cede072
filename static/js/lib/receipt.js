// The receipt in its dialog, and what can be done with it: reproduce, rerun, compare, copy.
import { setHtml } from "./html.js";
import { copy, tell } from "./message-actions.js";
import { toast } from "./notices.js";
import { getPiece } from "./request.js";
import { parse } from "./values.js";

export async function openReceipt(link, thread) {
  const dialog = document.getElementById("receipt-dialog");
  dialog.onclick = (click) => clicked(click, dialog, thread);
  dialog.onsubmit = (submit) => submitted(submit, dialog);
  if (await show(dialog, link.getAttribute("href"))) dialog.showModal();
}

// What the panel says now, against what the receipt says: `[label, before, now]` for each difference.
export function changes(asked, present, labels = {}) {
  const found = [["Model", asked.model, present.model], ["System message", asked.system, present.system]];
  for (const name of new Set([...Object.keys(asked.parameters), ...Object.keys(present.parameters)])) {
    found.push([labels[name] ?? name, asked.parameters[name], present.parameters[name]]);
  }
  return found.filter(([, before, now]) => plain(before) !== plain(now));
}

async function show(dialog, address) {
  try {
    setHtml(dialog, await getPiece(address));
  } catch (error) {
    toast(error.message);
    return false;
  }
  const actions = dialog.querySelector(".receipt__actions");
  if (actions) offer(actions);
  return true;
}

function offer(actions) {
  const asked = JSON.parse(actions.querySelector("#receipt-asked").textContent);
  const found = changes(asked, present(), labels());
  actions.querySelector("[data-needs-page]").hidden = false;
  actions.querySelector("[data-receipt-action=rerun]").hidden = !found.length;
  const now = actions.querySelector("[data-now]");
  now.hidden = !found.length;
  now.textContent = `Different now: ${found.map(named).join("; ")}.`;
}

function named([label, before, now]) {
  if (label === "System message") return before && now ? "system message rewritten" : `system message ${now ? "added" : "removed"}`;
  return `${label} ${before === undefined ? "not sent" : plain(before)} → ${now === undefined ? "not sent" : plain(now)}`;
}

function clicked(event, dialog, thread) {
  const inside = event.target.closest("a[data-receipt]");
  if (inside) {
    event.preventDefault();
    show(dialog, inside.getAttribute("href")).then(() => dialog.querySelector("select, a, button")?.focus());
  }
  const button = event.target.closest("[data-receipt-action]");
  if (!button) return;
  event.preventDefault();
  const { turn, prompt } = button.closest(".receipt__actions").dataset;
  switch (button.dataset.receiptAction) {
    case "copy":
      return copy(getPiece(button.getAttribute("href")), button);
    case "code":
      return showCode(dialog, turn);
    case "reproduce":
      tell(thread, "message:send", { turn: Number(turn) });
      return dialog.close();
    case "rerun":
      tell(thread, "message:send", { message: Number(prompt) });
      return dialog.close();
  }
}

function showCode(dialog, turn) {
  const content = document.getElementById("receipt-code").content.cloneNode(true);
  content.querySelector("chat-code").dataset.turn = turn;
  content.querySelector("[data-receipt]").setAttribute("href", `/turns/${turn}/receipt/`);
  dialog.replaceChildren(content);
  dialog.querySelector("[data-receipt]").focus();
}

function submitted(event, dialog) {
  if (!event.target.matches("[data-difference]")) return;
  event.preventDefault();
  const { pathname } = new URL(event.target.action);
  show(dialog, `${pathname}?${new URLSearchParams(new FormData(event.target))}`)
    .then(() => dialog.querySelector("select")?.focus());
}

// The settings as they stand in the panel, checked or not.
export function present() {
  const sent = rows().filter((row) => row.querySelector(".switch").checked);
  return {
    model: document.querySelector("[data-action=pick-model]").dataset.model,
    system: document.getElementById("system").value,
    parameters: Object.fromEntries(sent.map((row) => [row.dataset.name, valueOf(row)])),
  };
}

function valueOf(row) {
  const text = row.querySelector("[data-value]").value;
  return parse(text, row.dataset).value ?? text;
}

const rows = () => [...document.querySelectorAll("chat-parameters .parameter")];
const labels = () => Object.fromEntries(rows().map(({ dataset }) => [dataset.name, dataset.label]));

// The same value gives the same text, whatever the order of its fields.
function plain(value) {
  if (typeof value === "string" || value === undefined) return value;
  return JSON.stringify(value, (_, inner) => (inner && typeof inner === "object" && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort())
    : inner));
}
