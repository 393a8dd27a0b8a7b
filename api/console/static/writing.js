// The reply box: Enter sends, half-written forms are kept per person (drafts.js), and it says how far sending has come.

import { bringBack, forget, keep } from "./drafts.js";

const TYPING_EVERY = 3000;

export class Writing {
  #typedAt = 0;
  #unsure = null;
  #attempt = {};

  // send(form) posts it and resolves to true when the server took it.
  constructor({ words, send, typing }) {
    this.words = words;
    this.send = send;
    this.typing = typing;
    document.addEventListener("input", (event) => this.#written(event.target));
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  // A person was opened: bring back what was half written to them.
  entered() {
    this.#unsure = null;
    bringBack();
  }

  // The page was read anew: words whose fate was open may turn out to have arrived.
  settled() {
    const box = document.getElementById("text");
    if (!this.#unsure || !box) return;
    const arrived = [...document.querySelectorAll("#log .from-officer")].some(
      (message) => Number(message.dataset.seq) > this.#unsure.after && textOf(message) === this.#unsure.text,
    );
    if (!arrived) return;
    if (box.value.trim() === this.#unsure.text) forget(box.form);
    this.#unsure = null;
    this.#attempt = {};
    say("");
  }

  async reply(form) {
    const box = form.elements.text;
    const text = box.value.trim();
    if (!text || form.dataset.sending) return;
    const after = lastSeq();
    // The same words to the same person, sent again because no answer came, are the same message.
    if (this.#attempt.text !== text || this.#attempt.to !== form.action) this.#attempt = { text, to: form.action, id: freshId() };
    form.elements.client_id.value = this.#attempt.id;
    form.dataset.sending = "yes";
    say(this.words.sending);
    const taken = await this.send(form);
    delete form.dataset.sending;
    if (taken) {
      if (box.value.trim() === text) forget(form);
      this.#attempt = {};
      this.#typedAt = 0;
      say("");
    } else {
      this.#unsure = { text, after };
      say(this.words.notSent, true);
    }
    document.getElementById("text")?.focus();
  }

  // Put words where the cursor is, for the officer to look over before sending.
  insert(words) {
    const box = document.getElementById("text");
    if (!box) return;
    const gap = box.value.slice(0, box.selectionStart).trim() ? "\n" : "";
    box.setRangeText(gap + words, box.selectionStart, box.selectionEnd, "end");
    this.#written(box);
    box.focus();
  }

  #written(box) {
    keep(box);
    if (box.id === "text" && Date.now() - this.#typedAt > TYPING_EVERY) {
      this.#typedAt = Date.now();
      this.typing();
    }
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "text") return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }
}

function freshId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function lastSeq() {
  const messages = document.querySelectorAll("#log [data-seq]");
  return Number(messages[messages.length - 1]?.dataset.seq ?? 0);
}

function textOf(message) {
  return message.querySelector(".text").textContent.trim();
}

function say(sentence, trouble = false) {
  const place = document.getElementById("reply-state");
  if (!place) return;
  place.textContent = sentence;
  place.classList.toggle("trouble", trouble);
}
