// Results while somebody types, on the screen's keys, a keyboard or an input method. Without script each key is a submit button.

import { morph } from "./morph.js";

const WAIT_MS = 150; // a typist's pause

export function finder() {
  const form = document.querySelector("[data-finder]");
  if (!form) return;
  const text = form.elements.q;
  const results = document.getElementById("results");
  let timer = 0;
  let asked = 0;

  async function look() {
    const turn = ++asked;
    const address = `${form.action}?part=1&q=${encodeURIComponent(text.value)}`;
    history.replaceState(null, "", `${form.action}?q=${encodeURIComponent(text.value)}`);
    try {
      const answer = await fetch(address);
      if (answer.ok && turn === asked) morph(results, await answer.text());
    } catch {
      // offline: the banner says so
    }
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  };

  text.addEventListener("input", (event) => {
    if (!event.isComposing) soon();
  });
  text.addEventListener("compositionend", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = event.submitter?.name === "key" ? event.submitter.value : "";
    if (key === "clear") text.value = "";
    else if (key === "back") text.value = text.value.slice(0, -1);
    else text.value = (text.value + key).slice(0, text.maxLength);
    soon();
  });
  text.setSelectionRange(text.value.length, text.value.length);
}
