// DOM nodes, and the log of messages, whose text is never HTML.
const LINK = "https?://[^\\s<>\"]*[^\\s<>\".,;:!?)']";
const PHONE = "(?<![\\w-])(?:(?:1-)?\\(?\\d{3}\\)?[ -]\\d{3}-\\d{4}|911|988)(?![\\w-])";
const LIST = /^(-|\d+\.) /;

export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value?.call) made.addEventListener(name, value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A double click would hit what comes in its place.
export const button = (words, action, attributes) =>
  element("button", { type: "button", click: (event) => event.detail > 1 || action(event), ...attributes }, words);

export const spoken = (words) => element("span", { class: "spoken", dir: "ltr" }, words);

export const fill = (words, values) => words.replace(/{(\w+)}/g, (_, name) => values[name]);

export const webLink = (href, words, newTab) =>
  element("a", { href, target: "_blank", rel: "noopener noreferrer" }, words, spoken(` ${newTab}`));

// Phones are links only in the assistant's words.
export function paragraphs(text, newTab, phones) {
  const pattern = RegExp(phones ? `${LINK}|${PHONE}` : LINK, "g");
  const inline = (line) => linked(line, pattern, newTab);
  return text.trim().split(/\n\s*\n/).flatMap((block) => blocks(block.split("\n"), inline));
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

export function createLog(words) {
  let log, items, scrolledTo;
  const resized = new ResizeObserver(() => log.scrollTop === scrolledTo && scroll());

  // A new region, filled before it is live, is not read out.
  function rebuild(messages) {
    const old = log;
    log = element("div", { role: "log", "aria-label": words.log, "aria-live": "polite", tabindex: 0 });
    items = [];
    messages.forEach(add);
    const focused = old?.matches(":focus-within");
    old?.replaceWith(log);
    if (focused) log.focus();
    resized.disconnect();
    resized.observe(log);
    scroll();
  }

  function add(message) {
    const { by, text, at, response } = message;
    const mine = by === "patient";
    const kind = mine ? "mine" : /^utter_(emergency|crisis)$/.test(response) ? "alarm" : "";
    const who = mine ? words.you : words.assistant;
    const when = shortTime(new Date(at));
    const node = element(
      "div",
      { class: `message ${kind}`, "data-response": mine ? undefined : response ?? "" },
      element("div", { class: "words", dir: "auto" }, spoken(`${who} `), ...paragraphs(text, words.new_tab, !mine)),
      element("time", { datetime: at }, when),
    );
    const isRead = log.scrollTop !== scrolledTo;
    log.append(node);
    items.push({ ...message, node, who, when });
    if (!isRead || mine || kind) scroll();
  }

  function mark(key, note, retry) {
    const item = items.find((other) => other.key === key);
    if (!item || item.note === note) return;
    item.note = note;
    const old = item.node.querySelector(".unsent");
    if (old?.matches(":focus-within")) log.focus();
    old?.remove();
    if (!note) return;
    item.node.append(element("p", { class: "unsent" }, `${note} `, retry ? button(words.try_again, retry) : ""));
    scroll();
  }

  function drop(key) {
    items = items.filter((item) => item.key !== key || item.node.remove());
  }

  // To the newest message; of an alarm or a long reply, to the beginning.
  function scroll() {
    const last = log.lastElementChild;
    const turn = [...log.querySelectorAll(".mine")].at(-1);
    const isLong = turn && !items.at(-1).progress && log.scrollHeight - turn.offsetTop > 1.5 * log.clientHeight;
    const target = log.querySelector(".alarm:not(:has(~ .mine))") ?? (isLong ? turn : last);
    if (target) log.scrollTop = target.offsetTop - 8;
    scrolledTo = log.scrollTop;
  }

  function download(clinic) {
    const lines = items.map(({ text, note, who, when }) => `[${when}] ${who} ${text}${note ? ` (${note})` : ""}`);
    const date = new Date().toLocaleDateString("en-US", { dateStyle: "long" });
    const blob = new Blob([[clinic, date, words.subtitle, "", ...lines, ""].join("\n")], { type: "text/plain" });
    const href = URL.createObjectURL(blob);
    element("a", { href, download: "chat.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }

  rebuild([]);
  const isEmpty = () => !items.length;
  const focus = () => log.focus();
  return { nodes: [log], isEmpty, focus, rebuild, add, mark, drop, scroll, download };
}

function shortTime(at) {
  const day = at.toDateString() !== new Date().toDateString() && { month: "short", day: "numeric" };
  return at.toLocaleString("en-US", { ...day, hour: "numeric", minute: "2-digit" });
}
