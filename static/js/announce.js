// What a sound screen of its zone plays: the server's announcer says what, this plays each (call id, count) once and reports.
// Two soft notes before the voice; the notes alone when there is no voice. Browsers let a page sound only after somebody touched it:
// then it asks, and says so to the server.

import { now } from "./clock.js";

const SILENCE = 0; // volume of the trial that finds out whether sound is allowed

export class Voice {
  // chime: address of the notes; ask: the <dialog> with the one button; send: to the server.
  constructor(chime, ask, send) {
    this.chime = chime;
    this.ask = ask;
    this.send = send;
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.playing = null;
    this.played = new Set();
    this.state = "";
    ask.querySelector("button").addEventListener("click", () => this.allow());
    ask.addEventListener("cancel", (event) => event.preventDefault());
  }

  // Whether the browser lets us: found out when the screen starts, not at the first call.
  async allow() {
    this.audio.volume = SILENCE;
    this.audio.src = this.chime;
    try {
      await this.audio.play();
      this.audio.pause();
      this.report("on");
    } catch (error) {
      if (error.name === "NotAllowedError") this.report("blocked");
      else this.report("on");
    }
    this.audio.volume = 1;
    if (this.state === "on" && this.current) this.say(this.current);
  }

  report(state) {
    if (state === "blocked" && !this.ask.open) this.ask.show();
    if (state === "on") this.ask.close();
    if (state !== this.state) this.send({ sound: state });
    this.state = state;
  }

  // The socket is new: say again how it stands here.
  reconnected() {
    if (this.state) this.send({ sound: this.state });
  }

  // The item that the zone says now, or null. Played when it is new here and not too late.
  say(item) {
    this.current = item;
    if (!item || this.state !== "on" || this.playing) return;
    const key = `${item.id}:${item.count}`;
    if (this.played.has(key) || expires(item) < now()) return;
    this.remember(key);
    this.playing = key;
    this.play(item).finally(() => {
      this.playing = null;
      this.say(this.current);
    });
  }

  // A merged item stands for several rings; the ack names the first.
  async play(item) {
    try {
      await this.sound(this.chime);
      if (item.url) await this.sound(item.url);
      this.send({ ack: item.id, count: item.count, how: "spoken" });
    } catch (error) {
      if (error.name === "NotAllowedError") {
        this.played.delete(this.playing);
        this.report("blocked");
      }
    }
  }

  sound(address) {
    return new Promise((done, failed) => {
      this.audio.onended = done;
      this.audio.onerror = () => failed(new Error(address));
      this.audio.src = address;
      this.audio.play().catch(failed);
    });
  }

  remember(key) {
    this.played.add(key);
    if (this.played.size > 200) this.played.delete(this.played.values().next().value);
  }
}

// Instants come as ISO text or as microseconds.
function expires(item) {
  if (item.expires == null) return Infinity;
  return typeof item.expires === "number" ? item.expires / 1000 : Date.parse(item.expires);
}
