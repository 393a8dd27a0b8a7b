// The switch for light and dark. theme.js applied the choice before the page was painted.

const KEY = "gateside-theme";

export function showScheme() {
  const choices = document.getElementById("theme");
  choices.hidden = false;
  const chosen = document.documentElement.dataset.theme ?? "system";
  for (const radio of choices.querySelectorAll("input")) radio.checked = radio.value === chosen;
  choices.addEventListener("change", (event) => choose(event.target.value));
}

function choose(scheme) {
  if (scheme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = scheme;
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
