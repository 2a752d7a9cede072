// Into a temporary conversation, with what is set, written and attached. The browser forgets its
// draft of that only when the server has it.
import { toast } from "./notices.js";
import { present } from "./receipt.js";

export async function enter(form) {
  const text = document.getElementById("composer-text");
  const files = document.querySelector("chat-attachments");
  const ids = files.list.map(({ id }) => id);
  form.elements.state.value = JSON.stringify({ ...present(), text: text.value, files: ids });
  let address;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    address = new URL(response.url);
  } catch {
    return toast("The server cannot be reached.");
  }
  // A page that says why not is the browser's to show.
  if (!address.pathname.startsWith("/c/")) return form.submit();
  text.value = "";
  files.clear();
  location.assign(address);
}
