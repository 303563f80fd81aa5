// The start page: the live sentence, and the demo's clock set by one press.

import "./feed.js";

const form = document.querySelector(".speed");
if (form) {
  form.querySelector("[data-set]").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
