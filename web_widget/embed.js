// The one line that a page carries:
//   <script src="https://…/widget.js" data-title="…" data-open="false" data-position="right" async></script>
// docs/embedding.md lists the settings. Until the person writes, nothing is asked for and nothing is kept.

import { Conversation } from "./conversation.js";
import { button, element } from "./dom.js";
import { Exit } from "./exit.js";
import { Memory } from "./memory.js";
import { ChatWindow } from "./window.js";
import { Wire } from "./wire.js";
import { STYLE, word } from "./words.js";

const DULL_PAGE = "https://www.bbc.co.uk/weather";

function start({ api, title, open, position, exit, card }) {
  const host = element("gateside-chat", { "data-position": position });
  const root = host.attachShadow({ mode: "open" });
  dress(root);

  const memory = new Memory();
  let unread = 0;
  const conversation = new Conversation({ wire: new Wire(api, card), memory, changed: () => refresh() });
  const leaving = new Exit({ address: exit, beforeLeaving: () => {
    conversation.abandon();
    memory.forget();
  } });
  const chat = new ChatWindow({
    title,
    conversation,
    memory,
    onExit: () => leaving.leave(),
    onClose: () => {
      launcher.hidden = false;
      launcher.focus();
    },
  });
  const launcher = button(word("widget/open"), "launcher", openChat, "talk");
  launcher.setAttribute("aria-haspopup", "dialog");
  root.append(launcher, chat.view);
  document.body.append(host);
  document.documentElement.dataset.gateside = "ready";

  function openChat() {
    unread = 0;
    showUnread();
    launcher.hidden = true;
    chat.open();
  }

  function refresh() {
    const fresh = chat.update();
    if (fresh > 0 && !chat.isOpen) unread += fresh;
    showUnread();
  }

  function showUnread() {
    launcher.querySelector("span").textContent = word(unread > 0 ? "widget/open_unread" : "widget/open");
    launcher.classList.toggle("unread", unread > 0);
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-gateside-open], [data-gateside-steps]");
    if (!opener) return;
    event.preventDefault();
    if (!chat.isOpen) openChat();
    if (opener.matches("[data-gateside-steps]")) chat.openSteps();
  });

  addEventListener("online", refresh);
  addEventListener("offline", refresh);
  conversation.resume();
  if (memory.kept?.open ?? open) openChat();
}

/** Puts the styles into the shadow root, by the way that a strict content security policy allows where there is one. */
function dress(root) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element("style", {}, STYLE));
  }
}

/**
 * The code of the service whose card led to this page of ours, or null. It is told once the person writes, and leaves the
 * address at once: whoever looks over a shoulder need not read who gave the card.
 */
function takeCard(ours) {
  const address = new URL(location.href);
  const card = address.searchParams.get("from");
  if (!ours || !card) return null;
  address.searchParams.delete("from");
  history.replaceState(history.state, "", address);
  return card.slice(0, 60);
}

const script = document.currentScript;
const settings = {
  api: script.dataset.api ?? new URL(script.src).origin,
  title: script.dataset.title ?? word("widget/title"),
  open: script.dataset.open === "true",
  position: script.dataset.position === "left" ? "left" : "right",
  exit: script.dataset.exit ?? DULL_PAGE,
  card: takeCard(new URL(script.src).origin === location.origin),
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(settings));
else start(settings);
