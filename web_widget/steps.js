// Someone isn't breathing: the emergency steps, one a screen, over the whole widget. Everything here is in the script,
// so it works with no network and before any conversation exists. Nothing is sent from here but by `tell`.

import { button, element, icon, linkedText } from "./dom.js";
import { STEPS, word } from "./words.js";

export class Steps {
  #trail = [];
  #screen = element("div", { className: "step" });
  #told = element("p", { className: "told", role: "status" });
  #tell;

  /** `onLeave` goes back to the chat, `onTell` lets the helpline know, by the person's own tap. */
  constructor({ onLeave, onTell }) {
    this.#tell = button(word("widget/emergency_tell"), "choice", onTell);
    this.view = element("section", { className: "steps", hidden: true, "aria-label": word("widget/emergency_open") },
      element("a", { className: "call", href: "tel:999" }, icon("phone"), word("widget/emergency_call")),
      this.#screen,
      element("div", { className: "telling" }, this.#tell, this.#told),
      button(word("widget/emergency_leave"), "quiet", onLeave, "back"),
    );
  }

  /** From the first step on. */
  open() {
    this.#trail = [STEPS.start];
    this.view.hidden = false;
    this.#show();
  }

  close() {
    this.view.hidden = true;
  }

  /** What became of telling the helpline: null (not asked), "telling", "told" or "not_told". */
  telling(state) {
    this.#tell.hidden = state !== null;
    const said = word(navigator.onLine || state !== null ? SAID[state] : "widget/emergency_offline");
    if (this.#told.textContent !== said) this.#told.textContent = said;
  }

  #show() {
    const step = STEPS.steps[this.#trail.at(-1)];
    const number = word("widget/emergency_progress", { step: this.#trail.length });
    const heading = element("h2", { tabIndex: -1, className: "step-number" }, number);
    const last = step.choices.length === 0;
    const lines = step.say.flatMap((text) => text.split("\n"));
    this.#screen.replaceChildren(
      heading,
      ...lines.map((line) => element("p", { className: "step-say" }, linkedText(line))),
      step.ask === null ? "" : element("p", { className: "step-ask" }, step.ask),
      element("div", { className: "step-choices" }, step.choices.map((choice) => (
        button(choice.label, "choice", () => this.#go([...this.#trail, choice.step]))
      ))),
      this.#trail.length === 1 ? "" : button(word("widget/emergency_back"), "quiet", () => this.#go(this.#trail.slice(0, -1)), "back"),
      last ? button(word("widget/emergency_restart"), "quiet", () => this.#go([STEPS.start])) : "",
    );
    this.view.scrollTop = 0;
    heading.focus();
  }

  #go(trail) {
    this.#trail = trail;
    this.#show();
  }
}

const SAID = {
  null: "widget/emergency_tell_hint",
  telling: "widget/emergency_telling",
  told: "widget/emergency_told",
  not_told: "widget/emergency_not_told",
};
