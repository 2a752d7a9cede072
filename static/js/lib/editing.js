// A message in an editor of its own; what is sent begins another branch.
import { sourceOf, tell } from "./message-actions.js";
import { toast } from "./notices.js";

export async function edit(article, thread) {
  if (article.querySelector(".editor")) return;
  try {
    const text = await sourceOf(article);
    openEditor(article, text, thread);
  } catch (error) {
    toast(error.message);
  }
}

function openEditor(article, text, thread) {
  const editor = document.getElementById("message-editor").content.firstElementChild.cloneNode(true);
  const field = editor.elements.text;
  const hidden = [...article.children];
  const files = [...article.querySelectorAll("[data-file]")].map(({ dataset }) => ({ id: dataset.file }));
  field.required = !files.length;
  const close = () => {
    editor.remove();
    for (const element of hidden) element.hidden = false;
    article.querySelector("[data-action=edit]").focus();
  };
  for (const element of hidden) element.hidden = true;
  article.append(editor);
  field.value = text;
  field.focus();
  field.setSelectionRange(text.length, text.length);
  editor.querySelector("[data-cancel]").addEventListener("click", close);
  editor.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && event.target === field) {
      event.preventDefault();
      editor.requestSubmit();
    }
  });
  editor.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim() && !files.length) return field.focus();
    const parent = Number(article.dataset.parent) || null;
    // The editor stays until the new branch takes its place, so that a refusal loses nothing.
    const from = { accepted() {}, refused: (message) => toast(message) };
    tell(thread, "message:send", { text: field.value, files, parent, from });
  });
}
