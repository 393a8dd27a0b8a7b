// A service worker for /signpost alone: what was opened once can be read again where there is no reception, or next to
// none. What comes over the line is always newer and is shown whenever it comes in time. Only the page as it is before
// anything is typed is kept; no form and no answer ever is.

const KEPT = "signpost";
/** So long the line is waited for: for the page, and for what it looks like. */
const PAGE_IN_TIME = 4_000;
const LOOK_IN_TIME = 1_000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const page = request.mode === "navigate" && pathname === "/signpost";
  const look = ["style", "script", "image"].includes(request.destination);
  if (request.method === "GET" && origin === location.origin && (page || look)) event.respondWith(answer(request, page));
});

async function answer(request, page) {
  const kept = await caches.open(KEPT);
  const known = (await kept.match(request)) ?? (page ? await kept.match(request, { ignoreSearch: true }) : undefined);
  const fresh = fetch(request).then(async (came) => {
    if (came.ok) await kept.put(request, came.clone());
    return came;
  });
  if (!known) return fresh;
  const late = new Promise((done) => setTimeout(done, page ? PAGE_IN_TIME : LOOK_IN_TIME, known));
  return Promise.race([fresh.catch(() => known), late]);
}
