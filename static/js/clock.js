// Hall time in the browser: the server says what time it is with every message, and we count on from there.
// <time data-clock> shows it; <time data-since="ISO"> counts up, <time data-until="ISO"> counts down (data-format="minutes" for whole minutes).

const root = document.documentElement;
let base = { hall: Date.parse(root.dataset.now) || Date.now(), local: performance.now(), offset: offsetOf(root.dataset.now) };
let speed = 1; // the demo's clock may run faster than the wall

// "…+08:00" in milliseconds: screens show the hall's time, wherever the browser thinks it is.
function offsetOf(text) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text ?? "");
  return found ? (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) * 60_000 : 0;
}

export function setTime(at) {
  const hall = Date.parse(at);
  const local = performance.now();
  if (local - base.local > 2_000) {
    const seen = (hall - base.hall) / (local - base.local);
    speed = Math.abs(seen - 1) < 0.25 ? 1 : Math.max(0, seen);
  }
  base = { hall, local, offset: offsetOf(at) };
}

export const now = () => base.hall + (performance.now() - base.local) * speed;

const two = (value) => String(value).padStart(2, "0");

// An instant as 10:26 or 10:26:31 on the hall's wall.
export function wall(instant, seconds = false) {
  const moment = new Date(instant + base.offset);
  const text = `${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}`;
  return seconds ? `${text}:${two(moment.getUTCSeconds())}` : text;
}

// A span as 3:07, 1:03:07, or whole minutes.
export function span(milliseconds, format) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  if (format === "minutes") return String(Math.floor(total / 60));
  const hours = Math.floor(total / 3600);
  const rest = `${hours ? two(Math.floor(total / 60) % 60) : Math.floor(total / 60)}:${two(total % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function tick(within = document) {
  const at = now();
  for (const element of within.querySelectorAll("time[data-clock]")) put(element, wall(at, element.dataset.clock === "seconds"));
  for (const element of within.querySelectorAll("time[data-since]")) {
    put(element, span(at - Date.parse(element.dataset.since), element.dataset.format));
  }
  for (const element of within.querySelectorAll("time[data-until]")) {
    put(element, span(Date.parse(element.dataset.until) - at + 999, element.dataset.format));
  }
}

tick();
setInterval(tick, 500);
