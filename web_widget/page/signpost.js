// The page for staff at a door: forms go without leaving the page. With no connection what was typed stays where it is,
// nothing of it is kept anywhere else, and it goes by itself once there is one. The same form is one referral.
// The page itself, as it is before anything is typed, is kept for places with no reception (kept.js).

const PATIENCE = 20_000;
const KEPT = "signpost";
const CODE = /^#[2-9a-z]{4}-?[2-9a-z]{4}$/i;

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-sending]")) return;
  event.preventDefault();
  send(event.target);
});

// What was wrong is no longer said once it is written anew.
document.addEventListener("input", ({ target }) => {
  target.removeAttribute("aria-invalid");
  if (target.getAttribute("aria-describedby") === `${target.name}-wrong`) target.removeAttribute("aria-describedby");
  document.getElementById(`${target.name}-wrong`)?.remove();
});

async function send(form) {
  if (form.dataset.on) return;
  form.dataset.on = "yes";
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  say(form, form.dataset.sending);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "text/html" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    show(await answer.text());
  } catch {
    delete form.dataset.on;
    button.disabled = false;
    say(form, form.dataset.notSent, true);
    addEventListener("online", () => form.isConnected && send(form), { once: true });
  }
}

// The answer is the same page as without script; its middle takes the place of ours.
function show(html) {
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  if (!main) throw new Error("no page came back");
  const here = document.querySelector("main");
  here.replaceChildren(...main.childNodes);
  const first = here.querySelector("#outcome, #troubles");
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

function say(form, words, waiting = false) {
  const state = form.querySelector(".sending");
  state.textContent = words;
  state.classList.toggle("waiting", waiting);
}

// A link that a referrer keeps carries the code behind the #, which no server ever sees. One tap, and it is looked up.
function lookUpByLink() {
  const form = document.querySelector(".look-up");
  if (location.pathname !== "/signpost/reached" || !form || !CODE.test(location.hash)) return;
  form.elements.code.value = location.hash.slice(1);
  send(form);
}

// A page out of the keeping carries the number of a form that may have been sent already.
function numberAnew() {
  const number = document.querySelector("#referral [name=form_id]");
  if (number && crypto.randomUUID) number.value = crypto.randomUUID();
}

async function keep() {
  if (location.pathname !== "/signpost" || !navigator.serviceWorker || !globalThis.caches) return;
  await navigator.serviceWorker.register("/signpost/kept.js", { scope: "/signpost" });
  const looks = [...document.querySelectorAll("link[rel=stylesheet], script[src], .shown-card img")];
  const kept = await caches.open(KEPT);
  await kept.addAll([location.pathname + location.search, ...looks.map((each) => each.href ?? each.src)]);
}

numberAnew();
lookUpByLink();
keep().catch(() => {
  // No keeping here, or no room: the page works as long as there is a line.
});
