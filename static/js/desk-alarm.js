// Calling for help from a desk, and hearing the others: F9 twice within two seconds calls, wherever the focus is; the button in the bar
// asks what it is. F9 is no letter and works also when the clerk's keys are switched off.

import { ask } from "./desk-ask.js";
import { say } from "./desk-paint.js";
import { callForHelp } from "./emergency.js";

const TWICE_MS = [120, 2_000]; // quicker is a bouncing key, slower is two single presses
const { counter, me } = document.body.dataset;
const dialog = document.getElementById("ask-emergency");
const alarms = document.getElementById("alarms");
let pressed = -Infinity;

async function choose() {
  if (dialog.open) return;
  const chosen = await ask("emergency");
  if (chosen) callForHelp({ kind: chosen.kind, counter });
}

function onF9() {
  const at = performance.now();
  const gap = at - pressed;
  pressed = at;
  if (gap < TWICE_MS[0]) return;
  if (gap > TWICE_MS[1]) {
    choose();
    return;
  }
  pressed = -Infinity;
  dialog.close();
  callForHelp({ kind: "help", counter });
}

// Before the desk's own keys: the question may lie above another one, which must not get the digit.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.code === "F9") {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) onF9();
  } else if (dialog.open) {
    const digit = /^(?:Numpad|Digit)([1-9])$/.exec(event.code)?.[1];
    const pick = digit && dialog.querySelectorAll(".pick")[Number(digit) - 1];
    if (pick) pick.click();
    else if (event.code === "NumpadDecimal") dialog.close();
    else if (event.code === "NumpadEnter") document.activeElement?.click();
    else return event.stopImmediatePropagation(); // Tab, Enter and Escape are the browser's
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  return undefined;
}, true);

document.querySelector("[data-alarm]").addEventListener("click", choose);
document.addEventListener("emergency-said", ({ detail }) => say(detail.text, detail.ok ? "did" : "no"));

// -- the others' calls: their buttons stand beside the live words, not in them

const template = document.getElementById("alarm-row").content.firstElementChild;

// Called for every new message.
export function paintAlarms() {
  const calls = [...document.querySelectorAll("#alarm-live .alarm")];
  const rows = document.getElementById("alarm-acts");
  for (const row of [...rows.children]) if (!calls.some((call) => call.dataset.emergency === row.dataset.call)) row.remove();
  for (const call of [...calls].reverse()) paintRow(rows, call); // the newest comes first, beside its words
  alarms.hidden = calls.length === 0;
  alarms.toggleAttribute("data-own", calls.every((call) => call.dataset.counter === counter));
}

function paintRow(rows, call) {
  const { emergency, coming, where } = call.dataset;
  let row = [...rows.children].find((one) => one.dataset.call === emergency);
  if (!row) {
    row = template.cloneNode(true);
    row.dataset.call = emergency;
    for (const button of row.querySelectorAll("button")) {
      button.dataset.emergency = emergency;
      button.ariaLabel = `${button.textContent.trim()} ${where}`;
    }
    rows.prepend(row);
  }
  row.querySelector("[data-emergency-act=answer]").hidden = call.dataset.counter === counter || coming.split(" ").includes(me);
}
