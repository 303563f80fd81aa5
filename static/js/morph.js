// Make the children of one element look like new HTML while keeping every node that did not change: focus, running animations and
// half-open details survive. Children are matched by id or data-key, else by position and kind.

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key : undefined);

export function morph(region, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  children(region, template.content);
}

function children(old, wanted) {
  const keyed = new Map();
  for (const child of old.children) if (keyOf(child)) keyed.set(keyOf(child), child);
  let place = old.firstChild;
  for (const next of [...wanted.childNodes]) {
    const found = match(place, next, keyed);
    if (!found) {
      old.insertBefore(next, place);
    } else {
      if (found === place) place = place.nextSibling;
      else old.insertBefore(found, place);
      update(found, next);
    }
  }
  while (place) {
    const after = place.nextSibling;
    place.remove();
    place = after;
  }
}

function match(place, next, keyed) {
  const key = keyOf(next);
  const found = key ? keyed.get(key) : place && !keyOf(place) ? place : null;
  return found && found.nodeName === next.nodeName ? found : null;
}

function update(old, wanted) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  if (old.isEqualNode(wanted) || old.hasAttribute("data-keep")) return;
  for (const { name } of [...old.attributes]) {
    if (!wanted.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  children(old, wanted);
}
