// Small ways of making elements. Text always goes in as text, never as HTML, so nothing a person or an officer
// writes can run in the page.

import { word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  talk: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  leave: "M10 4H4v16h6M14 8l5 4-5 4M19 12H9",
  alert: "M12 3l10 18H2zM12 10v5M12 18v.5",
  phone: "M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4c0 2-2 3-4 3C9 20 4 13 3 7c0-2 1-4 3-4z",
  keep: "M6 3h12v18l-6-4-6 4z",
  back: "M11 5l-7 7 7 7M4 12h16",
};

/**
 * One element with its properties and children. Keys that hold a function become listeners ("click"), keys with a dash
 * or "role" become attributes, the rest are set as properties; a child that is null or false is left out.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else if (key.includes("-") || key === "role" || key === "part") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false && child !== undefined));
  return made;
}

/** A drawn icon. It always stands beside words, so it is hidden from screen readers. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** A button with words, and an icon where one is named. */
export function button(label, look, onClick, iconName = null) {
  return element("button", { type: "button", className: look, click: onClick }, iconName && icon(iconName),
    element("span", {}, label));
}

/** Opens a page in a tab of its own with a plain form, so that what it carries stands in no address. */
export function openByForm(within, { action, token }) {
  const field = element("input", { type: "hidden", name: "token", value: token });
  const form = element("form", { method: "post", action, target: "_blank", hidden: true }, field);
  form.setAttribute("rel", "noopener noreferrer");
  within.append(form);
  form.submit();
  form.remove();
}

const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;
const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]|\b(?:[a-z0-9-]+\.)+(?:org|uk|scot|com)\b(?:\/[\w/-]*)?/;
const NUMBER = /\b(?:999|112|111|101|116 123)\b|\b0(?: ?\d){9,10}\b/;
const LINKABLE = new RegExp(`(${EMAIL.source}|${ADDRESS.source}|${NUMBER.source})`, "g");

/** Words as nodes: web and mail addresses and United Kingdom phone numbers as links, so that one tap rings or opens. */
export function linkedText(text) {
  return text.split(LINKABLE).map((piece, index) => index % 2 === 1 ? link(piece) : document.createTextNode(piece));
}

function link(piece) {
  if (piece.includes("@")) return element("a", { href: `mailto:${piece}` }, piece);
  if (/^[\d ]+$/.test(piece)) return element("a", { href: `tel:${piece.replaceAll(" ", "")}` }, piece);
  const href = piece.startsWith("http") ? piece : `https://${piece}`;
  return element("a", { href, target: "_blank", rel: "noopener noreferrer", title: word("widget/link_opens_new") }, piece);
}
