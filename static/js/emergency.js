// Calls for help: every [data-emergency-act] button of a staff page answers or ends the call it names. What came of it is told by the
// event "emergency-said" on the document: {text, ok}. Needs data-api on the body and the words of emergency_parts.html.

import { post } from "./desk-acts.js";

const words = document.getElementById("emergency-words").dataset;

function tell(name, answer) {
  const text = answer.ok ? words[name] : answer.status ? answer.body.detail || answer.body.title || words.failed : words.failed;
  document.dispatchEvent(new CustomEvent("emergency-said", { detail: { text, ok: answer.ok } }));
  return answer.ok;
}

// {kind: help | medical | security | fire, counter, zone or place}
export async function callForHelp(body) {
  return tell("call", await post("emergencies", body));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-emergency-act]");
  if (!button || button.disabled) return;
  const { emergencyAct: name, emergency } = button.dataset;
  button.disabled = true;
  tell(name, await post(`emergencies/${encodeURIComponent(emergency)}/${name}`));
  button.disabled = false;
});
