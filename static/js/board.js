// A board's own business: which call stands large and for how long, which rows ring, the lines at the foot. What is called and what
// sounds is decided by the server.

import { connect, send } from "./feed.js";
import { now } from "./clock.js";
import { Voice } from "./announce.js";

const DWELL_MS = 8_000; // a call stands large at least so long, and until its voice has ended
const FRESH_MS = 20_000; // and is filled so long
const BEHIND_MAX = 2; // calls that wait to stand large; more are skipped, they ring in the list
const TURN_MS = 12_000; // of the lines at the foot
const SHOWN = 7;

const region = document.querySelector("[data-live]");
const known = new Map(); // ring -> when it came here
let waiting = [];
let hero = { ring: "", since: 0, fresh: false };
let say = null;
let voiced = Boolean(region.dataset.sound); // a voice keeps the order here, and the server keeps it from lagging
let rings = [];
let first = true;
let line = 0;
let turned = performance.now();

const ringOf = (call) => `${call.id}:${call.count}`;
const voice = region.dataset.sound ? new Voice(region.dataset.sound, document.querySelector("[data-sound-ask]"), send) : null;

function heard(message) {
  if (message.say !== undefined) say = message.say;
  voiced ||= Boolean(say);
  if (message.calls) learn(message.calls);
  arrange();
  turn();
  voice?.say(say);
}

// New rings, the oldest first: each is acknowledged, and waits for its turn to stand large.
function learn(calls) {
  rings = calls.slice(0, SHOWN).map(ringOf);
  const came = performance.now();
  for (const call of calls.slice(0, SHOWN).reverse()) {
    const ring = ringOf(call);
    if (known.has(ring)) continue;
    known.set(ring, first ? -Infinity : came);
    if (first) continue;
    waiting.push(ring);
    if (document.visibilityState === "visible") send({ ack: call.id, count: call.count, how: "shown" });
  }
  for (const ring of known.keys()) if (!rings.includes(ring)) known.delete(ring);
  waiting = waiting.filter((ring) => rings.includes(ring));
  if (first && calls.length) stand(rings[0], now() - Date.parse(calls[0].at) < FRESH_MS);
  first = false;
}

function stand(ring, fresh) {
  hero = { ring, since: performance.now(), fresh };
  waiting = waiting.filter((other) => other !== ring);
}

const source = (ring) => region.querySelector(`template[data-ring="${CSS.escape(ring)}"]`);

// Whose turn it is to stand large. A recall of the large one stays large. Only the newest come with their large words.
function choose() {
  if (!rings.length) return;
  waiting = waiting.filter((ring) => source(ring) && performance.now() - known.get(ring) < FRESH_MS);
  const call = hero.ring.split(":")[0];
  const again = waiting.find((ring) => ring.split(":")[0] === call);
  if (again) return stand(again, true);
  if (!rings.includes(hero.ring)) return stand(waiting[0] ?? rings[0], waiting.length > 0);
  const spoken = say && `${say.id}:${say.count}`;
  if (performance.now() - hero.since < DWELL_MS || spoken === hero.ring) return;
  if (!voiced && waiting.length > BEHIND_MAX) waiting = waiting.slice(-BEHIND_MAX);
  const next = waiting.includes(spoken) ? spoken : waiting[0];
  if (next) stand(next, true);
}

function arrange() {
  choose();
  const place = region.querySelector("[data-hero]");
  if (!place || !hero.ring) return;
  const large = place.dataset.ring === hero.ring ? null : source(hero.ring);
  if (large) {
    place.replaceChildren(large.content.cloneNode(true));
    place.dataset.ring = hero.ring;
    restart(place);
  }
  place.classList.toggle("fresh", hero.fresh && performance.now() - hero.since < FRESH_MS);
  for (const row of region.querySelectorAll("tr[data-ring]")) {
    row.hidden = row.dataset.ring === hero.ring;
    row.classList.toggle("ringing", performance.now() - (known.get(row.dataset.ring) ?? -Infinity) < FRESH_MS);
  }
}

// The pulse belongs to the call, not to the box it stands in.
function restart(place) {
  place.classList.remove("fresh");
  void place.offsetWidth;
}

function turn() {
  const lines = [...region.querySelectorAll("[data-turn] > *")];
  if (performance.now() - turned > TURN_MS) {
    turned = performance.now();
    line += 1;
  }
  lines.forEach((one, index) => { one.hidden = index !== line % lines.length; });
}

connect(region, { message: heard, open: () => voice?.reconnected() });
voice?.allow();
setInterval(() => { arrange(); turn(); }, 250);
