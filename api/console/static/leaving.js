// Whoever signs out leaves no half-written words in this browser.

import { forgetAll } from "./drafts.js";

document.addEventListener("submit", (event) => {
  if (event.target.action.endsWith("/sign-out")) forgetAll();
});
