// Into a temporary conversation, with what is set, written and attached: the browser forgets its draft.
import { present } from "./receipt.js";

export function enter(form) {
  const text = document.getElementById("composer-text");
  const files = document.querySelector("chat-attachments");
  const ids = files.list.map(({ id }) => id);
  form.elements.state.value = JSON.stringify({ ...present(), text: text.value, files: ids });
  text.value = "";
  files.clear();
  form.submit();
}
