// The clerk's desk: live pieces into their places, keys and buttons to acts, acts to the server.

import { act, reinstate } from "./desk-acts.js";
import { ask, onKey } from "./desk-ask.js";
import { hook, listenToTabs, obstacle, paintKeys, paintState, say, word } from "./desk-paint.js";
import { absent, leave, obstacleOf, paperActs, ready, showPapers, variant } from "./desk-papers.js";
import { paintAlarms } from "./desk-alarm.js";
import { asideActs, follow as followAside } from "./desk-aside.js";
import { consultActs, follow as followConsult, keyHidden, keyText, tellWhere } from "./desk-consult.js";
import { tick } from "./clock.js";
import { connect } from "./feed.js";
import { listen, switchedOn, switchOn } from "./keys.js";
import { morph } from "./morph.js";

const KEYS_MS = 250; // how often "again in 22 s" is looked at
const note = document.getElementById("note");
let facts = { ...document.querySelector("[data-facts]").dataset };
let busy = false;

// -- what the server says

// The feed's region stays out of the page: its pieces go to the places in the page, so that what can be pressed is never swapped.
const region = document.createElement("div");
region.dataset.feed = document.body.dataset.deskFeed;

function show() {
  const before = facts.ticket;
  facts = { ...region.querySelector("[data-facts]").dataset };
  for (const slot of region.querySelectorAll("[data-slot]")) {
    const place = document.querySelector(`[data-slot-for="${slot.dataset.slot}"]`);
    morph(place, slot.innerHTML);
    tick(place);
  }
  if (before !== facts.ticket) note.value = "";
  showPapers(facts, region);
  showAround();
  paintState(facts);
}

// What is no paper: consultation, free services, calls for help.
function showAround() {
  followConsult(facts);
  followAside(facts);
  paintAlarms();
}

// -- acts

const ticket = () => facts.ticket;
const withNote = () => (note.value.trim() ? { note: note.value.trim() } : {});

// The lines of the lists as choices.
function rows(...lists) {
  const lines = lists.flatMap((name) => [...document.querySelectorAll(`#list-${name} li[data-ticket]`)]);
  return lines.map((line) => ({
    ticket: line.dataset.ticket,
    number: line.dataset.number,
    state: line.dataset.state,
    what: line.dataset.what,
    note: line.dataset.note,
  }));
}

const open = () => ({ clerk: document.getElementById("seat")?.value ?? document.body.dataset.me });

const acts = {
  ...paperActs,
  ...consultActs({ facts: () => facts, withNote, done: (...told) => done(...told) }),
  ...asideActs({ facts: () => facts, done: (...told) => done(...told) }),
  open: () => send("open", open()),
  "go-on": () => send("open", { clerk: facts.clerk }),
  "take-over": () => send("take-over", open()),
  next: () => send("next", {}),
  recall: () => send("recall", { ticket: ticket() }),
  start: () => send("start", { ticket: ticket() }),
  async finish() {
    const how = await leave();
    if (how?.rest) await send("transfer", { ticket: ticket(), ...withNote(), rest: true });
    else if (how) await send("finish", { ticket: ticket(), ...withNote(), ...how });
  },
  "no-show": () => send("no-show", { ticket: ticket() }),
  "put-back": () => send("put-back", { ticket: ticket() }),
  note: () => note.focus(),
  async hold() {
    const chosen = await ask("hold", { number: facts.number });
    if (chosen) await send("hold", { ticket: ticket(), ...withNote(), ...chosen });
  },
  async transfer() {
    tellWhere();
    const chosen = await ask("transfer", { number: facts.number });
    if (!chosen) return;
    const { name, ...target } = chosen;
    await send("transfer", { ticket: ticket(), ...withNote(), ...target });
  },
  async fallback() {
    const chosen = await ask("fallback", { number: facts.number });
    if (chosen) await send("transfer", { ticket: ticket(), ...withNote(), ...chosen });
  },
  async call() {
    const who = await ask("call", { rows: rows("own", "helping") });
    const why = who && (await ask("reason", { number: who.number }));
    if (why) await send("call", { ticket: who.ticket, reason: why.reason }, who.number);
  },
  async resume() {
    const aside = rows("held", "missed");
    const who = aside.length === 1 ? aside[0] : await ask("resume", { rows: aside }); // one alone needs no choice: the next question names it
    if (!who) return;
    const how = await ask(who.state === "held" ? "how" : "back", { number: who.number });
    if (how?.to) await send("resume", { ticket: who.ticket, to: how.to }, who.number);
    else if (how) await done("reinstate", await reinstate(who.ticket), who.number);
  },
  async pause() {
    const chosen = await ask("pause");
    if (chosen) await send("pause", { reason: chosen.reason, ...(chosen.minutes ? { minutes: chosen.minutes } : {}) });
  },
  async close() {
    document.querySelector(".desk-me").open = false;
    if (await ask("close")) await send("close", {});
  },
  async more() {
    const chosen = await ask("more", { number: facts.number });
    if (chosen) await acts[chosen.act]();
  },
  async detail() {
    const listed = JSON.parse(facts.services);
    const own = listed.length ? listed : [{ id: "", name: document.querySelector("#now h1").textContent }];
    const chosen = await ask("detail", { number: facts.number, services: own });
    if (chosen?.outcome) await acts.unserved();
    else if (chosen) await send("finish", { ticket: ticket(), ...withNote(), ...chosen });
  },
};

async function send(name, body, number = facts.number) {
  done(name, await act(name, body), number);
}

function done(name, answer, number) {
  if (answer.status === 204) say(word("desk.did.nobody"));
  else if (answer.ok) say(word(`desk.did.${name}`, { number: answer.body.ticket?.number ?? number }));
  else if (answer.status === 0) say(word("desk.no.answer"), "no");
  else if (answer.status === 401) say(word("desk.no.signin"), "no");
  else say(answer.body.detail || answer.body.title || word("desk.no.answer"), "no");
}

async function press(button) {
  const name = button.dataset.act;
  if (busy) return say(word("desk.busy"), "busy");
  busy = true;
  try {
    await ready(name);
    const stop = obstacle(name, facts, button.dataset.works.split(" "));
    if (stop) return say(stop.text, "no");
    await acts[name]();
  } finally {
    busy = false;
  }
}

// -- beginning

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) press(button);
  const opened = event.target.closest("[data-open]");
  if (opened) ask(opened.dataset.open);
  const size = event.target.closest("[data-size-to]");
  if (size) {
    document.cookie = `size=${size.dataset.sizeTo}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  }
  const menu = document.querySelector(".desk-me[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

const keysOn = document.getElementById("keys-on");
keysOn.checked = switchedOn();
keysOn.addEventListener("change", () => switchOn(keysOn.checked));
listen(press, onKey);
listenToTabs();
hook({ absent: (name) => absent(name) || keyHidden(name, facts), obstacleOf, variant, text: (name) => keyText(name, facts) });
showPapers(facts, null);
showAround();
connect(region, { message: (message) => message.html !== undefined && show(), stale: () => paintKeys(facts) });
paintState(facts);
setInterval(() => paintKeys(facts), KEYS_MS);
