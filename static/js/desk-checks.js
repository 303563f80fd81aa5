// The check-list: marks by pointer or keypad, saved at once; changes made elsewhere come in without anything being swapped.

import { act } from "./desk-acts.js";
import { morph } from "./morph.js";

const SHOWN_MS = 400; // after an answer the feed's message comes within this, as a rule it is here before
const LOOK_MS = 20;
const form = document.querySelector("[data-checks]");
const waiting = new Map(); // material -> how many of its marks the server has not answered yet
let saves = Promise.resolve();
let told = new Map(); // material -> its mark, as the server said last
let current = null; // the material whose row the keypad is on
let tell = () => {};

const rows = () => [...form.querySelectorAll("tr[data-material]")];
const rowOf = (material) => rows().find((row) => row.dataset.material === material);
const radios = (row) => [...row.querySelectorAll("input[type=radio]")];

// -- from the server

// `fresh`: the list as the server has just rendered it. Another list replaces this one; the same list only changes its marks.
export function follow(fresh) {
  const wanted = fresh.querySelector("table");
  told = new Map([...fresh.querySelectorAll("tr[data-material]")].map((row) => [row.dataset.material, row.dataset.mark]));
  const list = form.querySelector("table");
  if (!wanted || !list || wanted.dataset.list !== list.dataset.list) {
    form.innerHTML = fresh.innerHTML;
    current = null;
    return;
  }
  for (const next of wanted.querySelectorAll("tr[data-material]")) {
    const row = rowOf(next.dataset.material);
    if (waiting.get(next.dataset.material)) continue;
    row.classList.toggle("check-other", next.classList.contains("check-other"));
    morph(row.querySelector("[data-text]"), next.querySelector("[data-text]").innerHTML);
    show(row, next.dataset.mark, next.dataset.reason);
  }
}

function show(row, mark, reason) {
  row.dataset.mark = mark;
  for (const radio of radios(row)) radio.checked = radio.value === mark;
  const why = row.querySelector(".check-why");
  if (why && reason && document.activeElement !== why) why.value = reason;
}

// -- to the server

// How the list tells what went wrong.
export const onTrouble = (say) => { tell = say; };

// Every mark the clerk has set is with the server, and the desk shows it.
export async function settled() {
  await saves;
  const agreed = () => told.size === 0 || rows().every((row) => told.get(row.dataset.material) === row.dataset.mark);
  for (let waited = 0; waited < SHOWN_MS && !agreed(); waited += LOOK_MS) await new Promise((done) => setTimeout(done, LOOK_MS));
}

const markOf = (row, mark) => ({
  material: row.dataset.material,
  mark,
  ...(mark === "free" ? { reason: row.querySelector(".check-why")?.value ?? row.dataset.reason } : {}),
});

// All marks that can be seen: what a case whose papers were taken before is judged by.
export const marks = () => rows().filter((row) => row.dataset.mark).map((row) => markOf(row, row.dataset.mark));

function save(changed) {
  const before = changed.map(([row]) => [row, row.dataset.mark, row.dataset.reason]);
  for (const [row, mark] of changed) {
    waiting.set(row.dataset.material, (waiting.get(row.dataset.material) ?? 0) + 1);
    show(row, mark, "");
  }
  const body = { ticket: form.dataset.ticket, marks: changed.map(([row, mark]) => markOf(row, mark)) };
  saves = saves.then(async () => {
    const answer = await act("materials", body);
    for (const [row] of changed) waiting.set(row.dataset.material, waiting.get(row.dataset.material) - 1);
    if (answer.ok) return;
    for (const [row, mark, reason] of before) show(row, mark, reason);
    tell(answer);
  });
}

// -- pointer, and a keyboard's own keys

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => {
  const row = event.target.closest("tr");
  light(row);
  if (event.target.matches(".check-why")) save([[row, "free"]]);
  else save([[row, event.target.value]]);
});
form.addEventListener("focusin", (event) => light(event.target.closest("tr")));

// -- keypad

function light(row) {
  if (!row) return;
  for (const one of rows()) one.classList.toggle("check-now", one === row);
  current = row.dataset.material;
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const place = all.findIndex((row) => row.dataset.material === current);
  const next = place < 0 ? all[0] : all[Math.min(all.length - 1, Math.max(0, place + by))];
  light(next);
  focus(next);
}

function focus(row) {
  const here = radios(row);
  (here.find((radio) => radio.checked) ?? here[0]).focus();
}

// The next mark of this row that the catalogue allows.
function cycle() {
  const row = rowOf(current) ?? rows().find((one) => !one.dataset.mark) ?? rows()[0];
  light(row);
  const here = radios(row);
  const place = here.findIndex((radio) => radio.checked);
  save([[row, here[(place + 1) % here.length].value]]);
  focus(row);
}

function all() {
  save(rows().filter((row) => !row.dataset.mark).map((row) => [row, "ok"]));
}

export const checkActs = { up: () => step(-1), down: () => step(1), mark: cycle, all };
