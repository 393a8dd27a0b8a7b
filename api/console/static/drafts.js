// Half-written replies, notes and endings. They lie in this browser, under the officer's and the person's id, so that a
// closed tab, a crash or a session that ran out loses nothing. Nothing of them goes anywhere else: they are taken away
// when they are sent, when the officer signs out, when somebody else signs in here, when the person's words are gone,
// and after half a day.

const KEPT_FOR = 12 * 60 * 60 * 1000;
const PREFIX = "draft:";
const NEVER_KEPT = ["csrf_token", "client_id"];
const NOTHING = Object.create({ getItem: () => null, setItem: () => {}, removeItem: () => {} });

// What was written in a field changed: keep its form, if it is one that is kept and says more than it did when drawn.
export function keep(field) {
  const form = field.form;
  if (!form?.matches("form[data-draft]") || !person()) return;
  if (![...form.elements].some(isWritten)) return store().removeItem(keyOf(form));
  const fields = [...new FormData(form)].filter(([name, value]) => !NEVER_KEPT.includes(name) && value !== "");
  try {
    store().setItem(keyOf(form), JSON.stringify({ at: Date.now(), fields }));
  } catch {
    // A browser that is full is no reason to break: the words still stand in the form.
  }
}

// A person was opened: what was half written about them stands in its forms again, and its folds are open. A reply comes
// first: the folds beneath it, which would cover it, stay shut until they are wanted.
export function bringBack() {
  sweep();
  const reply = document.getElementById("reply");
  const replying = reply && read(keyOf(reply));
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const kept = read(keyOf(form));
    if (!kept) continue;
    fill(form, kept.fields);
    if (replying && form.closest(".ending")) continue;
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    for (const fold of form.querySelectorAll("details")) {
      if (fold.querySelector("input:checked")) fold.open = true;
    }
  }
}

// It was sent, or is not wanted: the form is empty and nothing of it is kept.
export function forget(form) {
  store().removeItem(keyOf(form));
  form.reset();
  for (const box of form.querySelectorAll("textarea")) box.value = "";
}

// This person's words are gone: so is what was half written about them.
export function forgetPerson() {
  for (const key of keys()) if (key.includes(`:${person()}:`)) store().removeItem(key);
}

// Everything that is kept here, whoever wrote it.
export function forgetAll() {
  for (const key of keys()) store().removeItem(key);
}

function isWritten(field) {
  if (!field.name || NEVER_KEPT.includes(field.name)) return false;
  if (["radio", "checkbox"].includes(field.type)) return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return field.selectedIndex > 0;
  return field.value !== "" && field.value !== field.defaultValue;
}

function fill(form, fields) {
  for (const field of form.elements) {
    if (!field.name || NEVER_KEPT.includes(field.name)) continue;
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type === "radio") field.checked = values.length ? values.includes(field.value) : field.checked;
    else if (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === values[0])) {
      field.value = values[0] ?? field.value;
    }
  }
}

function sweep() {
  if (["closed", "wiped"].includes(document.getElementById("state")?.dataset.standing)) forgetPerson();
  for (const key of keys()) {
    if (!key.startsWith(`${PREFIX}${document.body.dataset.staff}:`) || !read(key)) store().removeItem(key);
  }
}

function read(key) {
  try {
    const kept = JSON.parse(store().getItem(key));
    return kept && Date.now() - kept.at < KEPT_FOR ? kept : null;
  } catch {
    return null;
  }
}

function keys() {
  return Object.keys(store()).filter((key) => key.startsWith(PREFIX));
}

function keyOf(form) {
  return `${PREFIX}${document.body.dataset.staff}:${person()}:${form.id}`;
}

function person() {
  return document.body.dataset.person;
}

// A browser may be told to keep nothing at all; then the words stand in the forms alone.
function store() {
  try {
    return localStorage;
  } catch {
    return NOTHING;
  }
}
