// What was said, as a log that screen readers follow: new words politely, danger words at once. Nodes stay where they
// are; only what is new is added, so nothing is read out twice.

import { button, element, linkedText } from "./dom.js";
import { word } from "./words.js";

const NEAR_THE_END = 80;

export class Transcript {
  #log = element("div", { className: "log", role: "log", tabIndex: 0, "aria-label": word("widget/messages_label") });
  #welcome;
  #newest = button(word("widget/jump_to_newest"), "newest", () => this.toNewest());
  #bubbles = new Map();
  #retry;

  /** `welcome` is what is shown before anything was said; `onRetry(item)` sends again what was refused. */
  constructor({ welcome, onRetry }) {
    this.#welcome = welcome;
    this.#retry = onRetry;
    this.#log.append(welcome);
    this.#newest.hidden = true;
    this.#log.addEventListener("scroll", () => this.#atNewest() && (this.#newest.hidden = true));
    this.view = element("div", { className: "transcript" }, this.#log, this.#newest);
  }

  /** Brings the log in line with the conversation. Returns how many messages of the service are new. */
  update({ messages, outgoing }) {
    const following = this.#atNewest();
    const fresh = [];
    const wanted = new Set();
    let before = this.#welcome;
    let speaker = null;
    for (const entry of [...messages, ...outgoing]) {
      const key = entry.id ?? entry.clientId;
      wanted.add(key);
      const author = entry.author ?? "person";
      const bubble = this.#bubbles.get(key) ?? this.#add(key, author, entry, before);
      if (bubble.isNew) fresh.push(bubble);
      bubble.node.classList.toggle("follows", author + entry.name === speaker);
      bubble.show(entry);
      before = bubble.node;
      speaker = author + entry.name;
    }
    this.#dropAllBut(wanted);
    this.#follow(fresh, following);
    const heard = fresh.filter(({ author }) => author !== "person").length;
    for (const bubble of fresh) bubble.isNew = false;
    return heard;
  }

  toNewest() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#newest.hidden = true;
  }

  #add(key, author, { name, text }, before) {
    const state = element("p", { className: "state", "aria-live": "off" });
    const urgent = author === "service" && /\b999\b/.test(text);
    const node = element("div", { className: `said by-${author}${urgent ? " urgent" : ""}`, role: urgent ? "alert" : null },
      element("p", { className: "author" }, authorName(author, name)),
      element("p", { className: "text" }, linkedText(text)),
      state);
    before.after(node);
    const show = (entry) => this.#showState(state, entry);
    const bubble = { node, author, show, isNew: true };
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

  /** Goes along with what is new, from its beginning when it is long; stays with somebody who is reading further up. */
  #follow(fresh, following) {
    if (fresh.length === 0) return;
    if (!following && !fresh.some(({ author }) => author === "person")) {
      this.#newest.hidden = false;
      return;
    }
    this.toNewest();
    const top = fresh[0].node.offsetTop - this.#log.offsetTop - 8;
    if (top < this.#log.scrollTop) this.#log.scrollTop = top;
  }

  #atNewest() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_THE_END;
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
