// Hears the server by server-sent events, notices when it no longer does, and comes back by itself.
// Events carry no words of anybody: they say that something changed, and the page is read anew.

const SLOWEST_RETRY = 15_000;

export class Live {
  #source = null;
  #retry = null;
  #watch = null;
  #failures = 0;
  #patience = 40_000;

  // heard(name, data) for every event; stateChanged("open" | "lost") when the connection comes or goes.
  constructor({ heard, stateChanged }) {
    this.heard = heard;
    this.stateChanged = stateChanged;
    this.state = "new";
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.#lost());
  }

  // Listen to the queue, and to the person who is open ("" for nobody).
  listenTo(person) {
    this.url = `/console/events${person ? `?person=${encodeURIComponent(person)}` : ""}`;
    this.open();
  }

  open() {
    clearTimeout(this.#retry);
    this.#source?.close();
    const source = new EventSource(this.url);
    this.#source = source;
    this.#expectSign();
    source.addEventListener("hello", (event) => {
      this.#failures = 0;
      this.#patience = JSON.parse(event.data).ping_seconds * 2500;
      this.#become("open");
    });
    for (const name of ["hello", "ping", "change", "typing"]) {
      source.addEventListener(name, (event) => {
        this.#expectSign();
        this.heard(name, JSON.parse(event.data));
      });
    }
    source.addEventListener("error", () => {
      if (source === this.#source) this.#lost();
    });
  }

  #expectSign() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(), this.#patience);
  }

  #lost() {
    this.#source?.close();
    clearTimeout(this.#watch);
    clearTimeout(this.#retry);
    this.#become("lost");
    const wait = Math.min(SLOWEST_RETRY, 1000 * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#retry = setTimeout(() => this.open(), wait);
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.stateChanged(state);
  }
}
