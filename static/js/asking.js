// What every page shares that asks the public API: its language, one idempotency key per press, refusals in words, and the line
// that says for some seconds what came of it.

const SAID_MS = 8_000;
let forgetting = 0;

export const lang = document.documentElement.lang === "en" ? "en" : "zh";

// crypto.randomUUID is missing on plain http, where most halls are.
export function key() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What a refusal says: `failed` when there was no answer.
export function sentence({ title, detail }, failed) {
  if (!title) return failed;
  return detail && detail !== title ? `${title} ${detail}` : title;
}

export function tell(text, bad = false) {
  const said = document.querySelector("[data-said]");
  said.textContent = text;
  said.classList.toggle("bad", bad);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => { said.textContent = ""; }, SAID_MS);
}

// A refusal where the hand is: in the dialog, or in the line.
export function refuse(text, dialog) {
  const place = dialog?.querySelector("[data-refused]");
  if (!place) return tell(text, true);
  place.textContent = text;
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}
