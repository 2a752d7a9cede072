// A field in which somebody writes: its height follows the words, and the words outlive the page.

export function fit(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

// A temporary conversation leaves nothing in the browser; what it begins with is on the page.
const NOWHERE = {
  getItem: (key) => (key.startsWith("files:") ? document.getElementById("temporary-files").textContent : null),
  setItem() {},
  removeItem() {},
};

export const storage = () => (document.querySelector("[data-temporary]") ? NOWHERE : localStorage);

export const draftOf = (key) => storage().getItem(key) ?? "";

export function keepDraft(key, pieces) {
  const text = pieces.filter(Boolean).join("\n\n");
  try {
    if (text) storage().setItem(key, text);
    else storage().removeItem(key);
  } catch {
    // The storage is full or forbidden: the draft lives as long as the page.
  }
}

const KEPT_MS = 23 * 3600 * 1000; // the server forgets after a day what was never sent

export function keptFiles(key) {
  try {
    return (JSON.parse(storage().getItem(key)) ?? []).filter(({ at }) => Date.now() - at < KEPT_MS);
  } catch {
    return []; // storage is forbidden, or holds something else
  }
}

export function keepFiles(key, files) {
  try {
    if (files.length) storage().setItem(key, JSON.stringify(files));
    else storage().removeItem(key);
  } catch {
    // They live as long as the page.
  }
}
