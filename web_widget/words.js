// The service's own words and its emergency steps. They travel inside the script, so that they are there without a
// server and without a network. `/widget.js` is served with the null below replaced (api/channels/web/widget_bundle.py).

const BUNDLE = /*__GATESIDE_BUNDLE__*/null;

/** The emergency steps: {start, steps: {name: {say: [text], ask: text|null, choices: [{label, step}]}}}. */
export const STEPS = BUNDLE.steps;

/** The styles of the widget, as one sheet. */
export const STYLE = BUNDLE.style;

/** The demonstration-mode sentence, or null when the service is open for real. */
export const DEMONSTRATION = BUNDLE.demonstration;

/** The words of one block of data/content/widget.yml by its content id, with {names} filled in. */
export function word(id, values = {}) {
  return BUNDLE.words[id].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
