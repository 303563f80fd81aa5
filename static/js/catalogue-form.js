// The form of a service as the entry of the hall file that it says, and back to the field that a problem is about.

const clone = (value) => JSON.parse(JSON.stringify(value));

// The entry: what was there, with what the form says. Fields that the form does not show stay as they were.
export function recordOf(form) {
  const record = clone(JSON.parse(form.dataset.record));
  for (const input of form.querySelectorAll("[name][data-kind]")) {
    if (input.type === "radio" && !input.checked) continue;
    if (input.name.startsWith("hours.")) continue;
    put(record, input.name.split("."), valueOf(input));
  }
  for (const set of form.querySelectorAll("[data-term]")) record[set.dataset.term] = termOf(set, set.dataset.term);
  const papers = [...form.querySelectorAll("[data-paper]")].map(paperOf);
  papers.forEach((paper, number) => { paper.id ||= idOf(paper, papers, number); });
  if (papers.length) record.materials = papers;
  else delete record.materials;
  if (form.elements.hours.value === "own") record.hours = weekOf(form);
  else delete record.hours;
  dropEmptyNames(record);
  return record;
}

function valueOf(input) {
  const text = input.value.trim();
  switch (input.dataset.kind) {
    case "truth": return input.checked;
    case "whole": return text === "" ? undefined : /^\d+$/.test(text) ? Number(text) : text;
    case "lines": return text.split("\n").map((line) => line.trim()).filter(Boolean);
    case "spans": return text.split(/[\s,;，；、]+/).filter(Boolean);
    default: return text;
  }
}

function put(record, path, value) {
  const last = path[path.length - 1];
  let at = record;
  for (const key of path.slice(0, -1)) at = at[key] ??= {};
  if (value === undefined || (Array.isArray(value) && !value.length)) delete at[last];
  else at[last] = value;
}

// A text that is empty in both languages is none; one language alone is a mistake that the server names.
function dropEmptyNames(record) {
  for (const [key, value] of Object.entries(record)) {
    if (key !== "name" && value && value.zh === "" && value.en === "") delete record[key];
  }
}

function termOf(set, name) {
  const part = (key) => set.querySelector(`[name="${name}.${key}"]`).value.trim();
  const value = part("value");
  const term = { value: value === "" ? null : /^\d+$/.test(value) ? Number(value) : value, unit: part("unit") };
  const basis = part("basis");
  if (basis === "assumed") term.assumed = true;
  if (basis.startsWith("source:")) term.source = basis.slice("source:".length);
  return term;
}

function paperOf(item) {
  const paper = clone(JSON.parse(item.dataset.record));
  for (const input of item.querySelectorAll("[data-name]")) put(paper, input.dataset.name.split("."), valueOf(input));
  dropEmptyNames(paper);
  return paper;
}

// A new paper is named after its English: nobody should have to think of an id.
function idOf({ name }, papers, number) {
  const words = (name.en.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-").slice(0, 40) || `paper-${number + 1}`;
  return papers.some((other) => other.id === words) ? `${words}-${number + 1}` : words;
}

function weekOf(form) {
  const week = {};
  for (const input of form.querySelectorAll('[name^="hours."]')) {
    const spans = valueOf(input);
    if (spans.length) week[input.name.slice("hours.".length)] = spans;
  }
  return week;
}

// The field a problem is about: the nearest one that the form has.
export function fieldOf(form, path) {
  const parts = path.split(".");
  if (parts[0] === "materials" && parts.length > 1) {
    const paper = form.querySelectorAll("[data-paper]")[Number(parts[1])];
    if (paper) return nearest(paper, "data-name", parts.slice(2)) ?? paper.querySelector("[data-name]");
  }
  return nearest(form, "name", parts);
}

function nearest(place, attribute, parts) {
  for (let length = parts.length; length; length--) {
    const path = CSS.escape(parts.slice(0, length).join("."));
    const found = place.querySelector(`[${attribute}="${path}"]`) ?? place.querySelector(`[${attribute}^="${path}\\."]`);
    if (found) return found;
  }
  return null;
}

// Say each problem beside its field and in the list above; gives how many there are.
export function showProblems(form, box, problems, more) {
  clearProblems(form);
  const list = box.querySelector("ul");
  list.replaceChildren(...problems.map((problem, number) => {
    const item = document.createElement("li");
    const field = fieldOf(form, problem.path);
    if (!field) {
      item.textContent = [problem.path, problem.text].filter(Boolean).join(": ");
      return item;
    }
    mark(field, problem, number);
    const link = document.createElement("a");
    link.href = `#${field.id}`;
    link.textContent = `${nameOf(field)}: ${problem.text}`;
    link.addEventListener("click", (event) => { event.preventDefault(); show(field); });
    item.append(link);
    return item;
  }));
  const title = box.querySelector("h2");
  title.textContent = title.dataset.count.replace("{count}", problems.length + more);
  box.hidden = false;
}

function mark(field, problem, number) {
  const details = field.closest("details");
  if (details) details.open = true;
  field.id ||= `problem-field-${number}`;
  field.setAttribute("aria-invalid", "true");
  const said = document.createElement("span");
  said.className = "error";
  said.id = `problem-${number}`;
  said.textContent = problem.text;
  field.dataset.described ??= field.getAttribute("aria-describedby") ?? "";
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
  (field.closest(".two, .stack, .term-parts, .radios, .paper-head, .paper-how, .labelled, .day") ?? field).after(said);
}

function show(field) {
  const week = field.closest("[data-week]");
  if (week) week.hidden = false;
  field.focus();
}

export function clearProblems(form) {
  for (const said of form.querySelectorAll(".error")) said.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    if (field.dataset.described) field.setAttribute("aria-describedby", field.dataset.described);
    else field.removeAttribute("aria-describedby");
    delete field.dataset.described;
  }
}

function nameOf(field) {
  const label = field.getAttribute("aria-label") ?? field.labels?.[0]?.textContent ?? field.closest("fieldset")?.querySelector("legend")?.textContent;
  const paper = field.closest("[data-paper]");
  const which = paper?.querySelector('[data-name^="name."]')?.value;
  return [which, label?.trim()].filter(Boolean).join(", ");
}
