// What the page tells: sentences for screen readers, toasts for everyone.

const STAYS_MS = 8000;
const SENTENCE = /[\s\S]*[.!?…:。！？]["')\]”’]*(?=\s|$)/;

export function say(sentence) {
  document.getElementById("announcer").textContent = sentence;
}

// `content` is text, or the fragment of a toast that the server drew.
export function toast(content) {
  const box = document.querySelector(".toasts");
  let item = content;
  if (typeof content === "string") {
    item = document.createElement("div");
    item.className = "toast";
    item.append(Object.assign(document.createElement("span"), { textContent: content }));
  } else {
    item = content.firstElementChild;
  }
  box.replaceChildren(item);
  setTimeout(() => item.matches(":hover, :focus-within") || item.remove(), STAYS_MS);
}

// Reads a growing answer aloud, whole sentences at a time.
export class Narrator {
  #read = 0;

  tell(text) {
    const rest = text.slice(this.#read);
    const sentences = SENTENCE.exec(rest)?.[0];
    if (!sentences?.trim()) return;
    this.#read += sentences.length;
    say(sentences.trim());
  }

  end(text, closing) {
    say(`${text.slice(this.#read).trim()} ${closing}`.trim());
  }
}
