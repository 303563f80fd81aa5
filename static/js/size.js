// Larger type without a new page; the cookie keeps it for the next one.

const sizes = ["", "large", "xlarge"];

document.querySelector("[data-size-next]")?.addEventListener("click", (event) => {
  event.preventDefault();
  const root = document.documentElement;
  const next = sizes[(sizes.indexOf(root.dataset.size ?? "") + 1) % sizes.length];
  if (next) root.dataset.size = next;
  else delete root.dataset.size;
  document.cookie = `size=${next}; max-age=31536000; path=/; samesite=lax`;
});
