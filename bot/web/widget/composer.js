// What the patient answers with: suggested answers, the field, and the sign that an answer is on its way.
import { element } from "./dom.js";

const SLOW = 6000;
const ROWS = 5;

export class Composer {
  #words;
  #send;
  #slow;

  // `send` takes {text, words} or {button, words}.
  constructor(words, send) {
    this.#words = words;
    this.#send = send;
    this.dots = element("div", { class: "dots", "aria-hidden": "true", hidden: true }, ...["i", "i", "i"].map((dot) => element(dot)));
    this.status = element("p", { class: "slow", role: "status" });
    this.buttons = element("div", { class: "buttons", role: "group", "aria-label": words.suggestions, hidden: true });
    this.field = element("textarea", {
      id: "field", rows: 1, maxlength: 1000, autocomplete: "off", enterkeyhint: "send", placeholder: words.placeholder,
      input: () => this.#grow(), keydown: (event) => this.#onKey(event),
    });
    const label = element("label", { for: "field", class: "spoken" }, words.field);
    const submit = element("button", { class: "primary" }, words.send);
    this.form = element("form", { submit: (event) => this.#submit(event) }, label, this.field, submit);
  }

  get nodes() {
    return [this.dots, this.status, this.buttons, this.form];
  }

  get text() {
    return this.field.value.trim();
  }

  set text(text) {
    this.field.value = text;
    this.#grow();
  }

  offer(buttons = []) {
    this.buttons.hidden = !buttons.length;
    this.buttons.replaceChildren(...buttons.map(({ title, id }) =>
      element("button", { type: "button", click: () => this.#send({ button: id, words: title }) }, title)));
  }

  wait(waiting) {
    if (waiting !== this.dots.hidden) return;
    this.dots.hidden = !waiting;
    this.status.textContent = "";
    clearTimeout(this.#slow);
    if (waiting) this.#slow = setTimeout(() => (this.status.textContent = this.#words.still_working), SLOW);
  }

  // Enter sends, except where it picks a word in an input method.
  #onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const { text } = this;
    if (!text) return this.field.focus();
    if (this.#send({ text, words: text })) this.text = "";
  }

  #grow() {
    this.field.rows = 1;
    while (this.field.scrollHeight > this.field.clientHeight && this.field.rows < ROWS) this.field.rows++;
  }
}
