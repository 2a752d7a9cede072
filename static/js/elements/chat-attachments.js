// The files of the message that is being written: picked, dropped or pasted, uploaded at once, and
// kept with the draft. What the server does not take, or the model, says so on its chip.
import { say, toast } from "../lib/notices.js";
import { post } from "../lib/request.js";
import { keepFiles, keptFiles } from "../lib/writing.js";

const MOST = 20;

class ChatAttachments extends HTMLElement {
  #chips = [];
  #kit = null;
  #loading = 0;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    const form = this.closest("form");
    const on = (target, type, act) => target.addEventListener(type, act, { signal });
    on(form.querySelector("[data-action=attach]"), "click", () => this.#input.click());
    on(this.#input, "change", () => this.#picked());
    on(form, "paste", (event) => this.#pasted(event));
    on(document, "dragover", (event) => this.#dragged(event));
    on(document, "dragleave", ({ relatedTarget }) => !relatedTarget && this.#drop(false));
    on(document, "drop", (event) => this.#dropped(event));
    on(document, "model:pick", ({ detail }) => this.#judge(detail.key));
    on(this, "click", (event) => this.#clicked(event));
    this.#restore();
  }

  disconnectedCallback() { this.#abort.abort(); }

  // Actions

  get list() { return this.#chips.filter(({ file }) => file).map(({ file }) => file); }

  get isBusy() { return this.#loading > 0 || this.#chips.some((chip) => chip.isOnItsWay); }

  // What has to be mended before the message can go; empty if nothing has.
  get problem() {
    if (this.isBusy) return "A file is still on its way.";
    if (this.#chips.some(({ error }) => error)) return "Remove the file that could not be attached.";
    const warning = this.#chips.find((chip) => chip.warning?.is_refusal)?.warning;
    return warning ? `${warning.sentence} Pick another model, or remove the file.` : "";
  }

  put(files) {
    if (files.length && !this.#kit) return this.#load(() => this.put(files));
    const known = new Set(this.list.map(({ id }) => id));
    for (const file of files) if (!known.has(file.id)) this.#draw(file);
    this.#changed();
  }

  clear() {
    for (const chip of this.#chips) chip.remove();
    this.#chips = [];
    this.#changed();
  }

  moved() {
    keepFiles("files:new", []);
    this.#changed();
  }

  // Private

  #picked() {
    this.#add([...this.#input.files]);
    this.#input.value = "";
  }

  // What only those need who attach something.
  async #load(then) {
    this.#loading += 1;
    this.#changed();
    try {
      const kit = await Promise.all([import("../lib/file-chip.js"), import("../lib/upload.js")]);
      this.#kit = Object.assign({}, ...kit);
    } catch {
      toast("Files cannot be attached before the connection is back.");
    } finally {
      this.#loading -= 1;
    }
    if (this.#kit) then();
    else this.#tell();
  }

  // A table out of a spreadsheet comes as text and as a picture of it: then the text is meant.
  #pasted(event) {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.#add([...files]);
  }

  #dragged(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.#drop(true);
  }

  #dropped(event) {
    this.#drop(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    this.#add([...event.dataTransfer.files]);
  }

  #drop(isOver) {
    this.closest(".composer").toggleAttribute("data-dropping", isOver);
  }

  #add(files) {
    if (!this.#kit) return this.#load(() => this.#add(files));
    const room = MOST - this.#chips.length;
    if (files.length > room) toast(`A message may have ${MOST} files.`);
    for (const file of files.slice(0, room)) {
      const chip = this.#draw(file);
      const onProgress = (share) => chip.progress(share);
      this.#settle(chip, this.#kit.upload(file, { model: this.#model, onProgress, signal: chip.abort.signal }));
    }
  }

  async #settle(chip, promise) {
    chip.progress(0);
    this.#changed();
    try {
      chip.file = { ...await promise, at: Date.now() };
      say(`${chip.file.name} is attached.`);
    } catch (error) {
      if (error.name === "AbortError") return;
      chip.error = error.message;
      say(error.message);
    }
    chip.progress(null);
    chip.label();
    this.#changed();
  }

  #clicked({ target }) {
    const chip = this.#chips.find(({ element }) => element.contains(target));
    if (target.closest("[data-remove]")) return this.#remove(chip);
    if (!target.closest("[data-mend]")) return;
    if (!chip.isPdf) return document.querySelector("[data-action=pick-model]").click();
    const { id } = chip.file;
    chip.file = null;
    this.#settle(chip, this.#kit.textOf(id, { model: this.#model, signal: chip.abort.signal }));
  }

  #remove(chip) {
    chip.remove();
    this.#chips = this.#chips.filter((other) => other !== chip);
    if (chip.file) post(`/files/${chip.file.id}/deletion/`).catch(() => {}); // else the server does
    document.getElementById("composer-text").focus();
    say(`${chip.name} is removed.`);
    this.#changed();
  }

  #draw(given) {
    const chip = new this.#kit.FileChip(this.querySelector("template"), given);
    this.#chips.push(chip);
    this.querySelector("ul").append(chip.element);
    return chip;
  }

  // Another model may take what this one does not.
  async #judge(model) {
    if (!this.#chips.length) return;
    try {
      const { cautions } = await this.#kit.rulesFor(model);
      for (const chip of this.#chips) if (chip.file) chip.file.warning = cautions[chip.kind] ?? null;
    } catch (error) {
      return toast(error.message);
    }
    for (const chip of this.#chips) chip.label();
    this.#changed();
  }

  #restore() {
    const kept = keptFiles(this.#key);
    if (kept.length) this.#load(() => { this.put(kept); this.#judge(this.#model); });
    else this.#changed();
  }

  #changed() {
    this.querySelector("ul").hidden = !this.#chips.length;
    if (!this.#loading) keepFiles(this.#key, this.list); // else what is kept is on its way here
    this.#tell();
  }

  #tell() { this.dispatchEvent(new CustomEvent("attachments:change", { bubbles: true })); }

  get #model() { return document.querySelector("[data-action=pick-model]").dataset.model ?? ""; }
  get #key() { return `files:${this.closest("chat-page").dataset.conversation || "new"}`; }
  get #input() { return this.querySelector("input"); }
}

customElements.define("chat-attachments", ChatAttachments);
