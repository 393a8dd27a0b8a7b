// A button that prints the page, where a script can.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
