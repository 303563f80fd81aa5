// The catalogue as a whole: a file is looked at first, and imported when somebody has seen what it changes.

import { sentence, tell } from "./asking.js";
import { ask, diffItems, failed, search } from "./catalogue-api.js";

const form = document.querySelector("[data-import]");
const errors = document.querySelector("[data-errors]");
const preview = document.querySelector("[data-preview]");
const entries = preview.querySelector("[data-entries]");
const words = form.dataset;
const KINDS = {
  yaml: "application/yaml", yml: "application/yaml", csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};
let file = null;

const kindOf = (name) => KINDS[name.split(".").pop().toLowerCase()];
const version = () => ({ version: document.body.dataset.version });

async function look(event) {
  event.preventDefault();
  hide();
  file = form.elements.file.files[0];
  if (!file) return;
  if (!kindOf(file.name)) return refuse({ body: { title: words.kindText } });
  tell(words.busy);
  const answer = await ask("POST", "catalogue/import", { dry_run: "true", ...version() }, file, kindOf(file.name));
  tell("");
  if (!answer.ok) return refuse(answer);
  paint(answer.body);
}

function paint({ counts, changes, more, version: next }) {
  const any = changes.length > 0;
  const text = any ? words.counts : words.none;
  preview.querySelector("[data-preview-title]").textContent = text.replace(/{(\w+)}/g, (_, name) => counts[name]);
  preview.querySelector("[data-preview-as]").textContent = any ? words.as.replace("{version}", next) : "";
  entries.replaceChildren(...changes.map(entry));
  const rest = preview.querySelector("[data-preview-more]");
  rest.hidden = !more;
  rest.textContent = words.more.replace("{count}", more);
  preview.querySelector("[data-import-do]").hidden = !any;
  preview.hidden = false;
  preview.focus();
}

function entry(change) {
  const item = document.createElement("li");
  const what = document.createElement("span");
  what.className = `what what-${change.what}`;
  what.textContent = change.what_text;
  const name = document.createElement("span");
  name.textContent = [change.section_text, change.id && change.name].filter(Boolean).join(" · ");
  item.append(what, name);
  if (change.fields.length) {
    const list = document.createElement("ul");
    list.className = "diff";
    list.append(...diffItems(entries, change.fields, { from: words.from, to: words.to }));
    item.append(list);
  }
  return item;
}

function refuse(answer) {
  const { problems = [], more = 0 } = answer.body.values ?? {};
  errors.querySelector("ul").replaceChildren(...problems.map((problem) => {
    const item = document.createElement("li");
    const place = document.createElement("span");
    place.className = "place";
    place.textContent = problem.place ? `${problem.place} ` : "";
    item.append(place, problem.text);
    return item;
  }));
  const title = errors.querySelector("h2");
  title.textContent = problems.length ? title.dataset.count.replace("{count}", problems.length + more) : sentence(answer.body, failed);
  errors.hidden = false;
  errors.focus();
}

function hide() {
  errors.hidden = true;
  preview.hidden = true;
}

preview.querySelector("[data-import-do]").addEventListener("click", async ({ currentTarget }) => {
  currentTarget.disabled = true;
  const answer = await ask("POST", "catalogue/import", version(), file, kindOf(file.name));
  currentTarget.disabled = false;
  if (!answer.ok) {
    hide();
    return refuse(answer);
  }
  sessionStorage.setItem("catalogue-said", words.saved.replace("{version}", answer.body.version));
  location.reload();
});
preview.querySelector("[data-import-no]").addEventListener("click", () => { hide(); form.reset(); });
form.addEventListener("submit", look);
form.elements.file.addEventListener("change", () => {
  hide();
  const name = form.elements.file.files[0]?.name;
  if (name) form.querySelector("[data-file-name]").textContent = name;
  form.querySelector("[data-look]").disabled = !name;
});
search();
const said = sessionStorage.getItem("catalogue-said");
if (said) {
  sessionStorage.removeItem("catalogue-said");
  tell(said);
}
