// Who can do what: the table, and what a clerk has learnt since.

import { ask, showRefusals } from "./manager-ask.js";

const dialog = document.getElementById("dialog-skills");
const form = dialog.querySelector("form");
const note = form.querySelector("[data-single-note]");
const words = (text) => (text ? text.split(" ") : []);

const chosen = () => form.elements.clerk.selectedOptions[0];

function paint() {
  const option = chosen();
  if (!option) return;
  const known = words(option.dataset.queues);
  for (const box of form.querySelectorAll("[name=skill]")) box.checked = known.includes(box.value);
  const single = words(option.dataset.single).length;
  note.hidden = !single;
  note.textContent = note.dataset.singleNote.replace("{count}", single);
}

// The table follows without a reload; its marks are copies of one that is there.
function learnt(clerk, queues) {
  const row = dialog.querySelector(`tr[data-clerk="${CSS.escape(clerk)}"]`);
  const mark = dialog.querySelector("td[data-queue] > [aria-hidden]")?.parentElement;
  for (const cell of row?.querySelectorAll("td") ?? []) {
    const marks = queues.includes(cell.dataset.queue) && mark ? [...mark.childNodes].map((node) => node.cloneNode(true)) : [];
    cell.replaceChildren(...marks);
  }
}

form.elements.clerk.addEventListener("change", paint);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const option = chosen();
  const button = form.querySelector("button");
  if (!option || button.disabled) return;
  showRefusals(dialog, false);
  button.disabled = true;
  const queues = [...form.querySelectorAll("[name=skill]:checked")].map((box) => box.value);
  const skills = [...queues, ...words(option.dataset.single)];
  const ok = await ask("PATCH", `clerks/${encodeURIComponent(option.value)}`, { skills }, dialog);
  button.disabled = false;
  if (!ok) return;
  learnt(option.value, queues);
  option.dataset.queues = queues.join(" ");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !("skills" in button.dataset)) return;
  showRefusals(dialog, false);
  paint();
  dialog.showModal();
});
