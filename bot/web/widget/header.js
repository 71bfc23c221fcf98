// The top of the panel: who speaks, what to do in an emergency, how far triage has come.
import { element, fill, icon } from "./dom.js";

export class Header {
  #words;
  #label = element("label", { for: "progress" });
  #bar = element("progress", { id: "progress" });
  #progress = element("div", { class: "progress", hidden: true }, this.#label, this.#bar);

  constructor({ words, tel, clinic, menu, close }) {
    this.#words = words;
    const title = element("div", { class: "title" }, element("h2", { id: "clinic" }, clinic), element("p", {}, words.subtitle));
    const leave = element("button", { type: "button", class: "icon", "aria-label": words.close, click: close }, icon("M6 6l12 12M18 6L6 18"));
    this.nodes = [
      element("header", {}, title, menu.element, leave),
      element("div", { class: "help" }, element("a", { class: "urgent", href: "tel:911" }, words.emergency), element("a", { href: tel }, words.office)),
      this.#progress,
    ];
  }

  // `progress` is {number, of}, or null outside of triage.
  show(progress) {
    this.#progress.hidden = !progress;
    if (!progress) return;
    this.#label.textContent = fill(this.#words.progress, progress);
    this.#bar.max = progress.of;
    this.#bar.value = progress.number;
  }
}
