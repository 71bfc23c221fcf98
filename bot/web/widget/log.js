// DOM nodes, and the log of messages. In a message only paragraphs, lists, line breaks and links are markup.
const LINK = "https?://[^\\s<>\"]*[^\\s<>\".,;:!?)']";
const PHONE = "(?<![\\w-])(?:(?:1-)?\\(?\\d{3}\\)?[ -]\\d{3}-\\d{4}|911|988)(?![\\w-])";
const LIST = /^(-|\d+\.) /;

// A function among the attributes listens to that event.
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value?.call) made.addEventListener(name, value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export const button = (words, click, attributes) => element("button", { type: "button", click, ...attributes }, words);

// For screen readers only.
export const spoken = (words) => element("span", { class: "spoken" }, words);

export const fill = (words, values) => words.replace(/{(\w+)}/g, (_, name) => values[name]);

export const webLink = (href, words, newTab) =>
  element("a", { href, target: "_blank", rel: "noopener noreferrer" }, words, spoken(` ${newTab}`));

// Phones are links only in the assistant's words.
export function paragraphs(text, newTab, phones) {
  const pattern = RegExp(phones ? `${LINK}|${PHONE}` : LINK, "g");
  return text.trim().split(/\n\s*\n/).flatMap((block) => blocks(block.split("\n"), (line) => linked(line, pattern, newTab)));
}

function blocks(lines, inline) {
  const made = [];
  for (const line of lines) {
    const mark = LIST.exec(line)?.[1];
    const tag = mark ? (mark === "-" ? "ul" : "ol") : "p";
    let block = made.at(-1);
    if (block?.localName !== tag) made.push((block = element(tag, mark > 1 && { start: parseInt(mark) })));
    else if (!mark) block.append(element("br"));
    if (mark) block.append(element("li", {}, ...inline(line.replace(LIST, ""))));
    else block.append(...inline(line));
  }
  return made;
}

function linked(line, pattern, newTab) {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of line.matchAll(pattern)) {
    nodes.push(line.slice(end, index), found[0] === "h" ? webLink(found, found, newTab) : phoneLink(found));
    end = index + found.length;
  }
  return [...nodes, line.slice(end)];
}

function phoneLink(number) {
  const digits = number.replace(/\D/g, "");
  return element("a", { href: `tel:${digits[3] ? "+1" : ""}${digits.slice(-10)}` }, number);
}

export class Log {
  #words;
  #items;
  #scrolledTo;
  // A keyboard or suggestions take room.
  #resized = new ResizeObserver(() => this.element.scrollTop === this.#scrolledTo && this.scroll());

  constructor(words) {
    this.#words = words;
    this.rebuild([]);
  }

  get isEmpty() {
    return !this.#items.length;
  }

  // A new region, filled before it is live, is not read out.
  rebuild(messages) {
    const old = this.element;
    this.element = element("div", { role: "log", "aria-label": this.#words.log, "aria-live": "polite", tabindex: 0 });
    this.#items = [];
    messages.forEach((message) => this.add(message));
    const focused = old?.matches(":focus");
    old?.replaceWith(this.element);
    if (focused) this.element.focus();
    this.#resized.disconnect();
    this.#resized.observe(this.element);
    this.scroll();
  }

  add(message) {
    const { by, text, at, response } = message;
    const mine = by === "patient";
    const { you, assistant, new_tab } = this.#words;
    const kind = mine ? "mine" : /^utter_(emergency|crisis)$/.test(response) ? "alarm" : "";
    const node = element(
      "div",
      { class: `message ${kind}`, "data-response": mine ? undefined : response ?? "" },
      element("div", { class: "words", dir: "auto" }, spoken(`${mine ? you : assistant} `), ...paragraphs(text, new_tab, !mine)),
      element("time", { datetime: at }, shortTime(new Date(at))),
    );
    this.element.append(node);
    this.#items.push({ ...message, node });
    this.scroll();
  }

  mark(key, note, retry) {
    const item = this.#items.find((other) => other.key === key);
    if (!item || item.note === note) return;
    item.note = note;
    item.node.querySelector(".unsent")?.remove();
    if (!note) return;
    item.node.append(element("p", { class: "unsent" }, `${note} `, retry ? button(this.#words.try_again, retry) : ""));
    this.scroll();
  }

  drop(key) {
    this.#items = this.#items.filter((item) => item.key !== key || item.node.remove());
  }

  // Not past the beginning of an alarm or of a long message.
  scroll() {
    const newest = this.element.lastElementChild;
    const target = this.element.querySelector(".alarm:not(:has(~ .mine))") ?? newest;
    if (target) this.element.scrollTop = target.offsetTop - 8;
    this.#scrolledTo = this.element.scrollTop;
  }

  download(clinic) {
    const { you, assistant, subtitle } = this.#words;
    const now = new Date();
    const lines = this.#items.map(({ by, text, at, note }) => {
      const time = new Date(at).toLocaleTimeString("en-US", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      return `[${time}] ${by === "patient" ? you : assistant} ${text}${note ? ` (${note})` : ""}`;
    });
    const text = [clinic, now.toLocaleDateString("en-US", { dateStyle: "long" }), subtitle, "", ...lines, ""].join("\n");
    const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    element("a", { href, download: `chat-${now.toLocaleDateString("en-CA")}.txt` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }
}

function shortTime(at) {
  const day = at.toDateString() !== new Date().toDateString() && { month: "short", day: "numeric" };
  return at.toLocaleString("en-US", { ...day, hour: "numeric", minute: "2-digit" });
}
