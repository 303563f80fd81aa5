// Nobody there: ask, count, and begin anew for the next visitor. A tap anywhere is an answer. The ticket page only counts.

const body = document.body;
const leave = Number(body.dataset.leave);
let touched = performance.now();

for (const name of ["pointerdown", "keydown", "input", "wheel"]) {
  addEventListener(name, () => { touched = performance.now(); }, { passive: true, capture: true });
}

const slower = () => (body.hasAttribute("data-aided") ? 2 : 1);
const quiet = () => (performance.now() - touched) / 1000;
const reset = () => location.replace(`${body.dataset.root}/reset`);

// Times are doubled with reading aids; a page that came with them has been given the doubled ones.
const scale = 1 / slower();

export function idle() {
  const first = ["home", "some", "closed"].includes(body.dataset.page);
  if (leave) return;
  const dialog = document.getElementById("still");
  const count = dialog.querySelector("b");
  dialog.querySelector("[data-stay]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // outside it, too
  });
  count.classList.add("still-count");
  setInterval(() => {
    if (first && !body.hasAttribute("data-aided")) return; // nothing to clear
    const after = Number(body.dataset.idle) * scale * slower();
    const answer = Number(body.dataset.count) * scale * slower();
    const left = Math.ceil(after + answer - quiet());
    if (quiet() < after) {
      if (dialog.open) dialog.close();
      return;
    }
    if (!dialog.open) dialog.showModal();
    count.textContent = left;
    if (left <= 0) reset();
  }, 500);
}

// The ticket page: the count stands in the button; touching the screen begins it anew. The slip is asked after meanwhile.
export function leaving() {
  if (!leave) return;
  document.getElementById("asking")?.close();
  document.getElementById("asking")?.showModal();
  const text = document.querySelector("[data-leave-text]");
  setInterval(() => {
    const left = Math.ceil(leave * scale * slower() - quiet());
    text.textContent = text.dataset.leaveText.replace("{seconds}", Math.max(0, left));
    if (left <= 0) reset();
  }, 500);
  if (body.dataset.paper) paper();
}

async function paper() {
  try {
    const answer = await (await fetch(body.dataset.paper, { cache: "no-store" })).json();
    if (answer.paper === "failed") return location.reload();
    if (answer.paper !== "queued") return;
  } catch {
    // no answer is no news: the slip is in the printer's hands
  }
  setTimeout(paper, 1_500);
}
