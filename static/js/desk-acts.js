// Asking the server for an act: one idempotency key per press, so that a press whose answer was lost can be sent again.

import { key, lang } from "./asking.js";
import { fetchFacts } from "./desk-pieces.js";

const { api, counter } = document.body.dataset;
const AGAIN_MS = [400, 1_200]; // a hall's network hiccups; longer is for the clerk to decide
const LIMIT_MS = 8_000;

// {ok, status, body}; status 0: no answer at all.
export async function post(path, body = {}) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key() },
    body: JSON.stringify(body),
  };
  for (const wait of [...AGAIN_MS, null]) {
    try {
      const answer = await fetch(`${api}/${path}?lang=${lang}`, { ...request, signal: AbortSignal.timeout(LIMIT_MS) });
      if (answer.status < 500 || wait === null) return { ok: answer.ok, status: answer.status, body: await bodyOf(answer) };
    } catch {
      if (wait === null) return { ok: false, status: 0, body: {} };
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

// The same of something that is only looked at.
export async function get(path) {
  try {
    const answer = await fetch(`${api}/${path}?lang=${lang}`, { signal: AbortSignal.timeout(LIMIT_MS) });
    return { ok: answer.ok, status: answer.status, body: await bodyOf(answer) };
  } catch {
    return { ok: false, status: 0, body: {} };
  }
}

export const act = (name, body) => post(`counters/${encodeURIComponent(counter)}/${name}`, body);
export const reinstate = (ticket) => post(`tickets/${encodeURIComponent(ticket)}/reinstate`);

// Services that a word, pinyin or initials may mean, with how it stands where each is done: [{id, name, text}].
export async function findServices(query) {
  const found = await fetchFacts("find", { q: query, format: "json" });
  return (found?.rows ?? []).filter(({ kind }) => kind === "service");
}

async function bodyOf(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}
