// The report: the print dialog by button, or at once when the address asks for it (?print).

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
if (new URLSearchParams(location.search).has("print")) addEventListener("load", () => print());
