// A window becomes something else for a while: what it will be, what happens to it, and when it returns, said before it is done.

import { now, wall } from "./clock.js";
import { ask, showRefusals } from "./manager-ask.js";

const dialog = document.getElementById("dialog-tide");
const form = dialog.querySelector("form");
const rows = [...form.querySelectorAll("tr[data-queue]")];
const preview = form.querySelector("[data-preview]");
const single = form.querySelector("[data-single]");
const present = form.querySelector("[data-now]");
const MINUTE_MS = 60_000;

const facts = (id) => document.getElementById(`counter-${id}`)?.dataset;
const words = (text) => (text ? text.split(" ") : []);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const kindName = (kind) => form.elements.kind.querySelector(`option[value="${kind}"]`).textContent;

const closes = () => document.getElementById("tide-new")?.dataset.closes || null;
const untilClosing = () => (closes() ? Math.ceil((Date.parse(closes()) - now()) / MINUTE_MS) : 0);

export function openTide(id) {
  form.reset();
  showRefusals(dialog, false);
  if (id) form.elements.counter.value = id;
  choose();
  dialog.showModal();
}

// What the window is now, ticked.
function choose() {
  const counter = facts(form.elements.counter.value);
  form.elements.kind.value = counter.kind;
  const serves = words(counter.serves);
  const helps = words(counter.helps);
  for (const row of rows) {
    const value = serves.includes(row.dataset.queue) ? "serves" : helps.includes(row.dataset.queue) ? "helps" : "";
    row.querySelector(`input[value="${value}"]`).checked = true;
  }
  const kept = [...serves, ...helps].filter((entry) => !rows.some((row) => row.dataset.queue === entry)).length;
  single.hidden = !kept;
  single.textContent = single.dataset.single.replace("{count}", kept);
  repaintTide();
}

// Single services that the window takes stay as they are: only whole queues are ticked here.
function ticked(name) {
  const queues = rows.map((row) => row.dataset.queue);
  const kept = words(facts(form.elements.counter.value)[name]).filter((entry) => !queues.includes(entry));
  return [...rows.filter((row) => row.querySelector("input:checked")?.value === name).map((row) => row.dataset.queue), ...kept];
}

const said = (name, list) => (list.length ? fill(present.dataset[name], { helps: list.join(" ") }) : "");

export function repaintTide() {
  const chosen = form.elements.counter;
  const counter = facts(chosen.value);
  if (!counter) return;
  const closing = form.querySelector("[data-until-closing]");
  closing.hidden = untilClosing() < 1;
  const closingText = closing.querySelector("[data-closing]");
  if (!closing.hidden) put(closingText, fill(closingText.dataset.closing, { at: wall(Date.parse(closes())) }));
  const nowText = fill(present.dataset.now, { kind: kindName(counter.kind), serves: words(counter.serves).join(" ") });
  put(present, nowText + said("helps", words(counter.helps)));
  const serves = ticked("serves");
  if (!serves.length) return put(preview, preview.dataset.nothing);
  const window = chosen.selectedOptions[0].textContent;
  const what = fill(preview.dataset.preview, { window, kind: kindName(form.elements.kind.value), serves: serves.join(" ") });
  const minutes = howLong();
  const ends = minutes ? fill(preview.dataset.back, { at: wall(now() + minutes * MINUTE_MS) }) : preview.dataset.stay;
  put(preview, `${what}${said("helps", ticked("helps"))}${ends}${preview.dataset.hand}`);
}

// Only what is new is written: a screen reader says it again otherwise.
function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function howLong() {
  const value = form.elements.minutes.value;
  return value === "closing" ? untilClosing() : Number(value);
}

form.addEventListener("change", (event) => (event.target === form.elements.counter ? choose() : repaintTide()));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) return;
  showRefusals(dialog, false);
  button.disabled = true;
  const minutes = howLong();
  const { counter, kind } = form.elements;
  const body = { serves: ticked("serves"), helps: ticked("helps"), kind: kind.value, ...(minutes ? { minutes } : {}) };
  const ok = await ask("PATCH", `counters/${encodeURIComponent(counter.value)}`, body, dialog);
  button.disabled = false;
  if (ok) dialog.close();
});

// Back at once: to what it was before, and left alone by the rules for the rest of the day.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("tide" in button.dataset) openTide();
  if (!button.dataset.back || button.disabled) return;
  const { back, serves, helps, kind } = button.dataset;
  button.disabled = true;
  await ask("PATCH", `counters/${encodeURIComponent(back)}`, { serves: words(serves), helps: words(helps), kind });
  button.disabled = false;
});
