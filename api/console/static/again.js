// Reads a page again every half minute and lays in what changed; without it the page stands until it is loaded anew.

import { morph } from "./morph.js";

const EVERY = 30_000;

setInterval(async () => {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href);
    if (!response.ok || response.redirected) return location.reload();
    const drawn = new DOMParser().parseFromString(await response.text(), "text/html");
    morph(document.getElementById("main"), drawn.getElementById("main"));
  } catch {
    // The line is broken: the page says when it was drawn, and the next half minute tries again.
  }
}, EVERY);
