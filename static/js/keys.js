// The clerk's keys: a USB numeric keypad, or F keys on a full keyboard. Which key does what stands on the buttons (data-codes),
// so that there is one table only. `event.code`, never `event.key`: without NumLock the keypad's 3 arrives as "PageDown".

const DEAD_MS = 800; // the same key twice within this is a slip of the finger
const TYPES = "input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable]";
const NATIVE = "button, a[href], summary, select, input";
const STORE = "desk-keys";

let last = { code: "", at: -DEAD_MS };

export const switchedOn = () => localStorage.getItem(STORE) !== "off";
export const switchOn = (on) => localStorage.setItem(STORE, on ? "on" : "off");

// press(button) is called for the button a key stands for; inDialog(code, event) gets every key while a dialog is open.
export function listen(press, inDialog) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !switchedOn()) return;
    const dialog = document.querySelector("dialog[open]");
    const typing = event.target.matches?.(TYPES);
    if (dialog) {
      if (!typing && !tooSoon(event)) inDialog(dialog, event);
      return;
    }
    if (typing || belongsToFocus(event)) return;
    const button = buttonOf(event.code);
    if (!button) return;
    event.preventDefault(); // Enter would also click what has the focus
    if (button.hasAttribute("data-quick") || !tooSoon(event)) press(button);
  });
}

// The button that a code stands for now: of several, the one shown.
function buttonOf(code) {
  for (const button of document.querySelectorAll("[data-codes]")) {
    if (!button.hidden && button.offsetParent !== null && button.dataset.codes.split(" ").includes(code)) return button;
  }
  return null;
}

// The large Enter on a thing that was reached with Tab is that thing's, but for a radio button, which has no use for it; the keypad's
// Enter is always the next step.
function belongsToFocus(event) {
  return event.code === "Enter" && event.target.matches?.(NATIVE) && event.target.type !== "radio" && !event.target.matches(".key-main");
}

function tooSoon(event) {
  const at = performance.now();
  const slip = event.repeat || (event.code === last.code && at - last.at < DEAD_MS);
  if (slip) event.preventDefault();
  else last = { code: event.code, at };
  return slip;
}

// Digits of either keyboard, 0-9, else null.
export function digitOf(code) {
  const found = /^(?:Numpad|Digit)(\d)$/.exec(code);
  return found ? Number(found[1]) : null;
}
