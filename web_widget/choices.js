// "More choices": asking for a person, leaving the queue, keeping what came of it, reading what is kept, deleting the chat. A part of the window that opens and closes;
// deleting asks once, in place.

import { button, element } from "./dom.js";
import { word } from "./words.js";

export class Choices {
  #panel;
  #asking = false;
  #failed = false;
  #shown = "";

  /** `actions` are askForPerson, leaveQueue, backToAssistant, keep, readCopy and wipe; they may be slow and may throw. */
  constructor({ actions }) {
    this.actions = actions;
    this.#panel = element("div", { className: "choices", id: "choices", hidden: true });
    this.view = this.#panel;
    this.toggle = button(word("widget/menu"), "quiet", () => this.show(this.#panel.hidden));
    this.toggle.setAttribute("aria-controls", "choices");
    this.show(false);
  }

  show(open) {
    this.#panel.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.toggle.querySelector("span").textContent = word(open ? "widget/menu_close" : "widget/menu");
    this.#asking = false;
  }

  /** Offers what can be chosen now. */
  update({ owner, begun, result }) {
    const shown = JSON.stringify([owner, begun, result, this.#asking, this.#failed]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const { askForPerson, leaveQueue, backToAssistant, keep, readCopy } = this.actions;
    const redraw = () => this.update({ owner, begun, result });
    this.#panel.replaceChildren(
      owner === "assistant" ? button(word("widget/ask_for_person"), "choice", () => this.#do(askForPerson, redraw)) : "",
      owner === "queue" ? button(word("widget/leave_queue"), "choice", () => this.#do(leaveQueue, redraw)) : "",
      owner === "officer" ? button(word("widget/back_to_assistant"), "choice", () => this.#do(backToAssistant, redraw)) : "",
      result !== null ? button(word("widget/keep"), "choice", () => this.#do(keep, redraw), "keep") : "",
      begun ? button(word("widget/read_copy"), "choice", () => this.#do(readCopy, redraw)) : "",
      ...(begun ? this.#deleting(redraw) : []),
      this.#failed ? element("p", { className: "held", role: "alert" }, word("widget/error_unreachable")) : "",
      element("p", { className: "small" }, word("widget/privacy_line")),
      element("p", { className: "small" }, word("widget/exit_hint")),
    );
  }

  #deleting(redraw) {
    const ask = (asking) => {
      this.#asking = asking;
      redraw();
      this.#panel.querySelector(asking ? ".confirm" : ".delete").focus();
    };
    if (!this.#asking) return [button(word("widget/clear"), "choice delete", () => ask(true))];
    return [
      element("p", {}, word("widget/clear_hint")),
      button(word("widget/clear_confirm"), "choice confirm", () => this.#do(this.actions.wipe, redraw)),
      button(word("widget/clear_cancel"), "choice", () => ask(false)),
    ];
  }

  async #do(action, redraw) {
    this.#failed = false;
    try {
      await action();
      this.show(false);
    } catch {
      this.#failed = true;
    }
    redraw();
  }
}
