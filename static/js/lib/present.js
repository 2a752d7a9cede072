// Who else has the conversation open: a quiet line of initials in the top bar.
import { say } from "./notices.js";
import { dress } from "./style.js";

const SHOWN = 4;
let before = new Set();

export async function show(people) {
  await dress("present.css");
  const names = people.map(({ name }) => name);
  const line = document.querySelector(".present") ?? made();
  line.hidden = !people.length;
  line.replaceChildren(...people.slice(0, SHOWN).map(({ name, initials }) => avatar(initials, name)));
  if (people.length > SHOWN) line.append(avatar(`+${people.length - SHOWN}`, names.slice(SHOWN).join(", ")));
  for (const name of names.filter((each) => !before.has(each))) say(`${name} is here.`);
  before = new Set(names);
}

function made() {
  const line = Object.assign(document.createElement("ul"), { className: "present", role: "list" });
  line.setAttribute("aria-label", "Also here");
  document.querySelector("chat-connection").before(line);
  return line;
}

function avatar(initials, name) {
  const item = Object.assign(document.createElement("li"), { className: "avatar avatar--small", title: name });
  const mark = Object.assign(document.createElement("span"), { textContent: initials });
  mark.setAttribute("aria-hidden", "true");
  item.append(mark, Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: name }));
  return item;
}
