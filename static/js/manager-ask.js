// Asking the server for something on the manager's page: one idempotency key per press, refusals in words where they belong.

import { key, lang, refuse, sentence, tell } from "./asking.js";

const { api, failed, done } = document.body.dataset;
const LIMIT_MS = 8_000;

export async function ask(method, path, body, dialog) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key() };
  let problem;
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const answer = await fetch(`${api}/${path}?lang=${lang}`, { method, headers, body: JSON.stringify(body), signal });
    if (answer.ok) return tell(done), true;
    problem = sentence(await answer.json(), failed);
  } catch {
    problem = failed;
  }
  refuse(problem, dialog);
  return false;
}

export function showRefusals(dialog, shown) {
  dialog.querySelector("[data-refused]").hidden = !shown;
}
