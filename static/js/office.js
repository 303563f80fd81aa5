// The back office: whose cases the list shows, and what somebody of the department does with the open one.

import * as acts from "./case-acts.js";
import { text } from "./case-acts.js";
import { again, begin, mark, onCase, open, say } from "./case-open.js";
import { connect } from "./feed.js";

const { me } = document.body.dataset;
const region = document.querySelector("[data-live]");
const none = document.querySelector("[data-none]");
const can = (name) => (it) => it.can.includes(name);

// -- whose cases are shown

const shows = {
  all: () => true,
  take: ({ place }) => place === "take",
  mine: ({ place, officer }) => officer === me && place !== "returned",
  others: ({ place, officer }) => officer !== "" && officer !== me && place !== "returned",
  stopped: ({ place }) => place === "stopped",
  returned: ({ place }) => place === "returned",
};

function filter() {
  const jobs = [...region.querySelectorAll(".job")];
  const wanted = shows[document.body.dataset.show] ?? shows.all;
  for (const job of jobs) job.hidden = !wanted(job.dataset);
  for (const count of document.querySelectorAll("[data-count]")) {
    count.textContent = jobs.filter((job) => shows[count.dataset.count](job.dataset)).length;
  }
  none.hidden = jobs.some((job) => !job.hidden) || !jobs.length;
  none.textContent = say(`office.none.${document.body.dataset.show}`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-filter]");
  if (!button) return;
  document.body.dataset.show = button.dataset.filter;
  for (const other of document.querySelectorAll("[data-filter]")) other.setAttribute("aria-pressed", String(other === button));
  const url = new URL(location.href);
  url.searchParams.set("show", button.dataset.filter);
  history.replaceState(null, "", url);
  filter();
});

// -- why there is nothing to press, or who has it
onCase(({ id, facts }) => {
  const only = document.querySelector("[data-only]");
  const told = !id ? "" : !facts.works ? say("panel.read_only") : facts.officer && facts.state === "review" ? say("panel.with_other", { name: facts.officer }) : "";
  only.hidden = !told;
  only.textContent = told;
});

// -- what is asked before an act

function decision(form) {
  const refused = form.elements.decision.value === "refused";
  form.elements.reason.required = refused;
  form.querySelector("[data-go]").textContent = say(`office.do.${refused ? "refused" : "granted"}`);
  const owed = form.querySelector("[data-still-owed]");
  owed.hidden = refused || !open.facts.still_owed;
  owed.querySelector("span").textContent = say("office.do.still_owed", { count: open.facts.still_owed });
}

function papers(form) {
  form.elements.workdays.value = open.facts.correction_workdays;
  acts.fillList(form.querySelector("[data-items]"), "item-row", open.facts.items, (row, item) => {
    row.querySelector("input").value = item.material;
    row.querySelector("span").textContent = item.name;
  });
}

function steps(form) {
  acts.fillList(form.querySelector("[data-procedures]"), "procedure-row", open.facts.procedures, (row, step) => {
    row.querySelector("input").value = step.kind;
    row.querySelector("b").textContent = step.text;
    row.querySelector("small").textContent = [step.limit && say("office.do.limit", { limit: step.limit }), step.note].filter(Boolean).join(" · ");
  });
  form.querySelector("input[name=kind]").checked = true;
}

function owed(form) {
  acts.fillList(form.querySelector("[data-owed]"), "owed-row", open.facts.owed, (row, one) => {
    row.dataset.material = one.material;
    row.querySelector("b").textContent = one.name;
    row.querySelector("small").textContent = say(one.late ? "office.do.was_due" : "office.do.due", { date: one.text });
    row.querySelector("[data-later]").hidden = one.kind !== "later";
    row.querySelector("[data-promised]").hidden = one.kind === "later";
  });
}

function where(form) {
  form.querySelector("[data-where=department]").hidden = form.elements.to.value !== "department";
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-sheet]");
  if (form?.dataset.sheet === "decide") decision(form);
  if (form?.dataset.sheet === "return") where(form);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-how]");
  if (!button) return;
  const row = button.closest("[data-material]");
  const sheet = button.closest("dialog");
  const body = { material: row.dataset.material, how: button.dataset.how };
  button.disabled = true;
  const ok = await acts.ask(`cases/${encodeURIComponent(sheet.dataset.case)}/settle`, body, "settle", sheet);
  button.disabled = false;
  if (!ok) return;
  row.remove();
  if (!sheet.querySelector("[data-material]")) sheet.close();
});

acts.begin({
  take: { works: can("take"), ask: () => ["cases/{case}/take", {}] },
  resume: { works: can("resume"), ask: () => ["cases/{case}/resume", {}] },
  ready: { works: can("ready"), ask: () => ["cases/{case}/ready", {}] },
  decide: {
    works: can("decide"),
    prepare: decision,
    ask: (form) => ["cases/{case}/decide", { decision: form.decision, reason: text(form.reason), paper: form.no_paper !== "on" }],
  },
  correction: {
    works: can("stop"),
    prepare: papers,
    ask: ({ note, workdays }, form) => ["cases/{case}/stop", {
      kind: "correction", materials: new FormData(form).getAll("material"), note: text(note), workdays: Number(workdays),
    }],
  },
  procedure: {
    works: (it) => it.can.includes("stop") && it.facts.procedures.length > 0,
    prepare: steps,
    ask: ({ kind, note }) => ["cases/{case}/stop", { kind, note: text(note) }],
  },
  settle: { works: can("settle"), prepare: owed, ask: () => ["", {}] },
  return: {
    works: can("return"),
    prepare: where,
    ask: ({ to, reason, department }) => ["cases/{case}/return", { to, reason: reason.trim(), ...(to === "department" ? { department } : {}) }],
  },
  extend: { works: can("extend"), ask: ({ days, reason }) => ["cases/{case}/extend", { days: Number(days), reason: reason.trim() }] },
  withdraw: {
    works: can("withdraw"),
    prepare: (form) => { form.querySelector("[data-when-overdue]").hidden = !open.facts.overdue; },
    ask: ({ cause, note }) => ["cases/{case}/withdraw", { cause, note: text(note) }],
  },
});
filter();
begin();
connect(region, {
  message() {
    filter();
    mark();
    again();
  },
});
