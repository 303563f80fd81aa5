// Moving by arrow keys, for the 6-key pad of a kiosk (up, down, left, right, OK, help): to the nearest thing in that direction.

const REACH = "a[href], button, input, summary, [tabindex='0']";
const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function candidates() {
  const dialog = document.querySelector("dialog[open]");
  return [...(dialog ?? document).querySelectorAll(REACH)].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && !one.disabled && one.type !== "hidden" && !one.closest("[inert]");
  });
}

const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];

// How far a box is in a direction; sideways counts double, behind does not count.
function distance(from, box, [x, y]) {
  const [fromX, fromY] = middle(from);
  const [toX, toY] = middle(box);
  const ahead = (toX - fromX) * x + (toY - fromY) * y;
  if (ahead < 4) return Infinity;
  const overlap = x ? Math.min(from.bottom, box.bottom) - Math.max(from.top, box.top) : Math.min(from.right, box.right) - Math.max(from.left, box.left);
  const aside = overlap > 0 ? 0 : Math.abs(x ? toY - fromY : toX - fromX);
  return ahead + 3 * aside + 0.1 * Math.abs(x ? toY - fromY : toX - fromX);
}

export function arrows() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Help" || event.key === "F1") return help(event);
    const way = WAYS[event.key];
    if (!way || event.isComposing || event.altKey || event.ctrlKey) return;
    const here = document.activeElement;
    if (here?.matches("input:not([type='checkbox'])") && way[0] && here.value) return; // the caret's keys
    const all = candidates();
    const start = all.includes(here) ? here.getBoundingClientRect() : null;
    const next = start ? nearest(all.filter((one) => one !== here), start, way) : all[0];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
}

function nearest(all, start, way) {
  let best = null;
  let least = Infinity;
  for (const one of all) {
    const far = distance(start, one.getBoundingClientRect(), way);
    if (far < least) [best, least] = [one, far];
  }
  return best;
}

// The help key leads to the lane where people help.
function help(event) {
  event.preventDefault();
  const lane = document.getElementById("lane-assisted");
  if (lane) lane.focus();
  else location.assign(document.body.dataset.root);
}
