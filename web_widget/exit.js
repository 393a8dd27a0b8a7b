// Leaving fast. Somebody may walk in: the page is covered before anything else happens, then this tab's memory is
// emptied, then the browser goes to a dull page that takes this page's place in the history. Shift three times does the
// same; Escape does not, since people press it to close things. What a browser keeps in its history from before, and what
// the other phone shows, can't be undone from here; the widget's words say so.

import { word } from "./words.js";

const TAPS = 3;
const TAPS_WITHIN_MS = 5_000;

export class Exit {
  #address;
  #beforeLeaving;
  #taps = [];
  #shiftAlone = false;

  /** `beforeLeaving` empties what is remembered; it runs once the page is covered. */
  constructor({ address, beforeLeaving }) {
    this.#address = address;
    this.#beforeLeaving = beforeLeaving;
    addEventListener("keydown", (event) => this.#keyDown(event), true);
    addEventListener("keyup", (event) => this.#keyUp(event), true);
    document.addEventListener("click", (event) => this.#hostClick(event));
  }

  /** Cover, forget, go. */
  leave() {
    this.#cover();
    this.#beforeLeaving();
    location.replace(this.#address);
  }

  /** Blank at once. Hiding the whole document can't be outdone by a layer of the page around, as a cover on top could. */
  #cover() {
    document.documentElement.style.setProperty("display", "none", "important");
    document.title = word("widget/exit_cover");
  }

  #keyDown(event) {
    if (event.key !== "Shift") this.#taps = [];
    this.#shiftAlone = event.key === "Shift";
  }

  /** A Shift that made a capital letter is not a tap. */
  #keyUp(event) {
    if (event.key !== "Shift" || !this.#shiftAlone) return;
    const now = event.timeStamp;
    this.#taps = [...this.#taps.filter((tap) => now - tap < TAPS_WITHIN_MS), now];
    if (this.#taps.length >= TAPS) this.leave();
  }

  /** A link or button of the page around may leave in the same way: data-gateside-exit. */
  #hostClick(event) {
    if (!event.target.closest?.("[data-gateside-exit]")) return;
    event.preventDefault();
    this.leave();
  }
}
