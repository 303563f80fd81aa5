// Reading aids take effect at once; the cookie carries them to the next page. Reading aloud uses the browser's own voices, and its
// button shows only where there is one for the page's language.

const root = document.documentElement;
const body = document.body;
const WHAT = "h1, h2, h3, .kiosk-main p, .kiosk-main li, .theme, .lane, .take-main, dt, dd, legend, .need span";

const effects = {
  large: (on) => (on ? (root.dataset.size = "large") : delete root.dataset.size),
  contrast: (on) => { document.querySelector("[data-contrast]").media = on ? "all" : "not all"; },
  low: (on) => (on ? (body.dataset.reach = "low") : delete body.dataset.reach),
  voice: (on) => (on ? read() : speechSynthesis.cancel()),
};

export function aids() {
  for (const button of document.querySelectorAll("button[data-aid]")) {
    button.form.addEventListener("submit", (event) => {
      if (event.submitter !== button) return;
      event.preventDefault();
      delete button.form.dataset.sent;
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      effects[button.dataset.aid](on);
      keep();
    });
  }
  voices();
}

function keep() {
  const on = [...document.querySelectorAll("button[data-aid][aria-pressed='true']")].map((button) => button.dataset.aid);
  const lang = root.lang === "en" ? "en" : "zh";
  document.cookie = `aids=${[lang, ...on].join("-")}; path=${body.dataset.root}; samesite=strict`;
  body.toggleAttribute("data-aided", on.length > 0 || lang === "en");
}

const voice = () => globalThis.speechSynthesis?.getVoices().find((one) => one.lang.toLowerCase().startsWith(root.lang.slice(0, 2)));

function voices() {
  if (!globalThis.speechSynthesis) return;
  const button = document.getElementById("aid-voice");
  const offer = () => {
    button.hidden = !voice();
    if (!button.hidden && body.hasAttribute("data-read") && !speechSynthesis.speaking) read();
  };
  speechSynthesis.addEventListener("voiceschanged", offer);
  offer();
}

// The page in reading order, each piece once.
function read() {
  speechSynthesis.cancel();
  const found = voice();
  if (!found) return;
  const pieces = [...document.querySelectorAll(WHAT)].filter((one) => one.checkVisibility?.() !== false && !one.parentElement.closest(WHAT));
  for (const piece of pieces) {
    const words = new SpeechSynthesisUtterance(piece.innerText.replace(/\s+/g, " "));
    words.lang = root.lang;
    words.voice = found;
    words.rate = 0.9;
    speechSynthesis.speak(words);
  }
}
