// One case open beside a list (back office, issue window): the panel is fetched as the server renders it, and again whenever
// the list hears of a change. Its buttons stand outside; what works is read from the panel's data.

import { lang } from "./asking.js";
import { tick } from "./clock.js";
import { morph } from "./morph.js";

const { panel, receipts } = document.body.dataset;
const place = document.getElementById("case");
const body = place.querySelector("[data-panel-body]");
const foot = place.querySelector("[data-acts]");
const receipt = foot.querySelector("[data-receipt]");
const empty = body.querySelector(".case-empty")?.outerHTML ?? "";
const listeners = [];
let asked = 0; // cases that somebody wanted to open, or closed: the last one counts
let renewed = 0;

// The open case: {id, can, window, facts}; id is null when there is none.
export const open = { id: null, can: [], window: [], facts: {} };
export const onCase = (listener) => listeners.push(listener);
export const words = JSON.parse(document.getElementById("words").dataset.words);
export const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function read() {
  const found = body.querySelector("[data-case]");
  open.id = found?.dataset.case ?? null;
  open.can = found?.dataset.can.split(" ").filter(Boolean) ?? [];
  open.window = found?.dataset.window.split(" ").filter(Boolean) ?? [];
  open.facts = found ? JSON.parse(found.dataset.facts) : {};
  foot.hidden = !open.id;
  receipt.hidden = !open.id;
  if (open.id) receipt.href = `${receipts}${open.id}?print`;
  place.toggleAttribute("data-open", Boolean(open.id));
  mark();
  for (const listener of listeners) listener(open);
}

// Which line of the list is the open one.
export function mark() {
  for (const line of document.querySelectorAll("[data-open]:is(a)")) {
    if (line.dataset.open === open.id) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

// The panel as HTML, or null when there is none.
async function fetched(id) {
  try {
    const answer = await fetch(`${panel}${encodeURIComponent(id)}?lang=${lang}`, { headers: { Accept: "text/html" } });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

// Open a case; gives false when there is none of this number.
export async function show(id, { history: remember = true, focus = true } = {}) {
  const turn = ++asked;
  const html = await fetched(id);
  if (turn !== asked) return true; // somebody wants another one by now
  if (html === null) return false;
  morph(body, html);
  tick(body);
  body.scrollTop = 0;
  read();
  if (remember) history.pushState(null, "", address(id));
  if (focus) body.focus({ preventScroll: true });
  if (matchMedia("(max-width: 68rem)").matches) place.scrollIntoView({ block: "start" });
  return true;
}

// The open case anew. It never takes the place of one that somebody is about to open.
export async function again() {
  const { id } = open;
  if (!id) return;
  const turn = ++renewed;
  const html = await fetched(id);
  if (html === null || id !== open.id || turn !== renewed) return;
  morph(body, html);
  tick(body);
  read();
}

export function close() {
  const line = document.getElementById(`job-${open.id}`);
  asked++;
  morph(body, empty);
  read();
  history.pushState(null, "", address(null));
  (line ?? document.querySelector("[data-open]:is(a)"))?.focus();
}

function address(id) {
  const url = new URL(location.href);
  if (id) url.searchParams.set("case", id);
  else url.searchParams.delete("case");
  return url;
}

document.addEventListener("click", (event) => {
  const line = event.target.closest("a[data-open]");
  if (line && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    show(line.dataset.open);
  }
  if (event.target.closest("[data-close-case]")) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open.id && place.contains(document.activeElement) && !document.querySelector("dialog[open]")) close();
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const here = document.activeElement?.closest?.("a[data-open]");
  if (!here) return;
  const lines = [...document.querySelectorAll("a[data-open]")].filter((line) => line.offsetParent !== null);
  const next = lines[lines.indexOf(here) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

addEventListener("popstate", () => {
  const id = new URL(location.href).searchParams.get("case");
  if (id) show(id, { history: false, focus: false });
  else if (open.id) { asked++; morph(body, empty); read(); }
});

// Listeners first: they are added while the page's own module runs.
export const begin = () => read();
