// The kiosk's comfort: live waits, the idle question, reading aids without a new page, arrow keys, and no dead page when the
// server is away. Everything here also works without it, only slower.

import { now, wall } from "./clock.js";
import { connect, fill } from "./feed.js";
import { arrows } from "./arrows.js";
import { aids } from "./kiosk_aids.js";
import { finder } from "./kiosk_search.js";
import { idle, leaving } from "./kiosk_idle.js";
import { receipt } from "./kiosk_receipt.js";

const body = document.body;
const FIRST = ["home", "some", "closed"]; // what the first page may be
const feeds = [];

for (const region of document.querySelectorAll("[data-live][data-feed]")) {
  feeds.push(connect(region, { message: ({ view }) => show(region, view), stale: back }));
}

// The first page changes its kind when the hall opens or closes: the server renders it.
function show(region, view) {
  fill(region, view);
  if (view.page && FIRST.includes(body.dataset.page) && body.dataset.page !== view.page) location.reload();
}

// After a lost connection the server may be a newer one: the first page is loaded again.
function back(stale) {
  if (!stale) for (const banner of document.querySelectorAll(".pressed")) banner.classList.remove("pressed");
  if (!stale && FIRST.includes(body.dataset.page)) location.reload();
}

// Never leave for a page that will not come: ask first when the line looks down.
async function reachable() {
  if (feeds.every((feed) => feed.socket?.readyState === WebSocket.OPEN)) return true;
  try {
    return (await fetch("/healthz", { signal: AbortSignal.timeout(2_000), cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function lost() {
  for (const time of document.querySelectorAll("[data-stale-at]:empty")) time.textContent = wall(now(), true);
  for (const banner of document.querySelectorAll("[data-stale-banner]")) {
    banner.hidden = false;
    banner.classList.add("pressed"); // somebody waits for an answer: this is it
  }
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || feeds.every((feed) => feed.socket?.readyState === WebSocket.OPEN)) return;
  event.preventDefault();
  if (await reachable()) location.assign(link.href);
  else lost();
});

// One tap, one ticket: the form's key makes sure on the server; here the second tap is not even sent.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  if (feeds.every((feed) => feed.socket?.readyState === WebSocket.OPEN)) return;
  event.preventDefault();
  if (!(await reachable())) return lost();
  delete form.dataset.sent;
  const feedsWere = feeds.splice(0); // reachable: let it go
  form.requestSubmit(event.submitter);
  feeds.push(...feedsWere);
});

// A page from the browser's memory would show the last visitor's choice.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
addEventListener("contextmenu", (event) => event.preventDefault());

arrows();
aids();
finder();
receipt();
leaving();
idle();
