// The desk, made live. The server draws every page; this fetches the page again when something changed and lays the
// difference into the one that stands (morph.js). Without it every link and form still works.

import { Alerts } from "./alerts.js";
import { forget, forgetPerson } from "./drafts.js";
import { Live } from "./live.js";
import { morph } from "./morph.js";
import { showScheme } from "./scheme.js";
import { Writing } from "./writing.js";

// Changes that come so close together (ms) are drawn at once; longer would be felt by whoever waits for an officer.
const BURST = 40;
const words = JSON.parse(document.getElementById("script-words").textContent);
const alerts = new Alerts(words);
const writing = new Writing({ words, send: submit, typing: () => tell(`people/${person()}/typing`) });
const live = new Live({ heard, stateChanged });
let asked = 0;
let visiting = 0;
let missed = false;
let due = null;
let typingEnds = null;
let scrolledUp = false;
let shown = address();

function person() {
  return document.body.dataset.person;
}

// Fetch a page of the desk. Resolves to {response, drawn}, or null when the server could not be reached.
async function fetchPage(url, options = {}) {
  let response, drawn;
  try {
    response = await fetch(url, { ...options, headers: { "X-Gateside-Script": "1" } });
    drawn = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
  if (response.status === 401 || new URL(response.url).pathname === "/console/sign-in") {
    location.assign(`/console/sign-in?said=ended&next=${encodeURIComponent(location.pathname)}`);
    return null;
  }
  return { response, drawn };
}

// Do what the officer asked for and show where it leads. Whoever asked last wins; meanwhile nothing else redraws.
async function visit(url, options) {
  const turn = ++asked;
  visiting++;
  const page = await fetchPage(url, options);
  visiting--;
  if (page && turn === asked) {
    if (page.drawn.body.classList.contains("desk")) layIn(page.drawn);
    else alarm(words.wentWrong);
  }
  if (missed) refreshSoon();
  return page?.response ?? null;
}

// Read the page that stands anew; what was said about the last deed stays. Resolves to true when it is up to date.
async function refresh() {
  missed = visiting > 0;
  if (missed) return false;
  const turn = asked;
  const page = await fetchPage(address());
  // Deleted, or no longer this officer's to read: the words must not stay on the screen.
  if (page && [403, 404].includes(page.response.status)) {
    forgetPerson();
    location.reload();
  }
  if (!page?.response.ok || turn !== asked) return false;
  page.drawn.getElementById("notices").replaceWith(document.getElementById("notices").cloneNode(true));
  layIn(page.drawn);
  return true;
}

function refreshSoon() {
  due ??= setTimeout(async () => {
    due = null;
    await refresh();
  }, BURST);
}

function layIn(drawn) {
  const before = { person: person(), standing: standing(), bottom: logIsAtBottom() };
  const other = drawn.body.dataset.person !== before.person;
  if (other) {
    for (const id of ["conversation", "brief"]) document.getElementById(id).replaceChildren();
  }
  morph(document.body, drawn.body);
  alerts.pageNamed(drawn.title);
  if (other) live.listenTo(person());
  if (other || before.standing !== standing()) writing.entered();
  if (other || before.bottom) logToBottom();
  if (other) watchLog();
  if (!other && before.standing === "mine" && standing() === "waiting") alarm(words.leaseLost);
  writing.settled();
  alerts.look();
}

// Look for something beside the conversation: a form that asks and changes nothing.
async function ask(form) {
  const url = new URL(form.action);
  url.search = new URLSearchParams(new FormData(form));
  if (!(await visit(url))) return alarm(words.wentWrong);
  remember(url);
}

async function submit(form) {
  const action = form.getAttribute("action");
  const response = await visit(action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!response) {
    if (form.id !== "reply") alarm(words.wentWrong);
    return false;
  }
  const arrived = new URL(response.url);
  if (response.ok && arrived.pathname !== action) remember(arrived);
  return response.ok;
}

function remember(url) {
  url.searchParams.delete("said");
  if (url.href !== location.href) history.pushState(null, "", url);
  shown = address();
}

function address() {
  return location.pathname + location.search;
}

async function tell(path) {
  try {
    return await fetch(`/console/${path}`, { method: "POST", headers: { "X-CSRF-Token": document.body.dataset.csrf } });
  } catch {
    return null;
  }
}

// What the server said

async function heard(name, data) {
  if (name === "change") refreshSoon();
  if (name === "typing") showTyping();
  if (name === "hello" || name === "ping") {
    await tell("heartbeat");
    const fresh = await refresh();
    // An answer still on its way when the line broke is no sign that it is back.
    if (fresh && live.state === "open" && document.getElementById("alarm").dataset.lost) alarm(words.connectionBack, { passing: true });
    if (name === "ping") alerts.remind();
  }
}

function stateChanged(state) {
  const place = document.getElementById("link-state");
  place.textContent = state === "open" ? words.connected : words.notConnected;
  place.classList.toggle("lost", state === "lost");
  if (state === "lost") alarm(words.connectionLost, { lost: true });
}

function alarm(sentence, { lost = false, passing = false } = {}) {
  const place = document.getElementById("alarm");
  place.textContent = sentence;
  place.hidden = false;
  place.classList.toggle("good", passing);
  if (lost) place.dataset.lost = "yes";
  else delete place.dataset.lost;
  if (passing) {
    setTimeout(() => {
      if (place.textContent === sentence) place.hidden = true;
    }, 6000);
  }
}

function showTyping() {
  const place = document.getElementById("typing");
  if (!place) return;
  place.textContent = words.personTyping;
  clearTimeout(typingEnds);
  typingEnds = setTimeout(() => (place.textContent = ""), 5000);
}

// The log

function logIsAtBottom() {
  const log = document.getElementById("log");
  return !log || log.scrollHeight - log.scrollTop - log.clientHeight < 60;
}

// When the log's room changes (a bar appears, the box grows, a phone is turned), its last words stay in sight.
const keepsBottom = new ResizeObserver(([{ target }]) => {
  if (!scrolledUp) target.scrollTop = target.scrollHeight;
});

function watchLog() {
  keepsBottom.disconnect();
  const log = document.getElementById("log");
  if (!log) return;
  keepsBottom.observe(log);
  scrolledUp = Boolean(location.hash);
  log.addEventListener("scroll", () => (scrolledUp = !logIsAtBottom()), { passive: true });
}

function logToBottom() {
  const log = document.getElementById("log");
  if (log) log.scrollTop = log.scrollHeight;
}

function standing() {
  return document.getElementById("state")?.dataset.standing;
}

// What the officer does

function focusAfter() {
  const next = document.getElementById("next");
  const place = document.body.dataset.view === "brief" ? document.getElementById("brief")
    : person() ? document.getElementById("text") ?? document.getElementById("conversation-title")
    : next.disabled ? document.getElementById("queue") : next;
  place.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-insert]");
  if (!link) return;
  event.preventDefault();
  writing.insert(document.getElementById(link.dataset.insert).textContent);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-visit]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  clearAlarm();
  const response = await visit(link.href);
  if (!response) return alarm(words.wentWrong);
  remember(new URL(link.href));
  if (link.dataset.aside === undefined) focusAfter();
  else document.querySelector("#brief [aria-current]").focus();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.visit === undefined) return;
  event.preventDefault();
  clearAlarm();
  if (form.method === "get") return ask(form);
  if (form.dataset.sending) return;
  if (form.id === "reply") return writing.reply(form);
  form.dataset.sending = "yes";
  const before = person();
  const taken = await submit(form);
  delete form.dataset.sending;
  // What was done is done: its fold closes and is empty when it is opened again.
  if (taken && form.closest(".ending details")) {
    form.closest(".ending details").open = false;
    forget(form);
  }
  if (taken && form.closest("#brief") && form.id !== "note-form") return;
  if (form.id === "note-form" && taken) forget(form);
  else if (person() !== before || (taken && standing() === "mine")) focusAfter();
  else document.querySelector("#finish-trouble, #notices .trouble")?.scrollIntoView({ block: "nearest" });
});

function clearAlarm() {
  const place = document.getElementById("alarm");
  if (!place.dataset.lost) place.hidden = true;
}

addEventListener("popstate", async () => {
  if (address() === shown) return; // a link to a place within the page
  shown = address();
  if (await visit(location.href)) focusAfter();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && live.state === "open") heard("hello", {});
});

// The next of the officer's own people, or the one before; round and round.
function goAlongMine(step) {
  const mine = [...document.querySelectorAll("#rows-mine a")];
  if (!mine.length) return;
  const here = mine.findIndex((link) => link.ariaCurrent === "page");
  mine[(here < 0 && step < 0 ? mine.length : here + step + mine.length) % mine.length].click();
}

function goBeside(view) {
  document.querySelector(`#aside-ways a[href$="view=${view}"]`)?.click();
}

const SHORTCUTS = {
  ArrowDown: () => goAlongMine(1),
  ArrowUp: () => goAlongMine(-1),
  KeyW: () => goBeside("words"),
  KeyS: () => goBeside("services"),
  KeyN: () => document.getElementById("next").click(),
  Digit1: () => document.getElementById("queue").focus(),
  Digit2: () => (document.getElementById("text") ?? document.getElementById("conversation")).focus(),
  Digit3: () => document.getElementById("brief").focus(),
  KeyF: () => {
    const finish = document.getElementById("finish");
    if (!finish) return;
    finish.open = true;
    finish.querySelector("input[type=radio]").focus();
  },
};

addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.getElementById("menu").open = false;
  if (!event.altKey || !event.shiftKey || event.ctrlKey || !SHORTCUTS[event.code]) return;
  event.preventDefault();
  SHORTCUTS[event.code]();
});

const plain = new URL(location.href);
plain.searchParams.delete("said");
history.replaceState(null, "", plain);
shown = address();
showScheme();
writing.entered();
if (!location.hash) logToBottom();
watchLog();
alerts.look();
live.listenTo(person());
