// The dialogs of the desk. `ask` opens one and gives what was chosen, or null. A choice is a button.pick with its values as JSON in
// data-pick; the first nine that can be seen carry the digits. Nothing here knows an act.

import { findServices } from "./desk-acts.js";
import { digitOf } from "./keys.js";

const SEARCH_MS = 150; // after the last letter
const settle = new Map(); // dialog -> what waits for its answer
const forms = new Map(); // dialog id -> reads its fields: gives what was entered, or null when something is missing

export function ask(name, { number = "", rows = null, services = null } = {}) {
  const dialog = document.getElementById(`ask-${name}`);
  const title = dialog.querySelector("[data-title]");
  title.textContent = title.dataset.title.replace("{number}", number);
  dialog.querySelector("form").reset();
  if (rows) dialog.querySelector("[data-rows]").replaceChildren(...rows.map(rowPick));
  if (services) dialog.querySelector("[data-done]").replaceChildren(...services.map(doneRow));
  if (dialog.querySelector("[data-search]")) showFound(dialog, []);
  dialog.returnValue = "";
  dialog.showModal();
  label(dialog);
  (dialog.querySelector("[data-first]") ?? visiblePicks(dialog)[0] ?? dialog.querySelector("[data-submit]"))?.focus();
  return new Promise((resolve) => { settle.set(dialog, resolve); });
}

// A dialog with fields of its own.
export const onSubmit = (name, read) => forms.set(`ask-${name}`, read);

function finish(dialog, values) {
  const done = settle.get(dialog);
  settle.delete(dialog);
  if (dialog.open) dialog.close();
  done?.(values);
}

// -- choices

const visiblePicks = (dialog) => [...dialog.querySelectorAll(".pick")].filter((pick) => pick.offsetParent !== null);

function label(dialog) {
  for (const pick of dialog.querySelectorAll(".pick kbd")) pick.textContent = "";
  visiblePicks(dialog).slice(0, 9).forEach((pick, index) => { pick.querySelector("kbd").textContent = index + 1; });
}

function pickButton({ title, note, number }, values) {
  const pick = document.getElementById("pick-row").content.firstElementChild.cloneNode(true);
  pick.dataset.pick = JSON.stringify(values);
  if (number) pick.querySelector(".pick-number").textContent = number;
  else pick.querySelector(".pick-number").remove();
  pick.querySelector("b").textContent = title;
  if (note) pick.querySelector("small").textContent = note;
  else pick.querySelector("small").remove();
  return pick;
}

const rowPick = (row) => pickButton({ title: row.what, note: row.note, number: row.number }, row);

function values(dialog, chosen) {
  const found = { ...chosen };
  const note = dialog.querySelector("[name=note]")?.value.trim();
  if (note) found.note = note;
  return found;
}

// -- services: looking for one, and what was done

function showFound(dialog, services) {
  const found = dialog.querySelector("[data-found]");
  found.replaceChildren(...services.map(({ id, name, text }) => pickButton({ title: name, note: `${id} ${text ?? ""}` }, { service: id, name })));
  const group = found.closest("[data-group]");
  if (group) group.hidden = services.length === 0;
}

function narrow(dialog, query) {
  for (const pick of dialog.querySelectorAll("[data-group]:not([data-group=services]) .pick")) {
    pick.hidden = query !== "" && !pick.textContent.toLowerCase().includes(query.toLowerCase());
  }
  for (const group of dialog.querySelectorAll("[data-group]:not([data-group=services])")) {
    group.hidden = !group.querySelector(".pick:not([hidden])");
  }
}

async function search(dialog, field) {
  const query = field.value.trim();
  narrow(dialog, query);
  const services = query ? await findServices(query) : [];
  if (field.value.trim() !== query) return; // an older answer
  showFound(dialog, services);
  const none = dialog.querySelector("[data-none]");
  if (none) none.hidden = visiblePicks(dialog).length > 0;
  label(dialog);
}

function doneRow({ id, name }) {
  const row = document.getElementById("detail-row").content.firstElementChild.cloneNode(true);
  row.dataset.service = id ?? "";
  row.querySelector("span").textContent = name;
  for (const input of row.querySelectorAll("input[type=number]")) input.ariaLabel = `${name}, ${input.ariaLabel}`;
  return row;
}

function doneServices(dialog) {
  return [...dialog.querySelectorAll("[data-done] tr")]
    .filter((row) => row.querySelector("[type=checkbox]").checked)
    .map((row) => ({
      service: row.dataset.service || null,
      quantity: Number(row.querySelector("[data-quantity]").value) || 1,
      persons: Number(row.querySelector("[data-persons]").value) || 1,
    }));
}

// -- what is pressed

export function onKey(dialog, event) {
  const picks = visiblePicks(dialog);
  const digit = digitOf(event.code);
  if (event.code === "NumpadDecimal" || event.code === "Escape") finish(dialog, null);
  else if (digit === 0 && dialog.querySelector("[data-search]")) dialog.querySelector("[data-search]").focus();
  else if (event.code === "NumpadEnter") enter(dialog);
  else if (picks.length > 1 && (event.code === "ArrowDown" || event.code === "ArrowUp")) {
    const step = event.code === "ArrowDown" ? 1 : -1;
    picks[(picks.indexOf(document.activeElement) + step + picks.length) % picks.length].focus();
  } else if (digit && picks[digit - 1]) picks[digit - 1].click();
  else if (digit && controlOf(dialog, digit)) controlOf(dialog, digit).click();
  else if (event.code.startsWith("Key") && dialog.querySelector("[data-search]")) return dialog.querySelector("[data-search]").focus(); // the letter goes there
  else return;
  event.preventDefault();
}

// A tick or a choice that carries its digit.
const controlOf = (dialog, digit) => [...dialog.querySelectorAll(`[data-digit="${digit}"]`)].find((one) => one.offsetParent !== null);

function enter(dialog) {
  if (document.activeElement?.matches(".pick, button")) document.activeElement.click();
  else dialog.querySelector("[data-submit]")?.click();
}

function chosen(dialog, pick) {
  const found = JSON.parse(pick.dataset.pick);
  if (dialog.id !== "ask-detail") return finish(dialog, values(dialog, found));
  dialog.querySelector("[data-done]").append(doneRow({ id: found.service, name: found.name }));
  dialog.querySelector("[data-search]").value = "";
  showFound(dialog, []);
  return dialog.querySelector("[data-done] tr:last-child [data-quantity]").focus();
}

function submitted(dialog) {
  const read = forms.get(dialog.id);
  if (read) {
    const entered = read(dialog);
    return entered && finish(dialog, entered);
  }
  const field = dialog.querySelector("[data-search]");
  if (field && document.activeElement === field && field.value.trim()) return visiblePicks(dialog)[0]?.click();
  if (dialog.id === "ask-detail") return finish(dialog, values(dialog, { services: doneServices(dialog) }));
  const reason = dialog.querySelector("[name=reason]");
  if (reason && !reason.value.trim()) return reason.focus();
  return reason ? finish(dialog, { reason: reason.value.trim() }) : visiblePicks(dialog)[0]?.click();
}

for (const dialog of document.querySelectorAll("dialog.ask")) {
  let timer;
  dialog.addEventListener("click", (event) => {
    const pick = event.target.closest(".pick");
    if (pick) chosen(dialog, pick);
    else if (event.target.closest("[data-cancel]") || event.target === dialog) finish(dialog, null);
    else if (event.target.closest("[data-unserved]")) finish(dialog, values(dialog, { outcome: "unserved" }));
  });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    submitted(dialog);
  });
  dialog.addEventListener("input", (event) => {
    if (!event.target.matches("[data-search]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => search(dialog, event.target), SEARCH_MS);
  });
  dialog.addEventListener("close", () => finish(dialog, null)); // Escape
}
