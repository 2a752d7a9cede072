// The page's one websocket: it comes back by itself, says what it has taken in, and notices silence.
// Events: `state` {name, seconds?, text?}, `open` {isAgain}, `frame` (the frame itself).

const SILENCE_MS = 45_000;
const ACK_FRAMES = 8;
const ACK_MS = 250;
const LONGEST_WAIT = 20;

// Close codes of docs/protocol.md after which coming back needs a person, or patience.
const SIGNED_OUT = 4401;
const FOREIGN = 4403;
const GONE = 4404;
const TOO_MANY = 4429;
const TOO_LARGE = 1009;

// Seconds to wait before the attempt after `failures` failures: doubling, capped, and with jitter,
// so that the pages of a restarted server do not all come at once.
export function backoff(failures, random = Math.random()) {
  return Math.min(LONGEST_WAIT, 0.5 * 2 ** failures) * (0.5 + random / 2);
}

export class Socket extends EventTarget {
  #url;
  #socket = null;
  #failures = 0;
  #wasOpen = false;
  #taken = 0;
  #acknowledged = 0;
  #ackTimer = 0;
  #silenceTimer = 0;
  #countdown = 0;

  constructor(url) {
    super();
    this.#url = url;
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => this.#lose("You are offline. Your text is kept."));
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  // False where there is no connection; the caller decides what is worth sending again.
  send(frame) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  connect() {
    clearInterval(this.#countdown);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#taken = this.#acknowledged = 0;
    this.#say(this.#wasOpen ? "reconnecting" : "connecting");
    this.#listen();
    socket.onopen = () => {
      this.#emit("open", { isAgain: this.#wasOpen });
      this.#wasOpen = true;
    };
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#closed(code);
  }

  // The page is up to date with the server.
  caughtUp() {
    this.#failures = 0;
    this.#say("live");
  }

  #take(frame) {
    this.#taken += 1;
    this.#listen();
    if (this.#taken - this.#acknowledged >= ACK_FRAMES) this.#acknowledge();
    else this.#ackTimer ||= setTimeout(() => this.#acknowledge(), ACK_MS);
    if (frame.type !== "ping") this.#emit("frame", frame);
  }

  #acknowledge() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = 0;
    if (this.#taken > this.#acknowledged && this.send({ type: "frame.ack", count: this.#taken })) {
      this.#acknowledged = this.#taken;
    }
  }

  #listen() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#drop(1006), SILENCE_MS);
  }

  // Without waiting for a closing handshake that a dead connection will never finish.
  #drop(code) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#closed(code);
  }

  #lose(text, isSignedOut = false) {
    clearInterval(this.#countdown);
    clearTimeout(this.#silenceTimer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#say("offline", { text, isSignedOut });
  }

  #closed(code) {
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#ackTimer);
    this.#ackTimer = 0;
    this.#socket = null;
    if (code === SIGNED_OUT) return this.#lose("You are signed out. What you write here is kept.", true);
    if (code === GONE) return this.#lose("This is not open any more.");
    if (code === FOREIGN) return this.#lose("This address may not connect. Open the playground at its own address.");
    if (!navigator.onLine) return this.#lose("You are offline. Your text is kept.");
    const least = code === TOO_MANY ? 10 : 0;
    const text = {
      [TOO_LARGE]: "That was more than one message may hold.",
      [TOO_MANY]: "Too many pages are open, or too much was sent at once.",
    }[code];
    this.#wait(least + backoff(this.#failures++), text);
  }

  #wait(seconds, text) {
    clearInterval(this.#countdown);
    const at = performance.now() + seconds * 1000;
    const tick = () => {
      const left = at - performance.now();
      if (left <= 0) return this.connect();
      this.#say("reconnecting", { seconds: Math.ceil(left / 1000), text });
    };
    this.#countdown = setInterval(tick, Math.min(1000, seconds * 1000));
    tick();
  }

  #hurry() {
    if (!this.#socket && this.#wasOpen && navigator.onLine) this.connect();
  }

  #say(name, details = {}) {
    this.#emit("state", { name, ...details });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// The id of a `turn.start`. crypto.randomUUID is missing on plain http, which a playground in a local
// network may well be.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
