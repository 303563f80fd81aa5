// The sign over a window: shows what the feed brings and says that a call stands there.

import { connect, send } from "./feed.js";

const region = document.querySelector("[data-live]");
let told = "";

connect(region, {
  message() {
    const { call, count } = region.querySelector(".sign").dataset;
    const ring = `${call}:${count}`;
    if (!call || ring === told || document.visibilityState !== "visible") return;
    told = ring;
    send({ ack: call, count: Number(count), how: "shown" });
  },
});
