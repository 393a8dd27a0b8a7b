// One conversation as this tab knows it: what was said, what is still on its way, who has it now. Knows nothing of the
// screen; calls `changed` after every change.

import { Live, backoff, pause } from "./live.js";
import { Refused, Unreached } from "./wire.js";
import { word } from "./words.js";

/** The next message goes out this long after the one before, even while that one is still waiting for its answer. */
const HEAD_START_MS = 800;
const TYPING_LASTS_MS = 6_000;
const TYPING_TOLD_EVERY_MS = 3_000;

export class Conversation {
  /** Every message of the service and of the person, by seq. */
  messages = [];
  /** What the service has not confirmed: [{clientId, text, state: "queued"|"sending"|"waiting"|"refused", reason}]. */
  unsent = [];
  owner = "assistant";
  officer = null;
  position = null;
  /** Somebody's life is in danger, as far as the service has read. */
  danger = false;
  /** The first name of the officer who is writing now, or null. */
  typing = null;
  /** The service did not answer when last asked. */
  lost = false;
  /** "wiped" (by the person's wish) or "gone" (no longer there), else null. */
  ended = null;
  /** Words that were on their way when the conversation was found gone, for the person to send anew. */
  left = "";

  #wire;
  #memory;
  #changed;
  #credentials = null;
  #opening = null;
  #live = null;
  #caughtUpTo = 0;
  #ownersHeard = 0;
  #awaiting = false;
  #pumping = false;
  #typingTimer = null;
  #typingTold = -Infinity;

  constructor({ wire, memory, changed }) {
    this.#wire = wire;
    this.#memory = memory;
    this.#changed = () => untroubled(changed);
  }

  /** Goes on where this tab was before a reload, if anything was sent in it. */
  resume() {
    if (this.#memory.kept === null) return;
    const { id, token, unsent } = this.#memory.kept;
    this.unsent = unsent.map(({ clientId, text }) => unsentItem(clientId, text, null));
    if (id !== null) this.#join({ id, token });
    this.#pump();
  }

  /** Something was sent in this tab, now or before a reload. */
  get begun() {
    return this.#credentials !== null || this.unsent.length > 0;
  }

  /** What is on its way and not yet heard back. The socket may bring the person's own words before their call ends. */
  get outgoing() {
    return this.unsent.filter((item) => !this.#heardBack(item));
  }

  /** The assistant has the words and is making its answer. */
  get answering() {
    return this.owner === "assistant" && this.unsent.some((item) => this.#heardBack(item));
  }

  /** The words have arrived and no answer has come within the time that an answer usually takes. */
  get awaiting() {
    return this.owner === "assistant" && this.#awaiting;
  }

  /** Sends words; they are tried again until they arrive, once, under one client id. */
  send(text) {
    this.ended = null;
    this.#typingTold = -Infinity;
    this.#memory.begin();
    this.unsent.push(unsentItem(uuid(), text, this.messages));
    this.#keep();
    this.#pump();
  }

  /** The words that were on their way when the conversation was found gone, once. */
  takeLeft() {
    const { left } = this;
    this.left = "";
    return left;
  }

  /** Takes back words that the service refused, so that they can be changed. */
  takeBack(item) {
    this.unsent = this.unsent.filter((each) => each !== item);
    this.#keep();
    this.#changed();
  }

  /** Lets the officer see that the person is writing. Told to nobody but an officer. */
  personTypes() {
    if (this.owner !== "officer" || performance.now() - this.#typingTold < TYPING_TOLD_EVERY_MS) return;
    this.#typingTold = performance.now();
    this.#live?.typing();
  }

  /** Since when the service's last words have waited for an answer, in ms since 1970; null while it isn't their turn. */
  get quietSince() {
    const last = this.messages.at(-1);
    const theirTurn = this.owner === "assistant" && this.outgoing.length === 0 && last && last.author !== "person";
    return theirTurn ? Date.parse(last.sent_at) : null;
  }

  /** The last message that tells what answers came to; null while there is nothing to keep. */
  get result() {
    return [...this.messages].reverse().find(({ result }) => result)?.id ?? null;
  }

  /** Where the card opens: {action, token}. Throws Unreached while the service can't be reached. */
  card() {
    if (this.lost || !navigator.onLine) throw new Unreached();
    return this.#wire.card(this.#credentials);
  }

  /** Where everything that is kept about them opens: {action, token}. Throws Unreached like `card`. */
  copy() {
    if (this.lost || !navigator.onLine) throw new Unreached();
    return this.#wire.copy(this.#credentials);
  }

  /** Gives up the place in the queue. Throws Unreached or Refused. */
  async leaveQueue() {
    await this.#wire.leaveQueue(this.#credentials);
    await this.#catchUp();
  }

  /** Wipes the conversation, with us and here. Throws Unreached when that could not be done. */
  async wipe() {
    if (this.#credentials !== null) {
      await this.#wire.wipe(this.#credentials).catch((error) => {
        if (!error.gone) throw error;
      });
    }
    this.#end("wiped");
  }

  /** Lets go of everything at once, for leaving the page. */
  abandon() {
    this.unsent = [];
    this.#live?.stop();
    this.#wire.abandon();
  }

  #join(credentials) {
    this.#credentials = credentials;
    this.#live = new Live({
      wire: this.#wire,
      credentials,
      onFrame: (frame) => this.#frame(frame),
      catchUp: () => this.#catchUp(),
    });
  }

  // ---- sending

  async #pump() {
    this.#changed();
    if (this.#pumping) return;
    this.#pumping = true;
    for (let item; (item = this.unsent.find((each) => each.state === "queued")); ) {
      item.state = "sending";
      await Promise.race([this.#deliver(item), headStart(item)]);
    }
    this.#pumping = false;
  }

  async #deliver(item) {
    for (let attempt = 0; this.unsent.includes(item); attempt += 1) {
      item.state = "sending";
      this.#changed();
      try {
        await this.#attempt(item);
        return;
      } catch (error) {
        if (!this.unsent.includes(item)) return;
        this.#sayAsTheyAre(error.replies ?? []);
        if (error instanceof Refused) return this.#refused(item, error);
        this.#notYet(item, error);
        await pause(backoff(attempt));
      }
    }
  }

  async #attempt(item) {
    const credentials = await this.#opened();
    const { message, safety, replies } = await this.#wire.send(credentials, item.clientId, item.text);
    this.unsent = this.unsent.filter((each) => each !== item);
    this.lost = false;
    this.#keep();
    this.danger ||= safety?.level === "emergency";
    this.#awaiting = !this.messages.some(({ author, seq }) => author !== "person" && seq > message.seq);
    for (const other of this.messages) {
      if (other.clientId === item.clientId) other.clientId = undefined;
    }
    this.#absorb([{ ...message, clientId: item.clientId }, ...replies]);
  }

  /** The conversation's credentials; opens it when this is the first message. One opening serves every waiting item. */
  async #opened() {
    if (this.#credentials !== null) return this.#credentials;
    this.#opening ??= this.#wire.open().finally(() => (this.#opening = null));
    const { id, token, messages } = await this.#opening;
    if (this.#credentials === null) {
      this.#join({ id, token });
      this.#keep();
      this.#absorb(messages);
    }
    return this.#credentials;
  }

  #refused(item, { gone, detail }) {
    if (gone && this.#credentials !== null) return this.#end("gone");
    item.state = "refused";
    item.reason = detail ?? word(this.#credentials === null ? "widget/error_start" : "widget/error_refused");
    this.#changed();
  }

  #notYet(item, { status }) {
    item.state = "waiting";
    item.reason = status === 429 ? word("widget/error_too_many") : null;
    this.lost = status !== 429;
    this.#changed();
  }

  /** A service in trouble still sends the danger words back with its refusal: they are shown as they are, once. */
  #sayAsTheyAre(replies) {
    const last = this.messages.at(-1)?.seq ?? 0;
    const said = new Set(this.messages.map(({ text }) => text));
    const unsaid = replies.filter(({ text }) => !said.has(text));
    this.#absorb(unsaid.map(({ text }, at) => ({ id: uuid(), seq: last + (at + 1) / 100, author: "service", text })));
  }

  // ---- hearing

  #frame(frame) {
    if (frame.type === "message") {
      if (frame.message.seq > this.#caughtUpTo + 1) this.#catchUp();
      this.#absorb([frame.message]);
    } else if (frame.type === "typing" && frame.author === "officer") {
      this.#officerTypes(frame.name ?? this.officer?.first_name ?? null);
    } else if (frame.type === "owner") {
      this.#ownersHeard += 1;
      this.#owned(frame);
    } else if (frame.type === "status") {
      this.#moved(frame);
    } else if (frame.type === "wiped") {
      this.#end("wiped");
    }
  }

  async #catchUp() {
    const credentials = this.#credentials;
    if (credentials === null) return true;
    try {
      for (let more = true; more; ) {
        const { items, next } = await this.#wire.since(credentials, this.#caughtUpTo);
        if (this.#credentials !== credentials) return true; // wiped while this was on its way
        this.#caughtUpTo = Math.max(this.#caughtUpTo, ...items.map(({ seq }) => seq));
        this.#absorb(items);
        more = next != null && items.length > 0;
      }
      const heard = this.#ownersHeard;
      const state = await this.#wire.state(credentials);
      // What was heard live while this was on its way is newer.
      if (heard === this.#ownersHeard) this.#owned(state);
      this.danger = state.safety === "emergency";
      this.lost = false;
    } catch (error) {
      // While words are on their way, their own answer decides: a conversation opened in a bad minute is stored later.
      if (error.gone && this.#credentials === credentials && this.unsent.length === 0) this.#end("gone");
      else if (error instanceof Unreached) this.lost = error.status !== 429;
      else if (!(error instanceof Refused)) throw error;
    }
    this.#changed();
    return !this.lost;
  }

  #absorb(messages) {
    for (const message of [...messages].sort((one, other) => one.seq - other.seq)) {
      if (message.seq === this.#caughtUpTo + 1) this.#caughtUpTo = message.seq;
      const at = this.messages.findIndex(({ id }) => id === message.id);
      if (at >= 0) this.messages[at] = { ...this.messages[at], ...message };
      else this.messages.push({ clientId: this.#clientIdOf(message), ...message });
      if (message.author !== "person") this.#awaiting = false;
      if (message.author === "officer") this.typing = null;
    }
    this.messages.sort((one, other) => one.seq - other.seq);
    this.#changed();
  }

  /** Which item on its way these words are, so that it stays one and the same on the screen. */
  #clientIdOf({ id, author, text }) {
    const taken = new Set(this.messages.map(({ clientId }) => clientId));
    const same = (item) => isSaid(item, { id, author, text }) && !taken.has(item.clientId);
    return this.unsent.find(same)?.clientId;
  }

  /** Only a matter of showing: until its own call has ended, the item is still tried again. */
  #heardBack(item) {
    return this.messages.some(({ clientId }) => clientId === item.clientId);
  }

  #owned({ owner, officer = null, position = null }) {
    if (owner !== "officer") this.typing = null;
    Object.assign(this, { owner, officer, position });
    this.#changed();
  }

  #moved({ message_id: id, status }) {
    this.messages = this.messages.map((message) => (message.id === id ? { ...message, status } : message));
    this.#changed();
  }

  #officerTypes(name) {
    this.typing = name;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => {
      this.typing = null;
      this.#changed();
    }, TYPING_LASTS_MS);
    this.#changed();
  }

  /** The conversation is over here. When it was not the person's wish, what was not sent stays to be sent anew. */
  #end(how) {
    this.#live?.stop();
    this.#live = null;
    this.#credentials = null;
    this.#memory.forget();
    const left = how === "gone" ? this.unsent.map(({ text }) => text).join("\n") : "";
    Object.assign(this, { messages: [], unsent: [], owner: "assistant", officer: null, position: null, typing: null });
    Object.assign(this, { lost: false, danger: false, ended: how, left });
    this.#caughtUpTo = 0;
    this.#awaiting = false;
    this.#changed();
  }

  #keep() {
    const unsent = this.unsent.map(({ clientId, text }) => ({ clientId, text }));
    this.#memory.keep({ ...(this.#credentials ?? {}), unsent });
  }
}

/** These are the words of this item, as far as words can tell. */
function isSaid(item, { id, author, text }) {
  return author === "person" && item.text.trim() === text.trim() && item.before !== null && !item.before.has(id);
}

/** Runs `draw`. Sending goes on even where drawing fails; the page still hears of the error. */
function untroubled(draw) {
  try {
    draw();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

/**
 * Words on their way. `before` are the messages that were there already, so that the same words twice stay two; null
 * after a reload, when that is not known any more.
 */
function unsentItem(clientId, text, messages) {
  const before = messages && new Set(messages.map(({ id }) => id));
  return { clientId, text, state: "queued", reason: null, before };
}

/** Resolves when the item has been travelling for a moment; never while it failed, so that order is kept. */
async function headStart(item) {
  await pause(HEAD_START_MS);
  if (item.state === "waiting") await new Promise(() => {});
}

/** A random UUID; crypto.randomUUID is missing on pages without https. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
