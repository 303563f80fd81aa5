// The live path of a page: one WebSocket per [data-live][data-feed] region. It reconnects by itself, puts new HTML into the
// region, keeps hall time, and says when the server is lost. Server data is never turned into HTML here.

import { now, setTime, tick, wall } from "./clock.js";
import { morph } from "./morph.js";

const STALE_MS = 15_000; // the server's heartbeat is 10 s
const DEAD_MS = 25_000; // an open socket that says nothing is no connection
const BACK_OFF_MS = [500, 5_000];
const HOLD_MS = 1_000; // a swap waits at most this long for a finger to lift

const feeds = new Map();
const root = document.documentElement;

// Connect a region (once); handlers {message, open, stale} are added. Returns the feed.
export function connect(region, handlers = {}) {
  let feed = feeds.get(region);
  if (!feed) {
    feed = { region, handlers: [], socket: null, tries: 0, heard: performance.now(), at: null, html: null, stale: false, pressed: false, heldSince: null };
    feeds.set(region, feed);
    region.addEventListener("pointerdown", () => { feed.pressed = true; });
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { feed.pressed = false; });
    dial(feed);
  }
  feed.handlers.push(handlers);
  return feed;
}

// Say something to the server over the page's first feed (acks).
export function send(object, region = null) {
  const feed = region ? feeds.get(region) : feeds.values().next().value;
  if (feed?.socket?.readyState === WebSocket.OPEN) feed.socket.send(JSON.stringify(object));
}

// Put texts of a view into [data-field="a.b"]; an absent value hides the nearest [data-optional]. [data-value="a.b"] goes to data-state.
export function fill(region, view) {
  const at = (path) => path.split(".").reduce((value, key) => value?.[key], view);
  for (const element of region.querySelectorAll("[data-field]")) {
    const value = at(element.dataset.field) ?? "";
    if (element.textContent !== String(value)) element.textContent = value;
    const optional = element.closest("[data-optional]");
    if (optional) optional.hidden = value === "";
  }
  for (const element of region.querySelectorAll("[data-value]")) element.dataset.state = at(element.dataset.value) ?? "";
}

function dial(feed) {
  const url = new URL(feed.region.dataset.feed, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  feed.socket = socket;
  socket.addEventListener("message", (event) => heard(feed, JSON.parse(event.data)));
  socket.addEventListener("open", () => feed.handlers.forEach((handlers) => handlers.open?.()));
  socket.addEventListener("close", () => {
    if (feed.socket === socket) redial(feed);
  });
}

function redial(feed, atOnce = false) {
  const [least, most] = BACK_OFF_MS;
  const wait = atOnce ? 0 : Math.min(most, least * 2 ** feed.tries++) * (0.5 + Math.random() / 2);
  feed.socket = null;
  clearTimeout(feed.timer);
  feed.timer = setTimeout(() => dial(feed), wait);
}

function heard(feed, message) {
  feed.heard = performance.now();
  feed.tries = 0;
  feed.at = message.at;
  setTime(message.at);
  if (feed.stale) show(feed, false);
  if (message.html !== undefined) swap(feed, message);
  else tell(feed, message);
}

function swap(feed, message) {
  clearTimeout(feed.waiting);
  if (feed.pressed && performance.now() - (feed.heldSince ??= performance.now()) < HOLD_MS) {
    feed.waiting = setTimeout(() => swap(feed, message), 50);
    return;
  }
  feed.heldSince = null;
  if (message.html !== feed.html) {
    const focused = feed.region.contains(document.activeElement) ? document.activeElement.id : "";
    morph(feed.region, message.html);
    feed.html = message.html;
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
    tick(feed.region);
  }
  tell(feed, message);
}

function tell(feed, message) {
  feed.handlers.forEach((handlers) => handlers.message?.(message));
  feed.region.dispatchEvent(new CustomEvent("view", { detail: message, bubbles: true }));
}

// Stale: the banner appears with the time of what is shown; it goes by itself.
function show(feed, stale) {
  feed.stale = stale;
  const any = [...feeds.values()].some((one) => one.stale);
  root.toggleAttribute("data-stale", any);
  const since = feed.at ? Date.parse(feed.at) : Date.parse(root.dataset.now) || now();
  for (const element of document.querySelectorAll("[data-stale-at]")) element.textContent = wall(since, true);
  for (const banner of document.querySelectorAll("[data-stale-banner]")) banner.hidden = !any;
  feed.handlers.forEach((handlers) => handlers.stale?.(stale));
}

function watch() {
  for (const feed of feeds.values()) {
    const quiet = performance.now() - feed.heard;
    if (quiet > STALE_MS && !feed.stale) show(feed, true);
    if (quiet > DEAD_MS && feed.socket?.readyState === WebSocket.OPEN) {
      feed.heard = performance.now() - STALE_MS;
      const socket = feed.socket;
      redial(feed, true);
      socket.close();
    }
  }
}

// Awake again, or back on the net: do not wait for the back-off.
function wake() {
  if (document.visibilityState !== "visible") return;
  for (const feed of feeds.values()) if (!feed.socket || feed.socket.readyState > WebSocket.OPEN) redial(feed, true);
}

setInterval(watch, 1_000);
document.addEventListener("visibilitychange", wake);
addEventListener("online", wake);
addEventListener("pageshow", wake);
for (const region of document.querySelectorAll("[data-live][data-feed]")) connect(region);
