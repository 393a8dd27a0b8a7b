// What this browser tab remembers: nothing until the person has sent something, then the conversation's id and token
// and words not yet sent, in sessionStorage alone, so that a reload loses nothing and closing the tab forgets all.

const DRAWER = "gateside";

export class Memory {
  #kept = null;

  constructor() {
    try {
      this.#kept = JSON.parse(sessionStorage.getItem(DRAWER));
    } catch {
      this.#kept = null;
    }
  }

  /** What was kept: {id, token, open, draft, unsent}, or null before anything was sent. */
  get kept() {
    return this.#kept;
  }

  /** Keep these fields as well. Before the first message nothing is kept, so only `begin` starts keeping. */
  keep(fields) {
    if (this.#kept === null) return;
    this.#write({ ...this.#kept, ...fields });
  }

  /** The person has sent something: from here on the tab remembers. */
  begin() {
    if (this.#kept === null) this.#write({ id: null, token: null, open: true, draft: "", unsent: [] });
  }

  /** Forget everything, in the tab too. */
  forget() {
    this.#kept = null;
    try {
      sessionStorage.removeItem(DRAWER);
    } catch {
      // A browser that refuses storage has kept nothing.
    }
  }

  #write(fields) {
    this.#kept = fields;
    try {
      sessionStorage.setItem(DRAWER, JSON.stringify(fields));
    } catch {
      // Storage is refused or full: the conversation goes on, kept in this page only.
    }
  }
}
