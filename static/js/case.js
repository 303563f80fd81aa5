// The page of a case: the live part comes as HTML, the button to collect appears when the result is there.

import { connect } from "./feed.js";
import "./size.js";

const live = document.getElementById("live");
const collect = document.querySelector("[data-collect]");

if (live.dataset.feed) {
  connect(live, {
    message: ({ state }) => {
      live.dataset.state = state;
      if (collect) collect.hidden = state !== "ready";
    },
  });
}
