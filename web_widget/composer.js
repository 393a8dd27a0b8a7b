// The box that the person writes in. Enter sends, Shift and Enter makes a new line.

import { button, element } from "./dom.js";
import { word } from "./words.js";

const TALLEST = 140;

export class Composer {
  #box;

  /** `onSend(text)` gets words that are not blank; `onWriting(text)` hears of every change. */
  constructor({ draft, onSend, onWriting }) {
    this.#box = element("textarea", {
      rows: 1,
      value: draft,
      placeholder: word("widget/box_placeholder"),
      "aria-label": word("widget/box_label"),
      "aria-description": word("widget/box_hint"),
      enterKeyHint: "send",
      input: () => {
        this.#grow();
        onWriting(this.#box.value);
      },
      keydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.view.requestSubmit();
      },
    });
    const send = button(word("widget/send"), "send");
    send.type = "submit";
    this.view = element("form", { className: "composer", submit: (event) => {
      event.preventDefault();
      this.#submit(onSend, onWriting);
    } }, this.#box, send);
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** Puts words back into the box, before what is in it already. */
  offer(text) {
    this.#box.value = [text, this.#box.value].filter(Boolean).join("\n");
    this.#grow();
  }

  clear() {
    this.#box.value = "";
    this.#grow();
  }

  #submit(onSend, onWriting) {
    const text = this.#box.value.trim();
    this.focus();
    if (text === "") return;
    this.clear();
    onSend(text);
    onWriting("");
  }

  #grow() {
    this.#box.style.height = "auto";
    this.#box.style.height = `${Math.min(this.#box.scrollHeight + 2, TALLEST)}px`;
  }
}
