// The pill that says whether the page hears the server.
import { say } from "../lib/notices.js";

const STATES = {
  connecting: ["Connecting", "idle"],
  catchingUp: ["Catching up", "accent"],
  live: ["Live", "good"],
  reconnecting: ["Reconnecting", "warn"],
  offline: ["Offline", "bad"],
  gone: ["Gone", "bad"],
};

class ChatConnection extends HTMLElement {
  #name = "connecting";
  #label = "";
  #viewers = 0;

  show({ name, seconds, text, isSignedOut = false }) {
    const [label, tone] = STATES[name];
    this.#label = seconds ? `${label} (${seconds} s)` : label;
    this.#write();
    this.className = `pill pill--${tone}`;
    this.title = text ?? "The page's connection to this server";
    if (name !== this.#name) this.#tell(name, text);
    this.#name = name;
    this.#notice(name === "offline" || name === "gone" ? text : "", isSignedOut);
  }

  // How many look on through a live share.
  watched(count) {
    this.#viewers = count;
    this.#write();
  }

  #write() {
    this.textContent = this.#viewers ? `${this.#label} · ${this.#viewers} watching` : this.#label;
  }

  // What does not mend itself is said where the next message would be written.
  #notice(text, isSignedOut) {
    const notice = document.querySelector("[data-connection-notice]");
    const link = notice.querySelector("a");
    notice.hidden = !text;
    notice.querySelector("p").textContent = text ?? "";
    link.hidden = !isSignedOut;
    link.href = `/sign-in/?next=${encodeURIComponent(location.pathname)}`;
  }

  #tell(name, text) {
    if (name === "live" && this.#name !== "connecting") say("Connected again.");
    if (name === "reconnecting") say("The connection is lost. Trying again.");
    if (name === "offline") say(text ?? "Offline.");
  }
}

customElements.define("chat-connection", ChatConnection);
