// What a clerk does with the papers and cases of the visit: accept, tell what is missing, settle, hand over, one service after another.

import { act, get, post } from "./desk-acts.js";
import { ask, onSubmit } from "./desk-ask.js";
import { checkActs, follow, marks, onTrouble, settled } from "./desk-checks.js";
import { say, word } from "./desk-paint.js";
import { printNotice, printReceipt } from "./desk-print.js";
import { tick } from "./clock.js";
import { morph } from "./morph.js";

const HOLD_MS = 1_000; // a swap waits at most this long for a finger to lift
const PAPER_ACTS = ["accept", "notice", "done", "finish", "receive"]; // these look at the marks
const cases = document.querySelector("[data-cases]");
const form = document.querySelector("[data-checks]");
const { counter } = document.body.dataset;
let facts = {};
let papers = null;

const comma = () => word("desk.list.comma");
const list = (names) => names.join(comma());
const ticket = () => facts.ticket;
const dialogOf = (name) => document.getElementById(`ask-${name}`);
const part = (dialog, name, shown) => { for (const one of dialog.querySelectorAll(`[data-part=${name}]`)) one.hidden = !shown; };

// -- from the server

let held = null; // a swap of the cases that waits for a finger
let pressed = false;
cases.addEventListener("pointerdown", () => { pressed = true; });
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(() => { pressed = false; release(); }, 0));

function release() {
  if (held === null) return;
  morph(cases, held);
  tick(cases);
  held = null;
}

// `region`: the live pieces as they came; null when the page has just been painted.
export function showPapers(now, region) {
  facts = now;
  papers = JSON.parse(now.papers || "null");
  document.body.dataset.verdict = now.state === "serving" ? papers?.state ?? "" : "";
  document.body.toggleAttribute("data-step", Boolean(papers?.step));
  document.body.toggleAttribute("data-no-list", !papers?.list);
  form.dataset.ticket = now.ticket;
  if (!region) return;
  follow(region.querySelector("[data-from=checks]"));
  held = region.querySelector("[data-from=cases]").innerHTML;
  if (pressed) setTimeout(release, HOLD_MS);
  else release();
  const story = document.querySelector("[data-slot-for=story]");
  story.scrollTop = story.scrollHeight; // the newest is what was just done
}

// -- which keys work

// Another word on a key, for what it does here.
export function variant(name) {
  if (name === "accept" && papers?.step && papers.step.act !== "accept") return `accept.${papers.step.act}`;
  return name === "finish" && papers?.ending ? `finish.${papers.ending}` : name;
}

// A key that has no place now, though the state would show it.
export const absent = (name) => name === "done" && !papers?.several;

// Why an act on papers does not work now; null when it does.
export function obstacleOf(name) {
  if (!papers) return null;
  if (["up", "down", "mark", "all"].includes(name) && !papers.list) return word("desk.no.list");
  if (name === "all" && !papers.open) return word("desk.no.all");
  if (name === "done" && papers.finished) return word("desk.no.done.already");
  if (name === "accept" && !papers.step) return acceptObstacle();
  if (name === "notice" && papers.unchecked.length) return word("desk.no.notice.unchecked", { names: list(papers.unchecked) });
  if (name === "notice" && !papers.missing.length) return word("desk.no.notice.nothing");
  return null;
}

function acceptObstacle() {
  if (papers.state === "unchecked") return word("desk.no.accept.unchecked", { names: list(papers.unchecked) });
  if (papers.missing.length && papers.state !== "case") return word("desk.no.accept.missing", { names: list(papers.missing) });
  return word(papers.state === "case" ? "desk.no.accept.case" : "desk.no.accept.unknown");
}

// Before an act that looks at the marks: all of them are saved and seen.
export const ready = (name) => (PAPER_ACTS.includes(name) ? settled() : null);

// -- telling what happened

function told(answer, text) {
  if (answer.ok) say(text());
  else if (answer.status === 0) say(word("desk.no.answer"), "no");
  else if (answer.status === 401) say(word("desk.no.signin"), "no");
  else say(answer.body.detail || answer.body.title || word("desk.no.answer"), "no");
  return answer.ok;
}
onTrouble((answer) => told(answer, () => ""));

const onCase = (id, name, body) => post(`cases/${encodeURIComponent(id)}/${name}`, body);

// -- accepting

onSubmit("accept", (dialog) => {
  const fields = new FormData(dialog.querySelector("form"));
  const text = (name) => String(fields.get(name) ?? "").trim();
  const delivery = papers.courier ? text("delivery") || "window" : "window";
  if (!dialog.dataset.receive) {
    if (papers.promise && !fields.get("promise")) return wrong(dialog, "desk.accept.promise.missing", "promise");
    if (delivery === "courier" && !text("address")) return wrong(dialog, "desk.accept.address.missing", "address");
  }
  const applicant = { kind: text("kind") };
  for (const name of ["name", "document", "phone", "agent", "address"]) if (text(name)) applicant[name] = text(name);
  const given = Object.keys(applicant).length > 1 || applicant.kind === "enterprise";
  return { ...(given ? { applicant } : {}), promise: Boolean(fields.get("promise")), delivery };
});

function wrong(dialog, key, name) {
  dialog.querySelector("[data-error]").textContent = word(key);
  dialog.querySelector(`[name=${name}]`).focus();
  return null;
}

function applicantDialog(receive) {
  const dialog = dialogOf("accept");
  dialog.toggleAttribute("data-receive", receive);
  dialog.dataset.receive = receive ? "1" : "";
  part(dialog, "promise", papers.promise && !receive);
  part(dialog, "courier", papers.courier && !receive);
  dialog.querySelector("[data-error]").textContent = "";
  dialog.querySelector("[data-go]").textContent = word(receive ? "desk.accept.receive" : "desk.accept.go");
  const answer = ask("accept", { number: facts.number });
  dialog.querySelector(`[name=kind][value=${papers.applicant}]`).checked = true;
  if (papers.promise && !receive) dialog.querySelector("[name=promise]").focus();
  return answer;
}

async function accept(step) {
  const entered = await applicantDialog(false);
  if (!entered) return;
  const about = step.case ? { case: step.case, marks: marks() } : { ticket: ticket() };
  received(await act("accept", { ...about, ...entered }), "accept");
}

async function take(entered = {}) {
  const { promise, delivery, ...body } = entered;
  received(await act("receive", { ticket: ticket(), ...body }), "receive");
}

function received(answer, name) {
  const done = told(answer, () => {
    const found = answer.body.case;
    if (!found.accepted) return word("desk.did.case.receive", { case: found.id });
    const due = found.promised ? word("desk.did.case.accept.due", { date: found.promised.due_text }) : word("desk.did.case.accept.none");
    return word("desk.did.case.accept", { case: found.id, date: due });
  });
  if (done && answer.body.case.accepted) printReceipt(answer.body.case.id);
  return name;
}

// -- telling what is missing

onSubmit("notice", (dialog) => {
  const fields = new FormData(dialog.querySelector("form"));
  const found = {};
  for (const [field, name] of [["previous", "previous"], ["document", "document"], ["words", "note"]]) {
    const text = String(fields.get(field)).trim();
    if (text) found[name] = text;
  }
  return found;
});

async function notice() {
  const entered = await ask("notice", { number: facts.number });
  if (!entered) return false;
  const about = papers.step?.act === "complete" ? { case: papers.step.case, marks: marks() } : { ticket: ticket() };
  const answer = await act("one-time-notice", { ...about, ...entered });
  const done = told(answer, () => {
    const { id, repeat, fresh } = answer.body.notice;
    const again = repeat > 1 && fresh.length > 0;
    return word(again ? "desk.did.notice.again" : "desk.did.notice", { notice: id, count: repeat, names: list(fresh) });
  });
  if (done) printNotice(answer.body.notice.id);
  return done;
}

// -- the next step of a case

async function decide(id) {
  const chosen = await ask("decide", { number: id });
  if (!chosen) return;
  if (chosen.decision === "refused" && !chosen.note) return say(word("desk.decide.reason.missing"), "no");
  const body = { counter, decision: chosen.decision, paper: chosen.paper ?? true, ...(chosen.note ? { reason: chosen.note } : {}) };
  const answer = await onCase(id, "decide", body);
  if (told(answer, () => word("desk.did.case.decide", { case: id })) && chosen.hand) await handOver(id, true);
}

async function handOver(id, here) {
  const by = here ? { by: "ticket", ticket: ticket() } : { by: "code" };
  told(await onCase(id, "hand-over", { counter, ...by }), () => word("desk.did.case.hand-over", { case: id }));
}

async function hand(id) {
  dialogOf("hand").querySelector("[data-lead]").textContent = textOf(id);
  if (await ask("hand")) await handOver(id, true);
}

const textOf = (id) => cases.querySelector(`[data-key="case-${id}"] .case-text`)?.innerText.replaceAll("\n", "  ") ?? id;

async function plain(id, name, body = {}) {
  told(await onCase(id, name, { counter, ...body }), () => word(`desk.did.case.${name}`, { case: id }));
}

const steps = {
  accept,
  receive: () => take(),
  complete: accept,
  decide: (step) => decide(step.case),
  "hand-over": (step) => hand(step.case),
  resume: (step) => plain(step.case, "resume"),
  forward: (step) => plain(step.case, "forward"),
  settle: (step) => find(step.case),
};

cases.addEventListener("click", (event) => {
  const button = event.target.closest("[data-case-act]");
  if (!button) return;
  const { caseAct, case: id, material } = button.dataset;
  if (caseAct === "print") printReceipt(id);
  else if (caseAct === "notice") printNotice(id);
  else if (caseAct === "code") code(id);
  else if (caseAct === "settle" && material) plain(id, "settle", { material, how: "brought" });
  else steps[caseAct]({ act: caseAct, case: id });
});

function code(id) {
  const place = dialogOf("code").querySelector("[data-code-place]");
  place.replaceChildren(cases.querySelector(`template[data-code="${id}"]`).content.cloneNode(true));
  ask("code", { number: id });
}

// -- any case, by its number or by the code on its receipt

onSubmit("find", (dialog) => {
  const typed = dialog.querySelector("[name=case]").value.trim();
  const number = /\/c\/([^/?#]+)/.exec(typed)?.[1] ?? typed;
  if (!number) dialog.querySelector("[name=case]").focus();
  return number ? { case: number } : null;
});

async function find(known = null) {
  dialogOf("find").querySelector("[data-error]").textContent = "";
  const asked = known ?? (await ask("find"))?.case;
  if (!asked) return;
  const answer = await get(`cases/${encodeURIComponent(asked)}`);
  if (!answer.ok) return say(answer.status === 404 ? word("desk.find.none") : answer.body.detail || word("desk.no.answer"), "no");
  const found = answer.body.case;
  const who = [found.applicant.name, found.applicant.agent].filter(Boolean);
  const rows = choices(found);
  dialogOf("found").querySelector("[data-lead]").textContent =
    [found.service.name, ...who, found.state_text, rows.length ? "" : word("desk.found.nothing")].filter(Boolean).join("  ");
  const chosen = await ask("found", { number: found.id, rows });
  if (chosen) await chosenAct(found, chosen);
}

function choices(found) {
  const { can } = found;
  const rows = found.owed
    .filter((one) => can.includes("settle") && one.kind === "later" && !one.settled)
    .map(({ material, name, due_text: date }) => ({ what: word("desk.found.settle", { name }), note: word("desk.found.settle.note", { date }), do: "settle", material }));
  const offer = (name, able) => { if (able) rows.push({ what: word(`desk.found.${name}`), do: name }); };
  offer("resume", can.includes("resume") && found.stop?.kind === "correction");
  if (can.includes("accept")) {
    const promised = found.items.some((item) => ["later", "promised"].includes(item.mark));
    rows.push({ what: word("desk.found.complete"), note: promised ? word("desk.found.complete.promise") : "", do: "complete", promise: promised });
  }
  offer("hand-over", can.includes("hand-over"));
  offer("forward", can.includes("forward"));
  offer("print", Boolean(found.accepted));
  offer("withdraw", can.includes("withdraw"));
  return rows;
}

async function chosenAct(found, { do: name, material, promise }) {
  const { id } = found;
  if (name === "settle") return plain(id, "settle", { material, how: "brought" });
  if (name === "complete") {
    const brought = found.items.filter((item) => item.mark === "missing").map(({ material }) => ({ material, mark: "ok" }));
    return received(await act("accept", { case: id, marks: brought, promise }), "accept");
  }
  if (name === "print") return printReceipt(id);
  if (name === "hand-over") return handOver(id, cases.querySelector(`[data-key="case-${id}"]`) !== null);
  return plain(id, name, name === "withdraw" ? { cause: "applicant" } : {});
}

// -- one service after another, and leaving

async function partDone() {
  const { service, next } = papers;
  const answer = await act("done", { ticket: ticket() });
  return told(answer, () => {
    if (!next) return word("desk.did.part", { name: service });
    const key = next.here ? "desk.did.part.next" : "desk.did.part.elsewhere";
    return word(key, { name: service, next: next.name, zone: next.zone });
  });
}

// Before the visit ends: what was not told in writing, what is not done. Gives what is sent with it, or null: it goes on.
export async function leave() {
  if (papers?.ending === "papers") return { outcome: "unserved", cause: "papers" };
  const { untold = [] } = papers ?? {};
  const elsewhere = papers?.several && !papers.here && !papers.finished; // the service in hand is done at another window
  const left = elsewhere ? [papers.service, ...papers.left] : papers?.left ?? [];
  if (!untold.length && !left.length) return {};
  const dialog = dialogOf("leave");
  part(dialog, "untold", untold.length > 0);
  part(dialog, "left", !untold.length);
  const names = untold.length ? list(untold) : list(left);
  dialog.querySelector("[data-lead]").textContent = word(untold.length ? "desk.leave.untold" : "desk.leave.left", { names });
  const chosen = await ask("leave", { number: facts.number });
  if (chosen?.do === "notice") return (await notice()) ? { outcome: "unserved", cause: "papers" } : null;
  if (chosen?.do === "papers") return { outcome: "unserved", cause: "papers" };
  if (chosen?.do === "rest") return elsewhere || papers.finished || (await partDone()) ? { rest: true } : null;
  if (chosen) return elsewhere ? { services: [] } : {};
  return null;
}

async function reject() {
  const chosen = await ask("reject", { number: facts.number });
  if (!chosen) return;
  const { reason, note } = chosen;
  const about = papers.step?.act === "complete" ? { case: papers.step.case } : { ticket: ticket() };
  const answer = await act("reject", { ...about, reason, ...(note ? { note } : {}) });
  if (told(answer, () => word("desk.did.case.reject", { case: answer.body.case.id }))) printReceipt(answer.body.case.id);
}

export const paperActs = {
  ...checkActs,
  accept: () => steps[papers.step.act](papers.step),
  notice,
  done: partDone,
  reject,
  find: () => find(),
  async receive() {
    const entered = await applicantDialog(true);
    if (entered) await take(entered);
  },
};
