// The ticket on a phone: texts from the live view, a new ticket part when the state changes, and an alert in time.

import { connect, fill } from "./feed.js";
import { wall } from "./clock.js";
import { morph } from "./morph.js";
import "./size.js";

const NEAR = 3; // people ahead when it rings
const live = document.getElementById("live");
const fresh = document.querySelector("[data-fresh]");
const say = document.querySelector("[data-say]");
const alertSwitch = document.querySelector("[data-alert]");
const chime = alertSwitch && new Audio(alertSwitch.dataset.sound);
let rung = live.dataset.call;
let nearSaid = false;

connect(live, { message: ({ view, at }) => show(view, at) });

function show(view, at) {
  document.title = view.title;
  if (view.state !== live.dataset.state || view.call !== live.dataset.call || view.papers.stamp !== live.dataset.stamp) change(view);
  fill(document, view);
  live.querySelectorAll("[data-people] i").forEach((figure, index) => { figure.hidden = index >= view.people; });
  fresh.textContent = view.call_text || fresh.dataset.fresh.replace("{at}", wall(Date.parse(at), true));
  remind(view);
}

// Another state, or new papers, is another template: the server renders it.
async function change(view) {
  live.dataset.state = view.state;
  live.dataset.stamp = view.papers.stamp;
  live.dataset.call = view.call;
  for (const part of document.querySelectorAll("[data-while]")) part.hidden = !part.dataset.while.split(" ").includes(view.state);
  try {
    const answer = await fetch(live.dataset.part, { headers: { accept: "text/html" } });
    if (answer.ok) morph(live, await answer.text());
  } catch {
    live.dataset.state = ""; // the next message tries again
  }
}

function remind(view) {
  if (view.state === "called" && view.call !== rung) {
    rung = view.call;
    ring([400, 200, 400, 200, 400], view.calls === 1);
  }
  if (view.state !== "waiting") return;
  if (view.ahead > NEAR) nearSaid = false;
  else if (!nearSaid) {
    nearSaid = true;
    const { near, nearOne, nearNext } = say.dataset;
    say.textContent = view.ahead > 1 ? near.replace("{count}", view.ahead) : view.ahead ? nearOne : nearNext;
    if (alertSwitch?.checked) ring([200, 100, 200], true);
  }
}

function ring(pattern, sound) {
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(pattern); // refused before the first touch
  if (sound && alertSwitch?.checked) chime.play().catch(() => {}); // browsers stay silent until the page was touched once
}

// Touching the switch lets the browser play later.
alertSwitch?.addEventListener("change", () => {
  sessionStorage.setItem("alert", alertSwitch.checked ? "on" : "off");
  if (alertSwitch.checked) chime.play().catch(() => {});
});
if (alertSwitch && sessionStorage.getItem("alert") === "off") alertSwitch.checked = false;
