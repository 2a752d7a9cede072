// A file goes up in pieces, so that it may be larger than a request; then the form asks what is in it.

const PIECE = 512 * 1024;

class ImportForm extends HTMLElement {
  #abort = new AbortController();
  #upload = null;

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.querySelector("[data-cancel]").addEventListener("click", () => this.#upload?.abort(), { signal });
  }

  disconnectedCallback() {
    this.#abort.abort();
    this.#upload?.abort();
  }

  // Private

  async #submitted(event) {
    event.preventDefault();
    const field = this.#form.elements.file;
    const [file] = field.files;
    if (!file || this.#upload) return;
    this.#upload = new AbortController();
    this.#show({ isBusy: true });
    try {
      await this.#send(file, this.#upload.signal);
      field.disabled = true; // It is there already.
      this.#form.submit();
    } catch (error) {
      this.#show({ isBusy: false, message: error.name === "AbortError" ? "" : error.message });
    } finally {
      this.#upload = null;
    }
  }

  async #send(file, signal) {
    for (let offset = 0; offset === 0 || offset < file.size; offset += PIECE) {
      const response = await fetch(`/imports/pieces/?offset=${offset}`, {
        method: "POST",
        body: file.slice(offset, offset + PIECE),
        headers: {
          "Content-Type": "application/octet-stream",
          "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
        },
        signal,
      });
      if (!response.ok) throw new Error(await reason(response));
      this.querySelector("progress").value = Math.min(1, (offset + PIECE) / file.size);
    }
  }

  #show({ isBusy, message = "" }) {
    this.querySelector("progress").hidden = !isBusy;
    this.querySelector("[data-cancel]").hidden = !isBusy;
    this.querySelector("[data-error]").textContent = message;
  }

  get #form() { return this.querySelector("form"); }
}

async function reason(response) {
  try {
    return (await response.json()).message;
  } catch {
    return "The server could not take the file.";
  }
}

customElements.define("import-form", ImportForm);
