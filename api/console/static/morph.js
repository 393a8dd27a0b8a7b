// Makes the page that stands into the page the server drew, touching only what differs: focus, half-written words,
// open folds and scroll places survive. Elements with an id are recognised wherever they moved to.
// data-keep: the script owns this element. data-keep-open: the reader decides whether it is open.

export function morph(standing, fresh) {
  const focused = document.activeElement;
  morphElement(standing, fresh);
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

function morphElement(standing, fresh) {
  if (standing.dataset.keep !== undefined && fresh.dataset.keep !== undefined) return;
  morphAttributes(standing, fresh);
  morphChildren(standing, fresh);
}

function morphAttributes(standing, fresh) {
  const keepsOpen = standing.dataset.keepOpen !== undefined && !fresh.open;
  for (const { name } of [...standing.attributes]) {
    if (!fresh.hasAttribute(name) && !(keepsOpen && name === "open")) standing.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (standing.getAttribute(name) !== value) standing.setAttribute(name, value);
  }
}

function morphChildren(standing, fresh) {
  const wantedIds = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
  for (const child of [...standing.children]) {
    if (child.id && !wantedIds.has(child.id)) child.remove();
  }
  const known = new Map([...standing.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = standing.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = known.get(wanted.id);
    if (same) {
      while (place && place !== same && !place.id) place = removeAndPass(place);
      if (place === same) place = place.nextSibling;
      else standing.insertBefore(same, place);
      morphElement(same, wanted);
    } else if (place && !place.id && !wanted.id && place.nodeName === wanted.nodeName) {
      if (place.nodeType === Node.ELEMENT_NODE) morphElement(place, wanted);
      else if (place.nodeValue !== wanted.nodeValue) place.nodeValue = wanted.nodeValue;
      place = place.nextSibling;
    } else {
      standing.insertBefore(document.importNode(wanted, true), place);
    }
  }
  while (place) place = removeAndPass(place);
}

function removeAndPass(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
