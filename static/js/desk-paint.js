// What the desk shows beside its live pieces: which keys work and, if one does not, why; the tabs; the line that says what happened.

import { now } from "./clock.js";

const body = document.body;
const words = JSON.parse(document.getElementById("words").dataset.words);
const status = document.getElementById("status");
const SAID_MS = 8_000;
let saying;
let hooks = { variant: (name) => name, absent: () => false, obstacleOf: () => null };

// What the papers of the visit have to say about keys.
export const hook = (more) => { hooks = more; };

// As on the server: with a count of one, the text for one is taken where there is one.
export function word(key, values = {}) {
  const text = (Number(values.count) === 1 ? words[`${key}.one`] : null) ?? words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// Say what was done, or why not. `kind`: "did", "no".
export function say(text, kind = "did") {
  clearTimeout(saying);
  status.dataset.kind = kind;
  status.textContent = text;
  if (kind !== "busy") saying = setTimeout(() => { status.textContent = ""; }, SAID_MS);
}

const secondsTo = (instant) => Math.max(0, Math.ceil((Date.parse(instant) - now()) / 1000));
const manages = () => body.hasAttribute("data-manages");

// The state of the counter as this person may use it.
export function modeOf(facts) {
  return facts.clerk && facts.clerk !== body.dataset.me && !manages() ? "other" : facts.state;
}

// Why an act does not work now, as {word on its key, sentence when pressed}; null when it works.
export function obstacle(act, facts, works) {
  if (document.documentElement.hasAttribute("data-stale")) return { text: word("desk.no.stale") };
  if (!works.includes(modeOf(facts))) return { text: word("desk.no.state", { act: word(`desk.act.${act}`) }) };
  const papers = hooks.obstacleOf(act);
  if (papers) return { text: papers };
  if (act === "recall") return recallObstacle(facts);
  if (act === "no-show") return noShowObstacle(facts);
  if (act === "take-over" && !facts.lapsed && facts.lease && secondsTo(facts.lease) > 0) {
    return { text: document.querySelector("[data-other-note]").textContent };
  }
  if (act === "resume" && !(Number(facts.held) + Number(facts.missed))) return { text: word("desk.no.none") };
  if (act === "call" && !(Number(facts.own) + Number(facts.helping))) return { text: word("desk.no.nobody") };
  return null;
}

function waiting(act, seconds) {
  const name = word(`desk.act.${act}`);
  return { key: word(`desk.act.${act}.wait`, { seconds }), text: word("desk.no.wait", { seconds, act: name }) };
}

function recallObstacle(facts) {
  if (!facts.recall) return { key: word("desk.act.recall.out"), text: word("desk.no.limit") };
  const seconds = secondsTo(facts.recall);
  return seconds ? waiting("recall", seconds) : null;
}

function noShowObstacle(facts) {
  if (manages()) return null;
  if (!facts.noShow) {
    return { key: word("desk.act.no-show.owed", { count: facts.left }), text: word("desk.no.owed", { count: facts.left }) };
  }
  const seconds = secondsTo(facts.noShow);
  return seconds ? waiting("no-show", seconds) : null;
}

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

export function paintKeys(facts) {
  const mode = modeOf(facts);
  for (const button of document.querySelectorAll("[data-act][data-works]")) {
    if (button.dataset.shown) button.hidden = !button.dataset.shown.split(" ").includes(mode) || hooks.absent(button.dataset.act);
    const stop = obstacle(button.dataset.act, facts, button.dataset.works.split(" "));
    if (stop) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    put(button.querySelector("[data-word]"), stop?.key ?? hooks.text?.(button.dataset.act) ?? word(`desk.act.${hooks.variant(button.dataset.act)}`));
  }
  const tries = document.querySelector("[data-tries]");
  if (tries) put(tries, triesText(facts));
}

function triesText(facts) {
  const max = facts.max;
  if (facts.recall) {
    const seconds = secondsTo(facts.recall);
    return seconds ? word("desk.tries.wait", { seconds, max }) : word("desk.tries.now", { max });
  }
  const seconds = facts.noShow ? secondsTo(facts.noShow) : 0;
  return seconds ? word("desk.tries.last", { seconds }) : word("desk.tries.out");
}

// Once for every new message.
export function paintState(facts) {
  const mode = modeOf(facts);
  const lost = document.activeElement?.matches(".key");
  body.dataset.state = mode;
  document.title = word("desk.title", { window: body.dataset.window, state: word(`desk.state.${mode}`) }) + (facts.number ? ` ${facts.number}` : "");
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(mode);
  for (const count of document.querySelectorAll("[data-count]")) put(count, facts[count.dataset.count]);
  put(document.querySelector("[data-clerk-name]"), facts.clerkName || body.dataset.who);
  paintOther(facts);
  paintKeys(facts);
  // The key in focus went away with the old state: the next step takes its place.
  if (lost && !document.activeElement?.matches(".key:not([hidden])")) document.querySelector(".key-main:not([hidden])")?.focus();
}

function paintOther(facts) {
  put(document.querySelector("[data-other-title]"), word("desk.other.title", { clerk: facts.clerkName }));
  const time = facts.lease ? facts.lease.slice(11, 16) : "";
  const over = facts.lapsed || !facts.lease || !secondsTo(facts.lease);
  put(document.querySelector("[data-other-note]"), over ? word("desk.other.lapsed") : word("desk.other.lease", { time }));
}

// -- the four lists

export function listenToTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const choose = (tab, focus) => {
    for (const one of tabs) {
      const chosen = one === tab;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) choose(tabs[(index + step + tabs.length) % tabs.length], true);
    });
  });
}
