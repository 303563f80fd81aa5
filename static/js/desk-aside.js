// Beside the visit: the story of a ticket before its number goes up, what the hall gives for nothing, why something could not be done.

import { act } from "./desk-acts.js";
import { ask } from "./desk-ask.js";
import { tick } from "./clock.js";
import { say, word } from "./desk-paint.js";
import { fetchPiece } from "./desk-pieces.js";

const looking = document.getElementById("ask-look");
const place = looking.querySelector("[data-look-place]");
const note = document.getElementById("note");
let desk = null; // {facts(), send(name, body, number), done(name, answer)}
let tickets = []; // that can be looked at, in the order of the lists
let at = 0;

// -- a look before the call

function lined(first) {
  const lines = [...document.querySelectorAll(".waiting li[data-ticket]")].map((line) => line.dataset.ticket);
  return [...new Set([first, ...lines].filter(Boolean))];
}

async function show() {
  const wanted = tickets[at];
  const html = await fetchPiece(`look/${encodeURIComponent(wanted)}`);
  if (wanted !== tickets[at]) return;
  if (html === null) return say(word("consult.failed"), "no");
  place.innerHTML = html;
  place.scrollTop = 0;
  tick(place);
}

async function lookAt(first) {
  tickets = lined(first);
  at = Math.max(0, tickets.indexOf(first));
  if (!tickets.length) return say(word("desk.no.next"), "no");
  place.replaceChildren();
  show();
  await ask("look");
}

// Before the desk's own keys, for which digits are choices.
addEventListener("keydown", (event) => {
  if (!looking.open || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = { Numpad2: 1, ArrowDown: 1, Numpad8: -1, ArrowUp: -1 }[event.code];
  if (event.code === "NumpadEnter") looking.close();
  else if (step && !event.repeat) {
    at = (at + step + tickets.length) % tickets.length;
    show();
  } else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("click", (event) => {
  const line = event.target.closest(".waiting li[data-ticket]");
  if (line && !document.querySelector("dialog[open]")) lookAt(line.dataset.ticket);
});

// -- what the hall gives for nothing

async function give(item, quantity) {
  const { ticket, free } = desk.facts();
  const answer = await act("free", { item, quantity, ...(ticket ? { ticket } : {}) });
  const name = JSON.parse(free).find((one) => one.id === item)?.name ?? item;
  if (answer.ok) say(word("desk.did.free", { name, count: quantity }));
  else desk.done("free", answer);
}

// Called for every new message: today's figures.
export function follow(facts) {
  for (const { id, count } of JSON.parse(facts.free)) {
    const figure = document.querySelector(`[data-free-count="${id}"]`);
    if (figure) figure.textContent = count;
    const pick = [...document.querySelectorAll("#ask-free .pick")].find((one) => JSON.parse(one.dataset.pick).item === id);
    if (pick) pick.querySelector("small").textContent = word("free.today", { count });
  }
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-free-item]");
  if (chip) give(chip.dataset.freeItem, 1);
});

const quantity = document.querySelector("#ask-free [name=quantity]");
quantity?.addEventListener("keydown", (event) => {
  if (event.code !== "Enter" && event.code !== "NumpadEnter") return;
  event.preventDefault();
  event.stopPropagation();
  document.querySelector("#ask-free .pick").focus(); // how many is said: what is the digit's
});

export function asideActs(given) {
  desk = given;
  return {
    look: () => lookAt(desk.facts().ticket || desk.facts().next),
    async free() {
      if (!quantity) return;
      const chosen = await ask("free");
      if (chosen) await give(chosen.item, Math.max(1, Number(quantity.value) || 1));
    },
    async unserved() {
      const { ticket, number, papers } = desk.facts();
      const untold = JSON.parse(papers)?.untold.join(word("desk.list.comma"));
      const warning = document.querySelector("#ask-unserved [data-untold]");
      warning.hidden = !untold;
      if (untold) warning.textContent = word("desk.unserved.untold", { names: untold, number });
      const asking = ask("unserved", { number });
      document.querySelector("#ask-unserved [name=note]").value = note.value;
      const chosen = await asking;
      if (!chosen) return;
      const said = chosen.note ? { note: chosen.note } : {};
      desk.done("unserved", await act("finish", { ticket, outcome: "unserved", cause: chosen.cause, ...said }));
    },
  };
}
