// The menu in the header: a button that opens a plain list of buttons.
import { element, icon } from "./dom.js";

export class Menu {
  #list;

  // `choices` are [name, words, action].
  constructor(label, choices) {
    this.#list = element("ul", { id: "menu", hidden: true });
    this.button = element(
      "button",
      { type: "button", class: "icon", "aria-label": label, "aria-expanded": "false", "aria-controls": "menu", click: () => this.#toggle() },
      icon("M5 12h.01M12 12h.01M19 12h.01"),
    );
    this.items = Object.fromEntries(choices.map(([name, words, action]) => [name, this.#item(words, action)]));
    this.element = element(
      "div",
      { class: "menu", keydown: (event) => this.#onKey(event), focusout: (event) => this.#onLeave(event.relatedTarget) },
      this.button,
      this.#list,
    );
    document.addEventListener("click", (event) => event.composedPath().includes(this.element) || this.#toggle(false));
  }

  #item(words, action) {
    const item = element("li", {}, element("button", { type: "button", click: () => this.#pick(action) }, words));
    this.#list.append(item);
    return item;
  }

  #pick(action) {
    this.#toggle(false);
    this.button.focus();
    action();
  }

  #toggle(open = this.#list.hidden) {
    this.#list.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
  }

  #onKey(event) {
    if (event.key !== "Escape" || this.#list.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    this.#toggle(false);
    this.button.focus();
  }

  #onLeave(to) {
    if (to && !this.element.contains(to)) this.#toggle(false);
  }
}
