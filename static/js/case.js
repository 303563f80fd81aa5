// The page of a case: its live part comes as HTML.

import { connect } from "./feed.js";
import "./size.js";

const live = document.getElementById("live");

if (live.dataset.feed) connect(live, { message: ({ state }) => { live.dataset.state = state; } });
