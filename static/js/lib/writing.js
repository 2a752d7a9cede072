// A field in which somebody writes: its height follows the words, and the words outlive the page.

export function fit(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

export const draftOf = (key) => localStorage.getItem(key) ?? "";

export function keepDraft(key, pieces) {
  const text = pieces.filter(Boolean).join("\n\n");
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // The storage is full or forbidden: the draft lives as long as the page.
  }
}
