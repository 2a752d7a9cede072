// The list of models: typing narrows it, arrows move in it, Enter picks. The focus stays in the
// search field, which names the active option, as the combobox pattern of WAI-ARIA has it.

class ChatModelPicker extends HTMLElement {
  #active = null;
  #abort = new AbortController();

  // Lifecycle

  connectedCallback() {
    const { signal } = this.#abort;
    document.querySelector("[data-action=pick-model]").addEventListener("click", () => this.#open(), { signal });
    this.#search.addEventListener("input", () => this.#filter(), { signal });
    this.#search.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    this.#list.addEventListener("click", ({ target }) => this.#pick(target.closest(".option")), { signal });
    this.#list.addEventListener("mousemove", ({ target }) => {
      const option = target.closest(".option");
      if (option && option !== this.#active) this.#activate(option);
    }, { signal });
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  // Actions

  #open() {
    this.#search.value = "";
    this.#dialog.showModal();
    this.#filter();
    const chosen = this.#list.querySelector("[aria-selected=true]");
    if (chosen) this.#activate(chosen, { block: "center" });
  }

  #pick(option) {
    if (!option) return;
    this.#list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    this.#dialog.close();
    const button = drawButton(option);
    document.dispatchEvent(new CustomEvent("model:pick", { detail: { key: option.dataset.key, button } }));
    document.getElementById("composer-text").focus();
  }

  // Private

  #filter() {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const option of this.#list.children) {
      option.hidden = !words.every((word) => option.dataset.search.includes(word));
    }
    this.querySelector(".picker__none").hidden = this.#shown.length > 0;
    this.#activate(this.#shown[0] ?? null);
  }

  #keyed(event) {
    const shown = this.#shown;
    const at = shown.indexOf(this.#active);
    const to = {
      ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, shown.length - 1), PageUp: Math.max(at - 8, 0),
    }[event.key];
    if (to !== undefined && shown.length) this.#activate(shown[(to + shown.length) % shown.length]);
    else if (event.key === "Enter" && !event.isComposing) this.#pick(this.#active);
    else return;
    event.preventDefault();
  }

  #activate(option, { block = "nearest" } = {}) {
    this.#active?.classList.remove("is-active");
    this.#active = option;
    option?.classList.add("is-active");
    option?.scrollIntoView({ block });
    if (option) this.#search.setAttribute("aria-activedescendant", option.id);
    else this.#search.removeAttribute("aria-activedescendant");
  }

  get #shown() { return [...this.#list.children].filter((option) => !option.hidden); }
  get #dialog() { return this.querySelector("dialog"); }
  get #search() { return this.querySelector("input"); }
  get #list() { return this.querySelector("[role=listbox]"); }
}

// The option once more, as the button in the top bar shows it.
function drawButton(option) {
  const make = (className, ...content) => {
    const element = document.createElement("span");
    element.className = className;
    element.append(...content);
    return element;
  };
  const text = (selector) => option.querySelector(selector).textContent;
  const name = make("model-button__name", text(".option__name"));
  const facts = make("model-button__facts num", text(".option__facts"));
  const arrow = document.querySelector("[data-action=pick-model] > .icon");
  return [option.querySelector(".avatar").cloneNode(true), make("model-button__text", name, facts), arrow];
}

customElements.define("chat-model-picker", ChatModelPicker);
