// A phone in the browser: shows what the stand-in for Twilio holds for one number, and texts through it.

const words = JSON.parse(document.body.dataset.words);
const at = (id) => document.getElementById(id);
const who = at("who"), other = at("other"), number = at("number"), texts = at("texts"), body = at("body");
const STATES = {
  received: words.received, accepted: words.waiting, queued: words.waiting, sending: words.waiting,
  sent: words.sent, delivered: words.delivered, undelivered: words.failed, failed: words.failed,
};
const EVERY_MS = 1000;
let shown = "";

const current = () => who.value || number.value.replace(/[\s-]/g, "");
const isWhole = (said) => /^\+[1-9]\d{6,14}$/.test(said);
const path = () => `/dev/phone/texts/${encodeURIComponent(current())}`;
const clock = (moment) => moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

function bubble(text) {
  const item = document.createElement("li"), said = document.createElement("p"), small = document.createElement("small");
  const failed = ["undelivered", "failed"].includes(text.status);
  item.className = `${text.mine ? "mine" : "theirs"}${failed ? " failed" : ""}`;
  said.textContent = [text.body, text.pictures ? `(${words.picture})` : ""].filter(Boolean).join(" ");
  const parts = text.segments === 1 ? words.part : `${text.segments} ${words.parts}`;
  const state = `${STATES[text.status] ?? text.status}${text.error_code ? ` (${text.error_code})` : ""}`;
  small.textContent = [clock(new Date(text.at)), parts, state].join(" · ");
  item.append(said, small);
  return item;
}

function show(list) {
  const now = JSON.stringify(list);
  if (now === shown) return;
  shown = now;
  const atEnd = texts.scrollHeight - texts.scrollTop - texts.clientHeight < 80;
  // Only what changed is drawn anew, so that a screen reader hears a new text once.
  list.forEach((text, index) => {
    const key = JSON.stringify(text), standing = texts.children[index];
    if (standing?.dataset.key === key) return;
    const item = bubble(text);
    item.dataset.key = key;
    if (standing) standing.replaceWith(item); else texts.append(item);
  });
  while (texts.children.length > list.length) texts.lastElementChild.remove();
  if (atEnd) texts.scrollTop = texts.scrollHeight;
}

async function look() {
  at("clock").textContent = clock(new Date());
  at("showing").textContent = current();
  if (!isWhole(current())) return show([]);
  const asked = current();
  try {
    const answer = await fetch(path());
    if (answer.ok && asked === current()) show((await answer.json()).messages);
  } catch { /* The next look may find it back. */ }
}

async function send(text, pictures = 0) {
  const whole = isWhole(current());
  at("number-wrong").hidden = whole;
  if (!whole) return number.focus();
  let sent = false;
  try {
    const how = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ body: text, pictures }) };
    sent = (await fetch(path(), how)).ok;
  } catch { /* Said below. */ }
  at("trouble").hidden = sent;
  if (sent && text === body.value.trim()) body.value = "";
  await look();
}

at("writing").addEventListener("submit", (event) => {
  event.preventDefault();
  if (body.value.trim()) send(body.value.trim());
});
body.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); at("writing").requestSubmit(); }
});
who.addEventListener("change", () => { other.hidden = who.value !== ""; texts.replaceChildren(); shown = ""; look(); });
number.addEventListener("change", look);
at("picture").addEventListener("click", () => send("", 1));
for (const each of document.querySelectorAll("[data-try]")) each.addEventListener("click", () => send(each.dataset.try));

look();
setInterval(look, EVERY_MS);
