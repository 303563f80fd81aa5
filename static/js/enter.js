// A sign-in link may carry the token in its fragment (#token=...): fragments never reach a server's log. It is posted, and gone from the address.

const form = document.querySelector("[data-enter]");
const token = new URLSearchParams(location.hash.slice(1)).get("token");

form.addEventListener("submit", () => {
  const button = form.querySelector("button");
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
});

if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.token.value = token;
  form.requestSubmit();
}
