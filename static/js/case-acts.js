// What is done with the open case: a button acts at once or opens its sheet, a sheet's form asks the public API, refusals are
// shown in words where the hand is.

import { refuse, sentence, tell } from "./asking.js";
import { post } from "./desk-acts.js";
import { again, onCase, open, say } from "./case-open.js";

let acts = {}; // name -> {works(open), path(values), prepare(form), done}

// What was typed, or nothing.
export const text = (value) => value?.trim() || undefined;

// `table`: {act: {works: (open) => bool, ask: (values, form) => [path, body], prepare?: (form) => void}}
export function begin(table) {
  acts = table;
  onCase(paint);
}

function paint() {
  let primary = false;
  for (const button of document.querySelectorAll("[data-acts] [data-act]")) {
    const works = Boolean(open.id) && acts[button.dataset.act].works(open);
    button.hidden = !works;
    if (works && button.classList.contains("button-primary")) {
      button.classList.toggle("button-second", primary); // one primary at a time
      primary = true;
    }
  }
}

// Ask for an act; gives true when it was done. Refusals are said in the sheet, or in the bar.
export async function ask(path, body, done, sheet = null) {
  const answer = await post(path, body);
  if (answer.ok) {
    tell(say(`panel.said.${done}`));
    await again();
    return true;
  }
  refuse(sentence(answer.body, say("panel.failed")), sheet);
  return false;
}

export function openSheet(name) {
  const sheet = document.getElementById(`sheet-${name}`);
  const form = sheet.querySelector("form");
  form.reset();
  sheet.querySelector("[data-refused]").hidden = true;
  sheet.querySelector("[data-about]").textContent = [open.id, open.facts.applicant].filter(Boolean).join(" · ");
  sheet.dataset.case = open.id;
  acts[name]?.prepare?.(form);
  sheet.showModal();
}

// `case`: the one the sheet was opened for; the panel may show another by now.
async function run(name, values, form, sheet) {
  const [path, body] = acts[name].ask(values, form);
  const id = sheet?.dataset.case ?? open.id;
  return ask(path.replace("{case}", encodeURIComponent(id)), body, name, sheet);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("close" in button.dataset) button.closest("dialog").close();
  const name = button.dataset.act;
  if (!name || !acts[name] || button.disabled) return;
  if (document.getElementById(`sheet-${name}`)) return openSheet(name);
  button.disabled = true;
  await run(name, {}, null, null);
  button.disabled = false;
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-sheet]");
  if (!form) return;
  event.preventDefault();
  const go = form.querySelector("[data-go]");
  if (!go || go.disabled) return;
  const sheet = form.closest("dialog");
  sheet.querySelector("[data-refused]").hidden = true;
  go.disabled = true;
  const ok = await run(form.dataset.sheet, Object.fromEntries(new FormData(form)), form, sheet);
  go.disabled = false;
  if (ok) sheet.close();
});

// Fill a sheet's list from a template: one copy for each entry.
export function fillList(place, template, entries, put) {
  place.replaceChildren(...entries.map((entry) => {
    const row = document.getElementById(template).content.firstElementChild.cloneNode(true);
    put(row, entry);
    return row;
  }));
}
