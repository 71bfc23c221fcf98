// Parts of the panel: header, menu, notice, and what the patient answers with.
import { button, element, fill, webLink } from "./log.js";

const SLOW = 6000;

export function header({ words, clinic, tel }, menu, close) {
  const label = element("p", { id: "place" });
  const bar = element("progress", { "aria-labelledby": "place" });
  const progress = element("div", { class: "progress", hidden: "" }, label, bar);
  const name = element("h2", { id: "clinic" }, clinic);
  const title = element("div", { class: "title" }, name, element("p", {}, words.subtitle));
  const urgent = element("a", { class: "urgent", href: "tel:911" }, words.emergency);
  const nodes = [
    element("header", {}, title, menu, button("✕", close, { class: "icon", "aria-label": words.close })),
    element("div", { class: "help" }, urgent, element("a", { href: tel }, words.office)),
    progress,
  ];

  function show(place) {
    progress.hidden = !place;
    if (!place) return;
    label.textContent = fill(words.progress, place);
    bar.max = place.of;
    bar.value = place.number;
  }

  return { nodes, show };
}

export function menu(words, actions) {
  const list = element("ul");
  const opener = button("•••", () => toggle(list.hidden), { class: "icon", "aria-label": words.menu });
  const whole = element("div", { class: "menu", keydown }, opener, list);

  function toggle(open) {
    list.hidden = !open;
    opener.setAttribute("aria-expanded", open);
  }

  function leave() {
    toggle(false);
    opener.focus();
  }

  function keydown(event) {
    if (event.key !== "Escape" || list.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  }

  for (const name of ["click", "focusin"]) {
    document.addEventListener(name, (event) => event.composedPath().includes(whole) || toggle(false));
  }
  for (const [name, action] of Object.entries(actions)) {
    list.append(element("li", { class: name }, button(words[name], () => leave() || action())));
  }
  toggle(false);
  return whole;
}

export function notice(words, privacy, { agree, decline, back }) {
  const points = Object.keys(words).filter((name) => /^notice/.test(name));
  const primary = { class: "primary" };
  return element(
    "div",
    { class: "notice" },
    element("h3", { tabindex: -1 }, words.heading),
    element("ul", {}, ...points.map((point) => element("li", {}, words[point]))),
    /^https?:\/\/\S+$/i.test(privacy) ? element("p", {}, webLink(privacy, words.policy, words.new_tab)) : "",
    element("div", { class: "choice consent" }, button(words.agree, agree, primary), button(words.not_now, decline)),
    element("div", { class: "choice back" }, button(words.back, back, primary)),
  );
}

export function composer(words, send) {
  const { placeholder } = words;
  const dots = element("div", { class: "dots", "aria-hidden": "true", hidden: "" });
  dots.append(element("i"), element("i"), element("i"));
  const status = element("p", { class: "slow", role: "status" });
  const answers = element("div", { class: "buttons", role: "group", "aria-label": words.suggestions, hidden: "" });
  const field = element("textarea", { id: "field", rows: 1, enterkeyhint: "send", placeholder, keydown });
  const label = element("label", { for: "field", class: "spoken" }, words.field);
  const form = element("form", { submit }, label, field, element("button", { class: "primary" }, words.send));
  let slow;

  // Enter sends, except where it picks a word in an input method.
  function keydown(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  }

  function submit(event) {
    event.preventDefault();
    const text = field.value.trim();
    if (text && send({ text, words: text })) field.value = "";
  }

  function offer(buttons = []) {
    answers.hidden = !buttons.length;
    answers.replaceChildren(...buttons.map(({ title, id }) => button(title, () => send({ button: id, words: title }))));
  }

  function wait(waiting) {
    dots.hidden = !waiting;
    status.textContent = "";
    clearTimeout(slow);
    if (waiting) slow = setTimeout(() => (status.textContent = words.still_working), SLOW);
  }

  function restore(texts) {
    field.value = [...texts, field.value].filter(Boolean).join("\n");
  }

  return { nodes: [dots, status, answers, form], field, offer, wait, restore };
}
