// Pieces of the desk that are fetched when they are wanted: HTML that the server rendered for this counter, or null.

import { lang } from "./asking.js";

const LIMIT_MS = 8_000;
const root = location.pathname.replace(/\/$/, "");

async function ask(path, query) {
  try {
    const address = `${root}/${path}?${new URLSearchParams({ ...query, lang })}`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(LIMIT_MS) });
    return answer.ok ? answer : null;
  } catch {
    return null;
  }
}

export async function fetchPiece(path, query = {}) {
  const answer = await ask(path, query);
  return answer && answer.text();
}

export async function fetchFacts(path, query = {}) {
  const answer = await ask(path, query);
  return answer && answer.json();
}
