// The issue window: which list is shown, what a scanner or a hand types, and what is done with the open result.

import * as acts from "./case-acts.js";
import { text } from "./case-acts.js";
import { again, begin, mark, open, say, show } from "./case-open.js";
import { connect } from "./feed.js";

const region = document.querySelector("[data-live]");
const scan = document.querySelector("[data-scan]");
const field = scan.elements.scan;
const counter = () => document.querySelector("[data-counter]")?.value;
const at = (name) => (it) => it.window.includes(name) && Boolean(counter());
const COMPANY = "courier-company"; // the last one, kept in this browser

// -- which list

function lists() {
  for (const list of region.querySelectorAll("[data-list]")) {
    list.hidden = list.dataset.list !== document.body.dataset.show;
    document.querySelector(`[data-count="${list.dataset.list}"]`).textContent = list.dataset.total;
  }
}

function choose(name) {
  document.body.dataset.show = name;
  for (const button of document.querySelectorAll("[data-filter]")) {
    button.setAttribute("aria-pressed", String(button.dataset.filter === name));
  }
  const url = new URL(location.href);
  url.searchParams.set("show", name);
  history.replaceState(null, "", url);
  lists();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-filter]");
  if (button) choose(button.dataset.filter);
});

// -- the scanner: a keyboard that types fast. A receipt's address, its number, the end of it, or a ticket.

function numbered(said) {
  const whole = /(?:^|\D)(\d{8})[-\s]?(\d{4,})(?:\D|$)/.exec(said);
  if (whole) return [`${whole[1]}-${whole[2]}`];
  const lines = [...region.querySelectorAll("a[data-open]")];
  const short = said.trim().toUpperCase();
  const end = /^\d{1,4}$/.test(short) ? `-${short.padStart(4, "0")}` : null;
  const found = lines.filter((line) => (end ? line.dataset.open.endsWith(end) : line.dataset.visitor && line.dataset.visitor === short));
  return [...new Set(found.map((line) => line.dataset.open))];
}

function tell(key, values) {
  const place = scan.querySelector("[data-scan-said]");
  place.hidden = !key;
  place.textContent = key ? say(key, values) : "";
}

scan.addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = field.value;
  if (!said.trim()) return;
  const found = numbered(said);
  tell(null);
  if (found.length > 1) return tell("panel.scan.many", { count: found.length });
  if (!found.length || !(await show(found[0]))) {
    field.select();
    return tell("panel.scan.none", { said: said.trim().slice(0, 40) });
  }
  field.value = "";
  const list = document.getElementById(`job-${found[0]}`)?.closest("[data-list]");
  if (list) choose(list.dataset.list);
});

// Keys that go nowhere else belong to the scanner.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  if (document.querySelector("dialog[open]") || event.target.closest?.("input, select, textarea")) return;
  field.focus();
});

// -- the check-list of what was only taken in

function check(form) {
  acts.fillList(form.querySelector("[data-list]"), "check-row", open.facts.list, (row, paper) => {
    row.dataset.material = paper.material;
    row.querySelector("legend").textContent = paper.name;
    for (const input of row.querySelectorAll("input")) {
      input.name = `mark-${paper.material}`;
      input.checked = input.value === paper.mark;
      const allowed = { later: paper.later, promised: paper.promise }[input.value] ?? true;
      input.closest("label").hidden = !allowed;
    }
  });
  verdict(form);
}

const marks = (form) => [...form.querySelectorAll("[data-material]")].map((row) => ({
  material: row.dataset.material, mark: row.querySelector("input:checked")?.value,
}));

function verdict(form) {
  const all = marks(form);
  const count = (mark) => all.filter((one) => one.mark === mark).length;
  const [missing, unchecked, later] = [count("missing"), count(undefined), count("later") + count("promised")];
  form.querySelector("[data-promise]").hidden = !later;
  const key = unchecked ? "unchecked" : missing ? "missing" : "complete";
  form.querySelector("[data-verdict]").textContent = say(`panel.check.${key}`, { count: unchecked || missing });
  form.querySelector("[data-check=accept]").disabled = Boolean(missing || unchecked);
  form.querySelector("[data-check=notice]").disabled = Boolean(!missing || unchecked);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-sheet=check]");
  if (form) verdict(form);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-check]");
  if (!button) return;
  const sheet = button.closest("dialog");
  const form = sheet.querySelector("form");
  const before = new Map(open.facts.list.map((paper) => [paper.material, paper.mark]));
  const list = marks(form).filter((one) => one.mark !== before.get(one.material) || one.mark !== "free")
    .map((one) => (one.mark === "free" ? { ...one, reason: "not_needed" } : one));
  const id = sheet.dataset.case;
  button.disabled = true;
  const ok = button.dataset.check === "accept"
    ? await acts.ask(`counters/${counter()}/accept`, { case: id, marks: list, promise: form.elements.promise.checked, delivery: open.facts.delivery }, "accept", sheet)
    : await acts.ask(`counters/${counter()}/one-time-notice`, { case: id, marks: list }, "notice", sheet);
  button.disabled = false;
  if (ok) sheet.close();
});

// -- the acts

function hand(form) {
  const { visitor, applicant } = open.facts;
  form.querySelector("[data-name]").textContent = applicant ?? open.id;
  form.querySelector("[data-by]").textContent = visitor?.at === counter() && visitor.state === "serving"
    ? say("panel.by.ticket", { number: visitor.number }) : say("panel.by.code");
}

function address(form) {
  const { address: where, applicant, phone } = open.facts;
  form.querySelector("[data-address]").textContent = [applicant, phone, where ?? say("panel.no_address")].filter(Boolean).join("\n");
  form.elements.company.value = localStorage.getItem(COMPANY) ?? "";
}

acts.begin({
  ready: { works: at("ready"), ask: () => ["cases/{case}/ready", { counter: counter() }] },
  "hand-over": {
    works: (it) => at("hand-over")(it) && it.facts.state === "ready" && (it.facts.delivery !== "courier" || Boolean(it.facts.visitor)),
    prepare: hand,
    ask: () => {
      const { visitor } = open.facts;
      const ticket = visitor?.at === counter() && visitor.state === "serving";
      return ["cases/{case}/hand-over", { counter: counter(), ...(ticket ? { by: "ticket", ticket: visitor.id } : { by: "code" }) }];
    },
  },
  send: {
    works: (it) => at("send")(it) && it.facts.state === "ready",
    prepare: address,
    ask: ({ company, number }) => {
      localStorage.setItem(COMPANY, company.trim());
      return ["cases/{case}/send", { company: company.trim(), number: number.trim(), counter: counter() }];
    },
  },
  deliver: { works: (it) => it.window.includes("deliver"), ask: () => ["cases/{case}/deliver", {}] },
  forward: { works: at("forward"), ask: ({ note }) => ["cases/{case}/forward", { counter: counter(), note: text(note) }] },
  check: { works: at("accept"), prepare: check, ask: () => ["", {}] },
  reject: {
    works: at("reject"),
    ask: ({ reason, note }) => [`counters/${counter()}/reject`, { case: open.id, reason, note: text(note) }],
  },
  withdraw: {
    works: (it) => at("withdraw")(it) && ["received", "told", "returned"].includes(it.facts.state),
    ask: ({ note }) => ["cases/{case}/withdraw", { cause: "applicant", counter: counter(), note: text(note) }],
  },
});
lists();
begin();
document.querySelector("[data-counter]")?.addEventListener("change", again);
if (!open.id) field.focus({ preventScroll: true });
connect(region, {
  message() {
    lists();
    mark();
    again();
  },
});
