// What happens live: a socket while there is one, plain asking while there is none. A socket that looks open may be dead
// (a phone that changed from wifi to mobile), so now and then the service is asked even then.

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const ASK_WITHOUT_SOCKET_MS = 4_000;
const ASK_IN_BACKGROUND_MS = 20_000;
const ASK_WITH_SOCKET_MS = 45_000;

/** How long to wait before the next attempt, with jitter, so that a thousand tabs don't come back in one second. */
export function backoff(attempt) {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** A pause that ends early when the network comes back. */
export function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}

export class Live {
  #wire;
  #credentials;
  #onFrame;
  #catchUp;
  #socket = null;
  #listening = false;
  #attempt = 0;
  #retryTimer = null;
  #askTimer = null;
  #stopped = false;
  #wake = () => this.#awaken();

  /** `onFrame(frame)` gets each server frame; `catchUp()` asks over HTTP and resolves to true when it was answered. */
  constructor({ wire, credentials, onFrame, catchUp }) {
    this.#wire = wire;
    this.#credentials = credentials;
    this.#onFrame = onFrame;
    this.#catchUp = catchUp;
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#connect();
    this.#askLater();
  }

  /** Tells the service that the person is writing. Lost without harm when there is no socket. */
  typing() {
    if (this.#listening) this.#socket.send(JSON.stringify({ type: "typing" }));
  }

  stop() {
    this.#stopped = true;
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#askTimer);
    this.#socket?.close();
  }

  #connect() {
    clearTimeout(this.#retryTimer);
    if (this.#stopped || this.#socket !== null) return;
    let socket;
    try {
      socket = this.#wire.socket(this.#credentials);
    } catch {
      this.#retryLater();
      return;
    }
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ token: this.#credentials.token }));
    socket.onmessage = (event) => this.#heard(JSON.parse(event.data));
    socket.onclose = () => {
      this.#socket = null;
      this.#listening = false;
      if (this.#stopped) return;
      this.#retryLater();
      this.#ask();
    };
  }

  /** Only from "ready" on does the service tell everything; what was said before is asked for then. */
  #heard(frame) {
    this.#attempt = 0;
    this.#listening = true;
    if (frame.type === "ready") this.#ask();
    else this.#onFrame(frame);
  }

  #retryLater() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), backoff(this.#attempt));
    this.#attempt += 1;
  }

  async #ask() {
    clearTimeout(this.#askTimer);
    const answered = await this.#catchUp();
    if (!answered) this.#socket?.close();
    this.#askLater();
  }

  #askLater() {
    clearTimeout(this.#askTimer);
    if (this.#stopped) return;
    const pause = this.#listening ? ASK_WITH_SOCKET_MS : document.hidden ? ASK_IN_BACKGROUND_MS : ASK_WITHOUT_SOCKET_MS;
    this.#askTimer = setTimeout(() => this.#ask(), pause);
  }

  /** The network or the person is back: don't wait for the timers. */
  #awaken() {
    if (document.hidden) return;
    this.#attempt = 0;
    this.#connect();
    this.#ask();
  }
}
