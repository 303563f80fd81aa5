// A sheet on the desk's printer without leaving the desk: the page is opened in a frame nobody sees, and prints itself (?print).

const hall = `/h/${document.body.dataset.api.split("/").pop()}`;

export function print(path) {
  document.getElementById("sheet")?.remove();
  const frame = document.createElement("iframe");
  frame.id = "sheet";
  frame.className = "hidden";
  frame.title = path;
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  frame.src = `${hall}/${path}?print`;
  document.body.append(frame);
}

export const printReceipt = (id) => print(`receipt/${encodeURIComponent(id)}`);
export const printNotice = (id) => print(`one-time-notice/${encodeURIComponent(id)}`);
