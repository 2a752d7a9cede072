// A form that takes a while: its file goes up in pieces, so that it may be larger than a request, and
// what the server does then is watched line by line. The page it leads to knows how far it came.

const PIECE = 512 * 1024;
const FAILED = "The server could not take the file.";

class ImportForm extends HTMLElement {
  #abort = new AbortController();
  #work = null;

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.querySelector("[data-cancel]").addEventListener("click", () => this.#work?.abort(), { signal });
  }

  disconnectedCallback() {
    this.#abort.abort();
    this.#work?.abort();
  }

  // Private

  async #submitted(event) {
    event.preventDefault();
    if (this.#work) return;
    this.#work = new AbortController();
    const { signal } = this.#work;
    const file = this.#form.elements.file?.files[0];
    this.#show({ isBusy: true });
    let hasBegun = false;
    try {
      if (file) await this.#send(file, signal);
      hasBegun = !file;
      await this.#watch(signal);
      location.assign("/data/");
    } catch (error) {
      // An import that was stopped has brought something: the page tells what.
      if (hasBegun) location.assign("/data/");
      else this.#show({ isBusy: false, message: error.name === "AbortError" ? "" : error.message });
    } finally {
      this.#work = null;
    }
  }

  async #send(file, signal) {
    for (let offset = 0; offset === 0 || offset < file.size; offset += PIECE) {
      this.#tell("Uploading", Math.min(1, offset / file.size || 0));
      const body = file.slice(offset, offset + PIECE);
      await post(`/imports/pieces/?offset=${offset}`, { body, signal, type: "application/octet-stream" });
    }
  }

  async #watch(signal) {
    this.#tell(this.dataset.doing, 0);
    const response = await post(new URL(this.#form.action).pathname, { signal });
    let rest = "";
    let done = 0;
    for await (const piece of pieces(response.body.pipeThrough(new TextDecoderStream()))) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop();
      if (lines.length) ({ done } = JSON.parse(lines.at(-1)));
      this.#tell(this.dataset.doing, done);
    }
    if (done < 1) throw new Error("The server stopped on the way. Try again: nothing is kept twice.");
  }

  #tell(doing, done) {
    const text = `${doing}: ${Math.floor(done * 100)} %`;
    this.querySelector("[data-status]").textContent = text;
    this.querySelector("progress").value = done;
  }

  #show({ isBusy, message = "" }) {
    this.querySelector("[data-progress]").hidden = !isBusy;
    for (const control of this.#form.querySelectorAll("button:not([data-cancel]), input[type=file]")) {
      control.disabled = isBusy;
    }
    this.querySelector("[data-error]").textContent = message;
  }

  get #form() { return this.querySelector("form"); }
}

async function post(url, { body, signal, type = "application/x-www-form-urlencoded" }) {
  const headers = {
    "Content-Type": type,
    "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
    "X-Fragment": "1",
  };
  const response = await fetch(url, { method: "POST", body, headers, signal });
  if (!response.ok) throw new Error(await reason(response));
  return response;
}

async function reason(response) {
  try {
    return (await response.json()).message ?? FAILED;
  } catch {
    return FAILED;
  }
}

// Not every browser iterates over a stream.
async function* pieces(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}

customElements.define("import-form", ImportForm);
