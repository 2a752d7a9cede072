// One file of the message that is being written, and how it stands with it: on its way (neither
// `file` nor `error`), taken (`file`, as the server described it), or not (`error`).

const SHOWN = ["image/png", "image/jpeg", "image/webp", "image/gif"];

export class FileChip {
  file = null;
  error = "";
  abort = new AbortController();
  #blob = null;

  // `given` is what the browser has, or what the server described before.
  constructor(template, given) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.name = given.name;
    this.size = given.size;
    if (given.id) this.file = given;
    if (given.preview) this.#picture(given.preview);
    if (SHOWN.includes(given.type)) this.#picture(this.#blob = URL.createObjectURL(given));
    this.label();
  }

  get isOnItsWay() {
    return !this.file && !this.error;
  }

  get isPdf() {
    return this.file?.media_type === "application/pdf";
  }

  // What the model says to it.
  get warning() {
    return this.file?.warning ?? null;
  }

  get kind() {
    const type = this.file.media_type;
    return this.isPdf ? "PDF" : { image: "image", audio: "sound" }[type.split("/")[0]];
  }

  // `share` of the body that is sent; null when there is nothing to wait for.
  progress(share) {
    const bar = this.element.querySelector("progress");
    bar.hidden = share === null;
    if (share === 1) bar.removeAttribute("value"); // the server is looking into it
    else if (share !== null) bar.value = share;
  }

  label() {
    const { element, file, error, warning } = this;
    const find = (name) => element.querySelector(`[data-${name}]`);
    find("name").textContent = file?.name ?? this.name;
    find("note").textContent = error || warning?.sentence || inUnits(file?.size ?? this.size);
    find("remove").setAttribute("aria-label", `Remove ${file?.name ?? this.name}`);
    find("mend").hidden = !warning?.is_refusal && !(warning && this.isPdf);
    find("mend").textContent = this.isPdf ? "Send its text" : "Pick a model";
    element.classList.toggle("chip--bad", Boolean(error || warning?.is_refusal));
    element.classList.toggle("chip--warn", Boolean(warning && !warning.is_refusal));
  }

  remove() {
    this.abort.abort();
    this.element.remove();
    if (this.#blob) URL.revokeObjectURL(this.#blob);
  }

  #picture(src) {
    const image = Object.assign(new Image(), { src, alt: "" });
    this.element.querySelector(".chip__picture").replaceChildren(image);
  }
}

function inUnits(size) {
  if (size < 1024) return `${size} bytes`;
  return size < 1024 * 1024 ? `${Math.round(size / 1024)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}
