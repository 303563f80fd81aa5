// Asking the server for something on the manager's page: one idempotency key per press, refusals in words where they belong.

const { api, failed, done } = document.body.dataset;
const lang = document.documentElement.lang === "en" ? "en" : "zh";
const said = document.querySelector("[data-said]");
const LIMIT_MS = 8_000;
const SAID_MS = 6_000;
let forgetting = 0;

// crypto.randomUUID is missing on plain http, where most halls are.
function key() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function ask(method, path, body, dialog) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key() };
  let problem;
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const answer = await fetch(`${api}/${path}?lang=${lang}`, { method, headers, body: JSON.stringify(body), signal });
    if (answer.ok) return tell(done), true;
    const told = await answer.json();
    problem = told.detail && told.detail !== told.title ? `${told.title} ${told.detail}` : told.title;
  } catch {
    problem = failed;
  }
  refuse(problem, dialog);
  return false;
}

export function showRefusals(dialog, shown) {
  dialog.querySelector("[data-refused]").hidden = !shown;
}

function refuse(problem, dialog) {
  const place = dialog?.querySelector("[data-refused]");
  if (!place) return tell(problem, true);
  place.textContent = problem;
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}

function tell(text, bad = false) {
  said.textContent = text;
  said.classList.toggle("bad", bad);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => { said.textContent = ""; }, SAID_MS);
}
