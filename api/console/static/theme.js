// Runs before the page is painted, so that a chosen scheme never flashes the other one first.
(() => {
  try {
    const chosen = localStorage.getItem("gateside-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is closed in this browser: the system's scheme serves.
  }
})();
