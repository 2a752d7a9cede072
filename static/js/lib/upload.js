// Files on their way to the server. Every failure is an Error whose message a person may read.
import { getPiece } from "./request.js";

const LARGEST = 25 * 1024 * 1024;

// `{ticket, cautions}`: what lets a large body in, and what the model says to each kind of file.
export const rulesFor = async (model) => JSON.parse(await getPiece(`/files/rules/?${new URLSearchParams({ model })}`));

// What the server made of it: `{id, name, media_type, size, preview, warning}`.
export async function upload(file, { model, onProgress, signal }) {
  if (file.size > LARGEST) throw new Error("It is too large: a file may have 25 MiB.");
  const { ticket } = await rulesFor(model);
  const form = new FormData();
  form.append("model", model);
  const { temporary, conversation } = document.querySelector("chat-page").dataset;
  if (temporary) form.append("conversation", conversation);
  form.append("file", file, file.name);
  return send("/files/", form, { ticket, onProgress, signal });
}

// The text of a PDF, as another file.
export function textOf(id, { model, signal }) {
  const form = new FormData();
  form.append("model", model);
  return send(`/files/${id}/text/`, form, { signal });
}

// XMLHttpRequest, because `fetch` does not tell how far a body has got.
function send(url, form, { ticket = "", onProgress = () => {}, signal }) {
  const request = new XMLHttpRequest();
  request.open("POST", url);
  request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]").content);
  request.setRequestHeader("X-Fragment", "1");
  request.setRequestHeader("X-Upload-Ticket", ticket);
  request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => {
      const { error, result } = read(request);
      if (error) reject(new Error(error));
      else resolve(result);
    });
    request.addEventListener("error", () => reject(new Error("It did not get through to the server.")));
    request.addEventListener("abort", () => reject(new DOMException("Removed.", "AbortError")));
    request.send(form);
  });
}

function read({ status, responseURL, responseText }) {
  if (new URL(responseURL || location.href).pathname === "/sign-in/") return { error: "You are signed out." };
  if (status === 413) return { error: "It is too large: a file may have 25 MiB." };
  if (status === 404) return { error: "It is not there any more." };
  try {
    const result = JSON.parse(responseText);
    return { result, error: result.error };
  } catch {
    return { error: "The server could not take it." };
  }
}
