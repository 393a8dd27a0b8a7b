// The open chat window: who you are talking to, the way out, what was said, quick replies, the box, and "Someone isn't
// breathing" always one tap away. A dialog: beside the page on a wide screen, over it on a small one.

import { Choices } from "./choices.js";
import { Composer } from "./composer.js";
import { button, element, linkedText, openByForm } from "./dom.js";
import { Steps } from "./steps.js";
import { Transcript } from "./transcript.js";
import { DEMONSTRATION, word } from "./words.js";

const SMALL_SCREEN = matchMedia("(max-width: 30rem), (max-height: 30rem)");
const BACK_IS_SAID_FOR_MS = 4_000;
/** Whoever comes back after so long is told, once, that there is no hurry. Nothing is said while they are away. */
const QUIET_MS = 10 * 60_000;

const FIRST_REPLIES = [
  "widget/first_reply_worried",
  "widget/first_reply_release",
  "widget/first_reply_self",
  "widget/first_reply_naloxone",
  "widget/first_reply_person",
];

export class ChatWindow {
  #conversation;
  #memory;
  #onClose;
  #whom = element("p", { className: "whom", role: "status" });
  #notice = element("p", { className: "notice", role: "status" });
  #doing = element("p", { className: "doing", role: "status" });
  #replies = element("div", { className: "replies", role: "group", "aria-label": word("widget/quick_replies_label") });
  #transcript;
  #composer;
  #choices;
  #steps;
  #chat;
  #told = null;
  #wasLost = false;
  #backTimer = null;
  #offered = "";
  #arriving = false;
  /** The silence after which they came back, by when it began. */
  #cameBackTo = null;

  constructor({ title, conversation, memory, onExit, onClose }) {
    this.#conversation = conversation;
    this.#memory = memory;
    this.#onClose = onClose;
    const keep = () => openByForm(this.#chat, conversation.card());
    this.#transcript = new Transcript({
      welcome: welcome(), replies: this.#replies, onRetry: (item) => this.#rewrite(item), onKeep: keep,
    });
    this.#composer = new Composer({
      draft: memory.kept?.draft ?? "",
      onSend: (text) => this.#send(text),
      onWriting: (text) => this.#writing(text),
    });
    this.#choices = new Choices({ actions: {
      askForPerson: () => this.#send(word("widget/first_reply_person")),
      backToAssistant: () => this.#send(word("widget/back_to_assistant")),
      leaveQueue: () => conversation.leaveQueue(),
      keep,
      readCopy: () => openByForm(this.#chat, conversation.copy()),
      wipe: () => this.#wipe(),
    } });
    this.#steps = new Steps({ onLeave: () => this.#backToChat(), onTell: () => this.#tell() });
    this.#chat = element("div", { className: "chat" },
      element("div", { className: "who" },
        element("div", {}, element("h2", { id: "title" }, title), this.#whom),
        this.#choices.toggle),
      this.#choices.view, this.#notice, this.#transcript.view, this.#doing,
      element("div", { className: "foot" }, this.#composer.view,
        button(word("widget/emergency_open"), "not-breathing", () => this.openSteps(), "alert")));
    this.view = element("dialog", { className: "window", lang: "en-GB", "aria-labelledby": "title", keydown: (event) => this.#key(event) },
      element("div", { className: "bar" },
        button(word("widget/exit"), "exit", onExit, "leave"),
        button(word("widget/close"), "quiet", () => this.close(), "close")),
      DEMONSTRATION && element("p", { className: "strip" }, word("widget/demonstration_label")),
      this.#chat, this.#steps.view);
    this.view.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#escape();
    });
    document.addEventListener("visibilitychange", () => this.#comesBack());
    SMALL_SCREEN.addEventListener("change", () => this.isOpen && this.#place());
    for (const moved of ["resize", "scroll"]) {
      globalThis.visualViewport?.addEventListener(moved, () => this.#fitAboveKeyboard());
    }
    this.update();
  }

  get isOpen() {
    return this.view.hasAttribute("open");
  }

  open() {
    this.#place();
    this.#memory.keep({ open: true });
    if (this.#conversation.begun) this.#transcript.toNewest();
    this.#composer.focus();
    this.#comesBack();
  }

  close() {
    this.#backToChat();
    this.view.close();
    this.#memory.keep({ open: false });
    this.#onClose();
  }

  openSteps() {
    this.#chat.hidden = true;
    if (this.#conversation.begun && this.#told === null) this.#tell();
    this.#steps.open();
    this.update();
  }

  /** Brings the window in line with the conversation. Returns how many messages of the service are new. */
  update() {
    const { ended, left } = this.#conversation;
    const fresh = this.#transcript.update(this.#conversation);
    setText(this.#whom, whom(this.#conversation));
    setText(this.#notice, this.#notices());
    this.#welcomeBack();
    setText(this.#doing, doing(this.#conversation) || this.#noHurry());
    this.#choices.update(this.#conversation);
    this.#offer(quickReplies(this.#conversation));
    this.#steps.telling(this.#telling());
    if (ended === "gone" && left !== "") this.#composer.offer(this.#conversation.takeLeft());
    return fresh;
  }

  #comesBack() {
    if (document.hidden || !this.isOpen) return;
    this.#arriving = true;
    this.update();
  }

  /** After a reload the words come a moment later than the person: the first of them decide. */
  #welcomeBack() {
    const { quietSince, messages } = this.#conversation;
    if (!this.#arriving || messages.length === 0) return;
    this.#arriving = false;
    if (quietSince !== null && Date.now() - quietSince > QUIET_MS) this.#cameBackTo = quietSince;
  }

  #noHurry() {
    const { quietSince } = this.#conversation;
    return quietSince !== null && quietSince === this.#cameBackTo ? word("widget/no_hurry") : "";
  }

  #send(text) {
    this.#conversation.send(text);
    this.#composer.focus();
  }

  /** Refused words go back into the box, before what is in it already. */
  #rewrite(item) {
    this.#composer.offer(item.text);
    this.#conversation.takeBack(item);
    this.#composer.focus();
  }

  #writing(text) {
    this.#memory.keep({ draft: text });
    if (text !== "") this.#conversation.personTypes();
  }

  async #wipe() {
    await this.#conversation.wipe();
    this.#composer.clear();
    this.#told = null;
    this.update();
    this.#composer.focus();
  }

  /** What is wrong, in words; when the connection is back, that for a moment. */
  #notices() {
    const wrong = notice(this.#conversation);
    if (this.#wasLost && wrong === "") {
      clearTimeout(this.#backTimer);
      this.#backTimer = setTimeout(() => {
        this.#backTimer = null;
        setText(this.#notice, this.#notices());
      }, BACK_IS_SAID_FOR_MS);
    }
    this.#wasLost = wrong !== "" && this.#conversation.ended === null;
    return wrong || (this.#backTimer === null ? "" : word("widget/back_online"));
  }

  #offer(texts) {
    const offered = texts.join("\n");
    if (offered === this.#offered) return;
    this.#offered = offered;
    this.#replies.replaceChildren(...texts.map((text) => button(text, "choice", () => this.#send(text))));
    this.#replies.hidden = texts.length === 0;
    this.#transcript.settle();
  }

  /** Lets officers know. Happens by itself only inside a conversation that the person has opened. */
  #tell() {
    this.#conversation.send(word("widget/emergency_message"));
    this.#told = this.#conversation.unsent.at(-1);
    this.update();
  }

  #telling() {
    if (this.#told === null) return null;
    if (!this.#conversation.unsent.includes(this.#told)) return "told";
    return this.#told.state === "waiting" || isLost(this.#conversation) ? "not_told" : "telling";
  }

  #backToChat() {
    if (this.#steps.view.hidden) return;
    this.#steps.close();
    this.#chat.hidden = false;
    this.#told = null;
    this.update();
    this.#transcript.toNewest();
    this.#composer.focus();
  }

  #key(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.#escape();
  }

  #escape() {
    if (this.#steps.view.hidden) this.close();
    else this.#backToChat();
  }

  /** On a small screen the window is all there is, so the page behind is out of reach; on a wide one both can be used. */
  #place() {
    if (this.isOpen) this.view.close();
    if (SMALL_SCREEN.matches) this.view.showModal();
    else this.view.show();
    this.#fitAboveKeyboard();
  }

  /** A phone's keyboard lies over the page without changing its height: keep the box above it. */
  #fitAboveKeyboard() {
    const { height, offsetTop, scale } = globalThis.visualViewport ?? {};
    if (!height || scale !== 1) return;
    this.view.style.setProperty("--visible-height", `${height}px`);
    this.view.style.setProperty("--visible-top", `${offsetTop}px`);
  }
}

/** What is shown before anything is written. None of it is stored or sent. */
function welcome() {
  const line = (id, look) => element("p", { className: look }, linkedText(word(id)));
  return element("div", { className: "welcome" },
    DEMONSTRATION && element("p", { className: "demonstration" }, linkedText(DEMONSTRATION)),
    line("widget/first_greeting", "greeting"),
    line("widget/first_danger", "danger-line"),
    line("widget/first_question", "greeting"),
    line("widget/privacy_line", "small"),
    line("widget/exit_hint", "small"));
}

function whom({ owner, officer, position }) {
  if (owner === "officer" && officer) return word("widget/with_officer", { first_name: officer.first_name });
  if (owner === "queue") return position ? word("widget/with_queue_position", { position }) : word("widget/with_queue");
  return word("widget/with_assistant");
}

function notice({ lost, ended }) {
  if (ended === "wiped") return word("widget/cleared");
  if (ended === "gone") return word("widget/error_gone");
  if (!navigator.onLine) return word("widget/offline");
  return lost ? word("widget/error_unreachable") : "";
}

function isLost({ lost }) {
  return lost || !navigator.onLine;
}

function doing({ typing, answering, awaiting, lost }) {
  if (isLost({ lost })) return "";
  if (typing) return word("widget/typing_officer", { first_name: typing });
  if (answering) return word("widget/typing_assistant");
  return awaiting ? word("widget/waiting_for_reply") : "";
}

/** The choices of the last message, while nothing has been said after it. */
function quickReplies({ messages, outgoing, begun, ended }) {
  if (!begun && ended === null) return FIRST_REPLIES.map((id) => word(id));
  return outgoing.length > 0 ? [] : messages.at(-1)?.quick_replies ?? [];
}

function setText(line, text) {
  if (line.textContent !== text) line.textContent = text;
}
