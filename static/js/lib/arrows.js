// Through the links of a list by keys: up and down, to its ends, and to what begins as typed; from the
// field above it and back.

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const TYPING_MS = 700;
const SHORTCUTS = "/? ";
let typed = "";
let timer = 0;

export function moveByKeys(event, field, list) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...list.querySelectorAll("a[href]")].filter((link) => link.checkVisibility());
  const stops = [field, ...links];
  const at = stops.indexOf(document.activeElement);
  if (at < 0) return;
  const next = event.key in STEPS ? stops[at + STEPS[event.key]] : at && among(links, at - 1, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function among(links, at, key) {
  if (key === "Home") return links[0];
  if (key === "End") return links.at(-1);
  if (key.length > 1 || SHORTCUTS.includes(key)) return null;
  typed += key.toLowerCase();
  clearTimeout(timer);
  timer = setTimeout(() => { typed = ""; }, TYPING_MS);
  // One letter goes on from here; more of them narrow down what is already there.
  const from = typed.length > 1 ? at : at + 1;
  const order = [...links.slice(from), ...links.slice(0, from)];
  return order.find((link) => link.textContent.trim().toLowerCase().startsWith(typed));
}
