// The page for staff at a door: the form goes without leaving the page. With no connection what was typed stays where it
// is, nothing of it is kept anywhere else, and it goes by itself once there is one. The same form is one referral.

const PATIENCE = 20_000;

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#referral, #plan")) return;
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
  say(form.dataset.sending);
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
    say(form.dataset.notSent, true);
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

function say(words, waiting = false) {
  const state = document.getElementById("state");
  state.textContent = words;
  state.classList.toggle("waiting", waiting);
}
