// The receipt's field: a scanner types like a keyboard and ends with Enter, wherever the focus is; the keypad types into it, too.
// Without script each key is a submit button.

export function receipt() {
  const form = document.querySelector("[data-receipt]");
  if (!form) return;
  const text = form.elements.receipt;

  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "press") return;
    event.preventDefault();
    event.stopPropagation(); // nothing is sent: kiosk.js must not count it as the one tap
    const key = event.submitter.value;
    if (key === "clear") text.value = "";
    else if (key === "back") text.value = text.value.slice(0, -1);
    else text.value = dashed(text.value + key);
  });

  addEventListener("keydown", (event) => {
    if (event.target !== text && event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) text.focus();
  });
}

// 20261124-0001: the dash stands on no key.
function dashed(value) {
  const digits = value.replace(/\D/g, "").slice(0, 12);
  return digits.length > 8 ? `${digits.slice(0, 8)}-${digits.slice(8)}` : digits;
}
