// What was said, as a log that screen readers follow: new words politely, danger words at once. Nodes stay where they
// are; only what is new is added, so nothing is read out twice.

import { button, element, linkedText } from "./dom.js";
import { word } from "./words.js";

const NEAR = 40;
const MARGIN = 8;
/** Every first text for somebody in danger begins like this; one that only mentions 999 on the way does not. */
const CALLS_999 = /^call 999/i;
/** Messages that follow each other this fast are one answer, and are shown from its beginning. */
const SAME_BREATH_MS = 3_000;

export class Transcript {
  #log = element("div", { className: "log", role: "log" });
  #scroller;
  #welcome;
  #newest = button(word("widget/jump_to_newest"), "newest", () => this.toNewest());
  #bubbles = new Map();
  #retry;
  #keep;
  /** The person has gone further up by themselves and is not to be moved, but by danger. */
  #readingAbove = false;
  /** Where the log was put by itself, in pixels. A scroll event that finds it elsewhere is the person's doing. */
  #placedAt = 0;
  #startOfNew = null;
  #startedAt = -Infinity;

  /**
   * `welcome` is what is shown before anything was said, `replies` the choices that follow the last message;
   * `onRetry(item)` takes back what was refused; `onKeep()` opens the card of a result, and throws where it can't.
   */
  constructor({ welcome, replies, onRetry, onKeep }) {
    this.#welcome = welcome;
    this.#retry = onRetry;
    this.#keep = onKeep;
    this.#log.append(welcome);
    this.#newest.hidden = true;
    const label = word("widget/messages_label");
    this.#scroller = element("div", { className: "scroller", role: "region", tabIndex: 0, "aria-label": label },
      this.#log, replies);
    this.#scroller.addEventListener("scroll", () => this.#scrolled());
    new ResizeObserver(() => this.#place()).observe(this.#scroller);
    this.view = element("div", { className: "transcript" }, this.#scroller, this.#newest);
  }

  /** Brings the log in line with the conversation. Returns how many messages of the service are new. */
  update({ messages, outgoing, danger, result }) {
    const fresh = [];
    const wanted = new Set();
    let before = this.#welcome;
    let speaker = null;
    for (const entry of [...messages, ...outgoing]) {
      const key = entry.clientId ?? entry.id;
      wanted.add(key);
      const author = entry.author ?? "person";
      const bubble = this.#bubbles.get(key) ?? this.#add(key, author, { ...entry, danger }, before);
      if (bubble.isNew) fresh.push(bubble);
      bubble.node.classList.toggle("follows", author + entry.name === speaker);
      bubble.show(entry);
      if (bubble.keep) bubble.keep.hidden = key !== result;
      before = bubble.node;
      speaker = author + entry.name;
    }
    this.#dropAllBut(wanted);
    this.#follow(fresh);
    const heard = fresh.filter(({ author }) => author !== "person").length;
    for (const bubble of fresh) bubble.isNew = false;
    return heard;
  }

  /** Goes to the last words and stays with what comes. */
  toNewest() {
    this.#readingAbove = false;
    this.#startOfNew = null;
    this.#place();
  }

  /** Call when something around the messages has changed its size. */
  settle() {
    this.#place();
  }

  #add(key, author, { name, text, danger, result }, before) {
    const state = element("p", { className: "state", "aria-live": "off" });
    const urgent = (author !== "person" && CALLS_999.test(text)) || (author === "service" && danger && /\b999\b/.test(text));
    const keep = result ? this.#keeping() : null;
    const node = element("div", { className: `said by-${author}${urgent ? " urgent" : ""}`, role: urgent ? "alert" : null },
      element("p", { className: "author" }, authorName(author, name)),
      element("p", { className: "text" }, linkedText(text)),
      keep, state);
    before.after(node);
    const show = (entry) => this.#showState(state, entry);
    const bubble = { node, author, urgent, show, keep, isNew: true };
    this.#bubbles.set(key, bubble);
    return bubble;
  }

  /** How far the person's own words have come, in words. */
  #showState(line, entry) {
    if ((entry.author ?? "person") !== "person") return;
    const known = entry.state === undefined ? word("widget/sent") : word(STATES[entry.state]);
    const said = [known, entry.reason].filter(Boolean).join(" ");
    if (line.dataset.said === said) return;
    line.dataset.said = said;
    line.replaceChildren(said, entry.state === "refused" ? this.#retryButton(entry) : "");
    line.classList.toggle("held", entry.state === "waiting" || entry.state === "refused");
  }

  /** Under the last result: a way to keep it. Without a connection it says so in place, and no empty tab opens. */
  #keeping() {
    const line = element("p", { className: "small", role: "status" }, word("widget/keep_hint"));
    const open = () => {
      try {
        this.#keep();
        line.textContent = word("widget/keep_hint");
      } catch {
        line.textContent = word("widget/keep_not_now");
      }
    };
    return element("div", { className: "keep" }, button(word("widget/keep"), "choice", open, "keep"), line);
  }

  #retryButton(item) {
    return button(word("widget/try_again"), "inline", () => this.#retry(item));
  }

  #dropAllBut(wanted) {
    for (const [key, { node }] of this.#bubbles) {
      if (wanted.has(key)) continue;
      node.remove();
      this.#bubbles.delete(key);
    }
  }

  /** Goes along with what is new, but leaves somebody who reads further up where they are; danger is always shown. */
  #follow(fresh) {
    if (fresh.length === 0) return;
    const pressing = fresh.find(({ urgent }) => urgent) ?? fresh.find(({ author }) => author === "person");
    if (pressing) this.#readingAbove = false;
    if (pressing || !this.#sameBreath(fresh[0])) {
      this.#startOfNew = pressing ?? fresh[0];
      this.#startedAt = performance.now();
    }
    this.#place();
    this.#newest.hidden = this.#lastInSight();
  }

  /** What follows at once is shown together with what it follows; an officer's words never hide under an answer. */
  #sameBreath({ author }) {
    const start = this.#startOfNew;
    if (!start?.node.isConnected || performance.now() - this.#startedAt > SAME_BREATH_MS) return false;
    return author !== "officer" || start.author === "officer";
  }

  /** To the end, or to the beginning of what is new when all of it does not fit. */
  #place() {
    if (this.#readingAbove || this.#bubbles.size === 0) return;
    const end = this.#scroller.scrollHeight - this.#scroller.clientHeight;
    const start = this.#startOfNew === null ? end : this.#startOfNew.node.offsetTop - MARGIN;
    this.#scroller.scrollTop = Math.min(start, end);
    this.#placedAt = this.#scroller.scrollTop;
    if (this.#lastInSight()) this.#newest.hidden = true;
  }

  #lastInSight() {
    const { scrollTop, clientHeight } = this.#scroller;
    const last = this.#log.lastElementChild;
    return last.offsetTop < scrollTop + clientHeight - NEAR;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#lastInSight()) this.#newest.hidden = true;
    if (Math.abs(scrollTop - this.#placedAt) < NEAR) return;
    this.#readingAbove = !atEnd;
    this.#startOfNew = null;
    this.#placedAt = scrollTop;
  }
}

const STATES = {
  queued: "widget/sending",
  sending: "widget/sending",
  waiting: "widget/not_sent_yet",
  refused: "widget/not_sent",
};

function authorName(author, name) {
  if (author === "person") return word("widget/you");
  if (author === "assistant") return word("widget/assistant");
  if (author === "service" || !name) return word("widget/service");
  return word("widget/officer", { first_name: name });
}
