// The bot's clock: what it shows, in its zone, and the buttons that move it.

import { get, post } from "/page/server.js";

export class Clock {
  constructor(onNews) {
    this.zone = "UTC";
    this.onNews = onNews;
    this.buttons = [...document.querySelectorAll(".moves button")];
    for (const button of this.buttons) button.addEventListener("click", () => this.move(button));
    setInterval(() => this.read(), 20000);
  }

  async read() {
    this.take(await get("/phone/clock").catch(() => null));
  }

  take(clock) {
    if (!clock) return;
    this.zone = clock.zone;
    const now = new Date(clock.now);
    const seconds = now.getTime() / 1000;
    const shown = document.getElementById("now");
    shown.textContent = this.timeOf(seconds);
    shown.dateTime = clock.now;
    document.getElementById("today").textContent =
      `${this.format(seconds, { weekday: "long", day: "numeric", month: "long", year: "numeric" })}, ${this.zone}`;
    for (const line of document.querySelectorAll(".status-time")) line.textContent = this.timeOf(seconds);
    for (const button of this.buttons) {
      button.disabled = !clock.movable || (button.dataset.to === "next_lesson" && !clock.next_lesson);
    }
  }

  async move(button) {
    const step = button.dataset.to ? { to: button.dataset.to } : { seconds: Number(button.dataset.seconds) };
    button.setAttribute("aria-busy", "true");
    try {
      this.take(await post("/phone/clock", step));
      this.onNews(`It is ${document.getElementById("now").textContent}, ${document.getElementById("today").textContent}.`);
    } catch (error) {
      this.onNews(error.message);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  timeOf(seconds) {
    return this.format(seconds, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  dayOf(seconds) {
    return this.format(seconds, { weekday: "long", day: "numeric", month: "long" });
  }

  format(seconds, options) {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: this.zone }).format(seconds * 1000);
  }
}
