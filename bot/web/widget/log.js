// The conversation: a live region, so that screen readers say what is new in it.
import { element, spoken } from "./dom.js";
import { paragraphs } from "./text.js";

const ALARMS = ["utter_emergency", "utter_crisis"];
const GAP = 8;

export class Log {
  #words;
  #log;
  #more;
  #messages = [];
  #scrolledTo = 0;
  #resized = new ResizeObserver(() => this.#keepPlace());

  constructor(words) {
    this.#words = words;
    this.#log = this.#empty();
    this.#more = element("button", { class: "more", type: "button", hidden: true, click: () => this.#toEnd() }, words.more);
    this.element = element("div", { class: "conversation" }, this.#log, this.#more);
  }

  get messages() {
    return this.#messages.map(({ message }) => message);
  }

  focus() {
    this.#log.focus();
  }

  add(message) {
    this.#messages.push(this.#put(this.#log, message));
    this.scroll();
  }

  // A history comes as a new region, filled before it is live: nobody wants all of it read out again.
  rebuild(messages) {
    const focused = this.#log.matches(":focus");
    const log = this.#empty();
    this.#messages = messages.map((message) => this.#put(log, message));
    this.#log.replaceWith(log);
    this.#log = log;
    this.scroll();
    if (focused) log.focus();
  }

  // Says beneath a message that it did not go out; without a note, that it did.
  mark(key, note, retry) {
    const found = this.#messages.find(({ message }) => message.key === key);
    if (!found || (found.message.note === note && !retry === !found.retried)) return;
    Object.assign(found, { retried: Boolean(retry) }).message.note = note;
    found.item.querySelector(".unsent")?.remove();
    if (!note) return;
    const again = retry && element("button", { type: "button", click: retry }, this.#words.try_again);
    found.item.append(element("p", { class: "unsent" }, note, ...(again ? [" ", again] : [])));
    this.scroll();
  }

  drop(key) {
    this.#messages = this.#messages.filter(({ message, item }) => message.key !== key || item.remove());
  }

  // To the newest turn: its end, unless its beginning would leave the view.
  scroll() {
    const turn = [...this.#log.querySelectorAll(".mine")].at(-1) ?? this.#log.firstElementChild;
    if (!turn) return;
    this.#log.scrollTop = turn.offsetTop - GAP;
    this.#scrolledTo = this.#log.scrollTop;
    this.#offerMore();
  }

  #empty() {
    const log = element("div", { role: "log", "aria-label": this.#words.log, "aria-live": "polite", tabindex: 0 });
    log.addEventListener("scroll", () => this.#offerMore());
    this.#resized.disconnect();
    this.#resized.observe(log);
    return log;
  }

  #put(log, message) {
    const mine = message.by === "patient";
    const { you, assistant, new_tab } = this.#words;
    const kind = mine ? " mine" : ALARMS.includes(message.response) ? " alarm" : "";
    const item = element(
      "div",
      { class: `message${kind}`, "data-response": mine ? undefined : message.response ?? "" },
      element("div", { class: "words", dir: "auto" }, spoken(`${mine ? you : assistant} `), ...paragraphs(message.text, !mine, new_tab)),
      element("time", { datetime: message.at }, shortTime(new Date(message.at))),
    );
    log.append(item);
    return { message, item };
  }

  // A keyboard or new suggestions take room: whoever has not scrolled away still sees the newest turn.
  #keepPlace() {
    if (Math.abs(this.#log.scrollTop - this.#scrolledTo) < GAP) this.scroll();
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.focus();
  }

  #offerMore() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#more.hidden = scrollHeight - scrollTop - clientHeight < 4 * GAP;
  }
}

function shortTime(at) {
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return at.toLocaleString("en-US", { ...day, hour: "numeric", minute: "2-digit" });
}
