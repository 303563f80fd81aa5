// Consultation: finding the service, its guide beside the visitor, and sending the same ticket on. Hits and guides are pieces that the
// server renders; here they are put in their places and answer to the keys.

import { act } from "./desk-acts.js";
import { say, word } from "./desk-paint.js";
import { fetchFacts, fetchPiece } from "./desk-pieces.js";

const SEARCH_MS = 150; // after the last letter
const GUIDE_MS = 120; // after the last step of an arrow key
const panel = document.getElementById("consult");
const field = document.getElementById("consult-q");
const hits = document.getElementById("consult-hits");
const guide = document.getElementById("consult-guide");
const chosen = document.getElementById("consult-chosen");
let desk = null; // {facts(), withNote(), done(name, answer)}
let visitor = ""; // whose panel this is
let current = -1; // the hit the keys are on
let searching;
let guiding;
let asked = 0;
let busy = false;

// -- the panel

function open(focus) {
  panel.hidden = false;
  document.body.toggleAttribute("data-consult", true);
  if (!hits.firstChild) find({});
  if (focus) field.focus();
}

function close() {
  if (panel.contains(document.activeElement)) document.activeElement.blur(); // the keys are the desk's again
  panel.hidden = true;
  document.body.toggleAttribute("data-consult", false);
}

function empty() {
  field.value = "";
  hits.replaceChildren();
  guide.replaceChildren();
  current = -1;
}

// Called for every new message. A visitor whose service nobody named gets the panel by itself.
export function follow(facts) {
  const serving = facts.state === "serving" && facts.ticket;
  if (visitor !== (serving ? facts.ticket : "")) {
    visitor = serving ? facts.ticket : "";
    close();
    empty();
    if (serving && facts.unnamed) open(false);
  } else if (serving && !panel.hidden && panel.dataset.services !== facts.services && panel.dataset.services === "[]") {
    close(); // named now: the check-list takes the place
  }
  panel.dataset.services = facts.services;
  paintChosen(JSON.parse(facts.services));
}

function paintChosen(services) {
  chosen.hidden = services.length === 0;
  const template = document.getElementById("consult-chip").content.firstElementChild;
  chosen.replaceChildren(...services.map(({ id, name }) => {
    const chip = template.cloneNode(true);
    chip.querySelector("b").textContent = name;
    const off = chip.querySelector("button");
    off.ariaLabel = word("consult.off", { name });
    off.hidden = services.length < 2;
    off.addEventListener("click", () => assign({ services: services.map((one) => one.id).filter((one) => one !== id) }));
    return chip;
  }));
}

// -- finding

async function find({ q = "", theme = "" }) {
  const mine = ++asked;
  const html = await fetchPiece("find", { q, theme });
  if (mine !== asked) return; // an older answer
  if (html === null) return say(word("consult.failed"), "no");
  hits.innerHTML = html;
  const rows = options();
  field.setAttribute("aria-expanded", String(rows.length > 0));
  select(rows.length && (q || theme) ? 0 : -1);
}

const options = () => [...hits.querySelectorAll(".hit")];

function select(index) {
  const rows = options();
  current = index;
  rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
  if (!rows[index]) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", rows[index].id);
  rows[index].scrollIntoView({ block: "nearest" });
  clearTimeout(guiding);
  guiding = setTimeout(() => showGuide(rows[index].dataset), GUIDE_MS);
}

async function showGuide({ id, kind }) {
  const html = await fetchPiece("guide", { [kind]: id });
  if (html === null) return say(word("consult.failed"), "no");
  guide.innerHTML = html;
  guide.scrollTop = 0;
}

// -- choosing

async function take({ id, kind }) {
  const facts = desk.facts();
  const listed = JSON.parse(facts.services).map((one) => one.id);
  if (!listed.length && facts.service) listed.push(facts.service);
  await assign(kind === "package" ? { package: id } : { services: [...new Set([...listed, id])] });
}

async function assign(wanted) {
  if (busy) return;
  busy = true;
  const answer = await act("services", { ticket: desk.facts().ticket, ...wanted });
  busy = false;
  desk.done("services", answer);
  if (!answer.ok) return;
  empty();
  close();
}

// -- what is pressed

field.addEventListener("input", () => {
  clearTimeout(searching);
  searching = setTimeout(() => find({ q: field.value.trim() }), SEARCH_MS);
});

field.addEventListener("keydown", (event) => {
  const rows = options();
  if (event.isComposing) return; // Enter belongs to the input method
  if (event.code === "ArrowDown" || event.code === "ArrowUp") {
    const step = event.code === "ArrowDown" ? 1 : -1;
    if (rows.length) select((current + step + rows.length) % rows.length);
  } else if (event.code === "Enter" || event.code === "NumpadEnter") {
    if (rows[current]) take(rows[current].dataset);
  } else if (event.code === "Escape") {
    if (field.value) {
      field.value = "";
      find({});
    } else {
      field.blur();
      if (!desk.facts().unnamed) close();
    }
  } else return;
  event.preventDefault();
});

panel.addEventListener("click", (event) => {
  const tile = event.target.closest("[data-theme]");
  const hit = event.target.closest(".hit");
  const other = event.target.closest("[data-guide-package]");
  const taken = event.target.closest("[data-take]");
  if (tile) {
    field.value = "";
    find({ theme: tile.dataset.theme });
  } else if (hit) {
    select(options().indexOf(hit));
    field.focus(); // Enter takes it
  }
  else if (other) showGuide({ id: other.dataset.guidePackage, kind: "package" });
  else if (taken) {
    const { guide: id, kind } = taken.closest("[data-guide]").dataset;
    take({ id, kind });
  }
});

// In the dialog that sends on: how many are ahead and how long it takes, before anything is pressed.
export async function tellWhere() {
  const found = await fetchFacts("where");
  for (const pick of document.querySelectorAll("#ask-transfer .pick[data-pick]")) {
    const { kind, counter } = JSON.parse(pick.dataset.pick);
    const text = found?.kinds[kind] ?? found?.counters[counter];
    if (!text) continue;
    let place = pick.querySelector("[data-where]");
    if (!place) {
      place = document.createElement("small");
      place.dataset.where = "";
      pick.querySelector("b").after(place);
    }
    place.textContent = text;
  }
}

// Keys of this panel stand on the bar only where they are the next thing to do; the menu has them always.
export const keyHidden = (name, { unnamed, onward }) => (name === "consult" && !unnamed) || (name === "send-on" && !onward);
export const keyText = (name, { onward, onwardText }) => (name === "send-on" && onward ? word("desk.act.send-on.to", { where: onwardText }) : null);

export function consultActs(given) {
  desk = given;
  return {
    consult() {
      if (panel.hidden || document.activeElement !== field) open(true);
      else close();
    },
    async "send-on"() {
      const { ticket, number, onward, onwardText } = desk.facts();
      if (!onward) return say(word("desk.no.onward"), "no");
      const answer = await act("transfer", { ticket, ...desk.withNote(), service: onward });
      if (answer.ok) say(word("desk.did.send-on", { number, where: onwardText }));
      else desk.done("transfer", answer);
    },
  };
}
