// The manager's page: window tiles and rows open a dialog, its forms ask the public API, refusals are shown in words.

import { connect } from "./feed.js";
import { now } from "./clock.js";
import { ask, showRefusals } from "./manager-ask.js";
import { openTide, repaintTide } from "./manager-tides.js";
import "./manager-skills.js";

const { minutes: unit, me } = document.body.dataset;
const region = document.querySelector("[data-live]");
const counterDialog = document.getElementById("dialog-counter");
const noticeDialog = document.getElementById("dialog-notice");
const overDialog = document.getElementById("dialog-over");
let chosen = null; // the counter whose dialog is open
let ending = null; // the call for help whose end is being noted

// -- the dialog of a counter

const facts = (id) => document.getElementById(`counter-${id}`)?.dataset;

function openCounter(id) {
  const counter = facts(id);
  if (!counter) return;
  chosen = id;
  for (const form of counterDialog.querySelectorAll("form")) form.reset();
  showRefusals(counterDialog, false);
  paint(counter);
  counterDialog.showModal();
}

// Who sits there may change while the dialog is open; what was ticked does not.
function paint(counter) {
  const title = counterDialog.querySelector("[data-title]");
  title.textContent = title.dataset.title.replace("{window}", counter.window);
  const passed = counter.since ? Math.max(0, Math.floor((now() - Date.parse(counter.since)) / 60_000)) : null;
  const word = counter.state === "closed" || passed === null ? counter.word : `${counter.word} ${passed} ${unit}`;
  counterDialog.querySelector("[data-summary]").textContent = [
    counter.name, counter.number, word, counter.reason, counter.until,
  ].filter(Boolean).join(" · ");
  for (const form of counterDialog.querySelectorAll("[data-when]")) form.hidden = !form.dataset.when.split(" ").includes(counter.state);
}

const minutes = (value) => (value ? { minutes: Number(value) } : {});

const acts = {
  open: ({ clerk }) => ["POST", "open", { clerk: clerk.trim() }],
  resume: () => ["POST", "open", { clerk: facts(chosen).clerk }],
  pause: (form) => ["POST", "pause", { reason: form.reason.trim(), ...minutes(form.minutes) }],
  "take-over": ({ clerk }) => ["POST", "take-over", { clerk: clerk.trim() }],
  close: () => ["POST", "close", {}],
};

async function submit(event) {
  const form = event.target;
  if (!form.matches("[data-act], [data-over-form]")) return; // the other dialogs have their own
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) return;
  const dialog = form.closest("dialog");
  showRefusals(dialog, false);
  button.disabled = true;
  const values = Object.fromEntries(new FormData(form));
  const send = dialog === noticeDialog ? sendNotice : dialog === overDialog ? over : (form_) => actOn(form.dataset.act, form_);
  const ok = await send(values);
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

// -- calls for help: who is coming, and how it ended

const answer = (emergency) => ask("POST", `emergencies/${encodeURIComponent(emergency)}/answer`, {});

function openOver({ end, where }) {
  ending = end;
  overDialog.querySelector("form").reset();
  showRefusals(overDialog, false);
  overDialog.querySelector("[data-where]").textContent = where;
  overDialog.showModal();
}

function over({ note }) {
  return ask("POST", `emergencies/${encodeURIComponent(ending)}/end`, note.trim() ? { note: note.trim() } : {}, overDialog);
}

// Who has said "I am coming" need not say it again.
function hideAnswered() {
  for (const button of region.querySelectorAll("[data-answer]")) button.hidden = button.dataset.coming.split(" ").includes(me);
}

// -- listening

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.counter) openCounter(button.dataset.counter);
  if (button.dataset.withdraw) ask("POST", `notices/${encodeURIComponent(button.dataset.withdraw)}/withdraw`, {});
  if (button.dataset.open === "notice") {
    noticeDialog.querySelector("form").reset();
    showRefusals(noticeDialog, false);
    noticeDialog.showModal();
  }
  if (button.dataset.answer) answer(button.dataset.answer);
  if (button.dataset.end) openOver(button.dataset);
  if ("tideChosen" in button.dataset) {
    const counter = chosen;
    counterDialog.close();
    openTide(counter);
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
    repaintTide();
    hideAnswered();
  },
});
hideAnswered();
