// One service of the catalogue: what would change is asked while somebody writes, saving is one press, and so is going back.

import { sentence, tell } from "./asking.js";
import { ask, diffItems, failed, home, search } from "./catalogue-api.js";
import { clearProblems, recordOf, showProblems } from "./catalogue-form.js";

const form = document.querySelector("form[data-service]");
const errors = document.querySelector("[data-errors]");
const diff = document.querySelector("[data-diff]");
const none = document.querySelector("[data-diff-none]");
const button = form.querySelector("[data-save-button]");
const dialog = document.querySelector("[data-ask]");
const words = form.dataset;
const LOOK_MS = 400;
let version = document.body.dataset.version;
let looking = 0;
let asked = 0;
let tried = false; // after the first refusal problems are shown while they are corrected
let leaving = false;

const idOf = () => (words.service || form.elements.id.value.trim());
const pathOf = () => `services/${encodeURIComponent(idOf() || "-")}`;
const plain = button.textContent;

// -- what would change

async function look() {
  const mine = ++asked;
  if (!idOf()) return; // a new service that has no number yet
  const answer = await ask("PUT", pathOf(), { dry_run: "true" }, { version, service: recordOf(form) });
  if (mine !== asked) return;
  if (answer.ok) {
    if (tried) settle();
    paint(answer.body.changes, answer.body.version);
  } else if (tried && answer.body.code === "bad-catalogue") {
    refuse(answer, false);
  }
}

function paint(changes, next) {
  const fields = changes.flatMap((change) => change.fields);
  diff.replaceChildren(...diffItems(diff, fields, { from: words.from, to: words.to }));
  diff.hidden = !fields.length;
  none.hidden = Boolean(fields.length);
  button.textContent = changes.length ? words.save.replace("{version}", next) : plain;
}

function changed() {
  clearTimeout(looking);
  looking = setTimeout(look, LOOK_MS);
}

function settle() {
  clearProblems(form);
  errors.hidden = true;
}

// -- saving

async function save(event) {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  clearTimeout(looking);
  asked++;
  const answer = (await idProblem()) ?? (await send(recordOf(form)));
  button.disabled = false;
  if (!answer.ok) return refuse(answer, true);
  if (!answer.body.changes.length) return tell(words.same);
  go(`${home}/service/${encodeURIComponent(idOf())}`, answer.body.version);
}

// A new service must not take the place of one that is there.
async function idProblem() {
  if (words.service) return null;
  const id = form.elements.id.value.trim();
  const text = !id ? words.empty : (await ask("GET", pathOf())).ok ? words.taken.replace("{text}", id) : "";
  if (!text) return null;
  return { ok: false, status: 422, body: { code: "bad-catalogue", values: { problems: [{ path: "id", text }] } } };
}

// Somebody else may have changed another entry since: then this one is still what we started from, and is sent again.
async function send(service) {
  const answer = await ask("PUT", pathOf(), {}, { version, service });
  if (answer.body.code !== "catalogue-changed") return answer;
  const now = await ask("GET", pathOf());
  const same = words.there ? now.ok && JSON.stringify(now.body.service) === JSON.stringify(JSON.parse(words.record)) : now.status === 404;
  if (!same) return { ok: false, status: 409, body: { code: "entry-changed" } };
  version = now.ok ? now.body.version : answer.body.values.version;
  return ask("PUT", pathOf(), {}, { version, service });
}

function refuse(answer, focus) {
  const list = errors.querySelector("ul");
  if (answer.body.code === "bad-catalogue") {
    tried = true;
    const { problems, more = 0 } = answer.body.values;
    showProblems(form, errors, problems, more);
  } else if (answer.body.code === "entry-changed") {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = words.reload;
    list.replaceChildren(Object.assign(document.createElement("li"), {}));
    list.firstChild.append(link);
    errors.querySelector("h2").textContent = words.changed;
    errors.hidden = false;
  } else {
    list.replaceChildren();
    errors.querySelector("h2").textContent = sentence(answer.body, failed);
    errors.hidden = false;
  }
  if (focus) errors.focus();
}

// The next page says what was done.
function go(address, next) {
  leaving = true;
  sessionStorage.setItem("catalogue-said", words.saved.replace("{version}", next));
  location.assign(address);
}

// -- papers

function papers(event) {
  const pressed = event.target.closest("button");
  const paper = pressed?.closest("[data-paper]");
  if (pressed && "add" in pressed.dataset) {
    const list = form.querySelector("[data-papers]");
    list.append(document.querySelector("[data-paper-new]").content.cloneNode(true));
    list.lastElementChild.querySelector('[data-name="name.zh"]').focus();
  } else if (paper && "up" in pressed.dataset) {
    paper.previousElementSibling?.before(paper);
    pressed.focus();
  } else if (paper && "down" in pressed.dataset) {
    paper.nextElementSibling?.after(paper);
    pressed.focus();
  } else if (paper && "drop" in pressed.dataset) {
    const next = paper.nextElementSibling ?? paper.previousElementSibling;
    paper.remove();
    (next?.querySelector("[data-drop]") ?? form.querySelector("[data-add]")).focus();
  } else {
    return;
  }
  changed();
}

// -- going back, and taking out: asked once more

let wanted = null;

function ask_(text, label, act) {
  wanted = act;
  dialog.querySelector("[data-ask-text]").textContent = text;
  dialog.querySelector("[data-ask-yes]").textContent = label;
  dialog.querySelector("[data-ask-refused]").hidden = true;
  dialog.showModal();
}

dialog.querySelector("[data-ask-no]").addEventListener("click", () => dialog.close());
dialog.querySelector("[data-ask-yes]").addEventListener("click", async ({ currentTarget }) => {
  currentTarget.disabled = true;
  const answer = await wanted();
  currentTarget.disabled = false;
  if (answer.ok) return go(answer.body.service ? location.pathname : home, answer.body.version);
  const place = dialog.querySelector("[data-ask-refused]");
  const problems = answer.body.values?.problems ?? [];
  place.textContent = [sentence(answer.body, failed), ...problems.map((problem) => problem.text)].join(" ");
  place.hidden = false;
});

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  const yes = dialog.querySelector("[data-ask-yes]").dataset;
  if ("restore" in pressed.dataset) {
    const service = JSON.parse(pressed.dataset.record);
    ask_(pressed.dataset.sure, yes.restoreLabel, () => ask("PUT", pathOf(), {}, { version, service }));
  }
  if ("remove" in pressed.dataset) {
    ask_(dialog.querySelector("[data-ask-text]").dataset.removeText, yes.removeLabel, () => ask("DELETE", pathOf(), { version }));
  }
});

// -- listening

form.addEventListener("submit", save);
form.addEventListener("input", changed);
form.addEventListener("click", papers);
for (const radio of form.querySelectorAll('[name="hours"]')) {
  radio.addEventListener("change", () => { form.querySelector("[data-week]").hidden = form.elements.hours.value !== "own"; });
}
addEventListener("beforeunload", (event) => {
  if (!leaving && !diff.hidden) event.preventDefault();
});
form.querySelector('.actions a').addEventListener("click", () => { leaving = true; });
// What was written before this script came, or what the browser filled in again, counts as well.
if ([...form.elements].some((input) => "defaultValue" in input && input.value !== input.defaultValue)) changed();
search();
const said = sessionStorage.getItem("catalogue-said");
if (said) {
  sessionStorage.removeItem("catalogue-said");
  tell(said);
}
