// What both pages of the catalogue share: asking the server, differences as a list, the search in the list of services.

import { key, lang } from "./asking.js";
import { morph } from "./morph.js";

export const { api, home, failed } = document.body.dataset;
const LIMIT_MS = 60_000; // a large file takes a while to read
const TYPING_MS = 150;

// {ok, status, body}; status 0: no answer at all. `query` is an object, `body` a file or what becomes JSON.
export async function ask(method, path, query = {}, body = undefined, type = "application/json") {
  const address = `${api}/${path}?${new URLSearchParams({ lang, ...query })}`;
  const request = { method, signal: AbortSignal.timeout(LIMIT_MS), headers: { "Idempotency-Key": key() } };
  if (body !== undefined) {
    request.headers["Content-Type"] = type;
    request.body = type === "application/json" ? JSON.stringify(body) : body;
  }
  try {
    const answer = await fetch(address, request);
    const told = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, body: told };
  } catch {
    return { ok: false, status: 0, body: { title: failed } };
  }
}

// `label: old -> new`, as list items. The arrow is the page's own icon; every text is a text.
export function diffItems(list, fields, { from, to }) {
  return fields.map((field) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = field.label;
    item.append(name, side("was", from, field.old), arrow(list), side("now", to, field.new));
    return item;
  });
}

function side(kind, word, value) {
  const span = document.createElement("span");
  span.className = kind;
  const hidden = document.createElement("span");
  hidden.className = "hidden";
  hidden.textContent = `${word} `;
  span.append(hidden, value);
  return span;
}

function arrow(list) {
  const template = document.createElement("template");
  template.innerHTML = list.dataset.arrow; // an icon of ours, put there by the page
  return template.content.firstElementChild;
}

// The list of services, searched while somebody types.
export function search() {
  const form = document.querySelector("[data-find]");
  const place = document.querySelector("[data-found]");
  const chosen = place.querySelector("[aria-current]")?.dataset.key ?? "";
  let waiting = 0;
  let asked = 0;
  async function look() {
    const mine = ++asked;
    const query = new URLSearchParams({ q: form.elements.q.value, lang, chosen });
    const answer = await fetch(`${home}/list?${query}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : null;
    if (html !== null && mine === asked) morph(place, html);
  }
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, TYPING_MS);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
  place.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}
