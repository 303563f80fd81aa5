// A sheet that is printed: `?print` in the address opens the dialog at once, the button does it again.

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
if (new URLSearchParams(location.search).has("print")) {
  document.fonts.ready.then(() => setTimeout(() => window.print(), 100)); // after the first paint: the dialog stops the page
}
