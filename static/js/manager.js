// The manager's page: window tiles and rows open a dialog, its forms ask the public API, refusals are shown in words.

import { connect } from "./feed.js";
import { now } from "./clock.js";

const { api, failed, done, minutes: unit } = document.body.dataset;
const lang = document.documentElement.lang === "en" ? "en" : "zh";
const region = document.querySelector("[data-live]");
const counterDialog = document.getElementById("dialog-counter");
const noticeDialog = document.getElementById("dialog-notice");
const said = document.querySelector("[data-said]");
const LIMIT_MS = 8_000;
const SAID_MS = 6_000;
let chosen = null; // the counter whose dialog is open
let forgetting = 0;

// -- asking the server

// One key per press. crypto.randomUUID is missing on plain http, where most halls are.
function key() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function ask(method, path, body, dialog) {
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

// -- the dialog of a counter

const facts = (id) => document.getElementById(`counter-${id}`)?.dataset;

function openCounter(id) {
  const counter = facts(id);
  if (!counter) return;
  chosen = id;
  for (const form of counterDialog.querySelectorAll("form")) form.reset();
  counterDialog.querySelector("[data-refused]").hidden = true;
  paint(counter);
  tickServes(counter);
  counterDialog.showModal();
}

// Who sits there may change while the dialog is open; what was ticked does not.
function paint(counter) {
  const title = counterDialog.querySelector("[data-title]");
  title.textContent = title.dataset.title.replace("{label}", counter.label);
  const passed = counter.since ? Math.max(0, Math.floor((now() - Date.parse(counter.since)) / 60_000)) : null;
  const word = counter.state === "closed" || passed === null ? counter.word : `${counter.word} ${passed} ${unit}`;
  counterDialog.querySelector("[data-summary]").textContent = [
    counter.name, counter.number, word, counter.reason, counter.until,
  ].filter(Boolean).join(" · ");
  for (const form of counterDialog.querySelectorAll("[data-when]")) form.hidden = !form.dataset.when.split(" ").includes(counter.state);
}

const words = (text) => (text ? text.split(" ") : []);

function tickServes(counter) {
  const serves = words(counter.serves);
  const helps = words(counter.helps);
  const rows = [...counterDialog.querySelectorAll("tr[data-queue]")];
  for (const row of rows) {
    const value = serves.includes(row.dataset.queue) ? "serves" : helps.includes(row.dataset.queue) ? "helps" : "";
    row.querySelector(`input[value="${value}"]`).checked = true;
  }
  const single = [...serves, ...helps].filter((entry) => !rows.some((row) => row.dataset.queue === entry)).length;
  const hint = counterDialog.querySelector("[data-single]");
  hint.hidden = !single;
  hint.textContent = hint.dataset.single.replace("{count}", single);
}

// Single services that the counter takes stay as they are: only whole queues are ticked here.
function ticked(name) {
  const rows = [...counterDialog.querySelectorAll("tr[data-queue]")];
  const queues = rows.map((row) => row.dataset.queue);
  const kept = words(facts(chosen)[name]).filter((entry) => !queues.includes(entry));
  return [...rows.filter((row) => row.querySelector("input:checked")?.value === name).map((row) => row.dataset.queue), ...kept];
}

const minutes = (value) => (value ? { minutes: Number(value) } : {});

const acts = {
  open: ({ clerk }) => ["POST", "open", { clerk: clerk.trim() }],
  resume: () => ["POST", "open", { clerk: facts(chosen).clerk }],
  pause: (form) => ["POST", "pause", { reason: form.reason.trim(), ...minutes(form.minutes) }],
  "take-over": ({ clerk }) => ["POST", "take-over", { clerk: clerk.trim() }],
  close: () => ["POST", "close", {}],
  serves: () => ["PATCH", "", { serves: ticked("serves"), helps: ticked("helps") }],
};

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  if (button.disabled) return;
  const dialog = form.closest("dialog");
  dialog.querySelector("[data-refused]").hidden = true;
  button.disabled = true;
  const values = Object.fromEntries(new FormData(form));
  const ok = dialog === noticeDialog ? await sendNotice(values) : await actOn(form.dataset.act, values);
  button.disabled = false;
  if (ok) dialog.close();
}

function actOn(name, values) {
  const [method, path, body] = acts[name](values);
  return ask(method, `counters/${encodeURIComponent(chosen)}${path && `/${path}`}`, body, counterDialog);
}

function sendNotice({ zh, en, level, zone, ...form }) {
  const text = { zh: zh.trim(), en: en.trim() || zh.trim() };
  return ask("POST", "notices", { text, level, ...(zone ? { zone } : {}), ...minutes(form.minutes) }, noticeDialog);
}

// -- listening

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.counter) openCounter(button.dataset.counter);
  if (button.dataset.withdraw) ask("POST", `notices/${encodeURIComponent(button.dataset.withdraw)}/withdraw`, {});
  if (button.dataset.open === "notice") {
    noticeDialog.querySelector("form").reset();
    noticeDialog.querySelector("[data-refused]").hidden = true;
    noticeDialog.showModal();
  }
  if ("close" in button.dataset) button.closest("dialog").close();
});

document.addEventListener("submit", submit);
counterDialog.addEventListener("close", () => { chosen = null; });

// Map or list, without leaving the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".switch a");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  document.body.dataset.windows = new URL(link.href).searchParams.get("windows");
  history.replaceState(null, "", link.href);
});

connect(region, {
  message() {
    if (chosen && facts(chosen)) paint(facts(chosen));
  },
});
