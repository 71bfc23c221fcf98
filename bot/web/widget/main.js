// The element of the chat, and its parts.
import { createConversation } from "./conversation.js";
import { button, createLog, element, paragraphs } from "./log.js";
import { createPanel } from "./panel.js";
import { composer, header, menu, notice } from "./parts.js";
import { createStore } from "./server.js";

const FINE = matchMedia("(pointer: fine)");

export async function start(settings, { src, dataset: options }) {
  const styles = await fetch(new URL(settings.folder + "widget.css", src), { integrity: settings.files["widget.css"] });
  // These need no style-src.
  const sheets = [await styles.text(), accent(options.color)].map((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  });
  if (!document.body) await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  if (customElements.get("clinic-chat")) return;
  customElements.define("clinic-chat", ClinicChat);
  const channel = new URL(settings.channel, src).href;
  document.body.append(new ClinicChat({ ...settings, ...options, sheets, channel }));
}

// With readable ink on it.
function accent(color) {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(color)?.[1];
  if (!digits) return "";
  const [red, green, blue] = digits.match(digits[3] ? /../g : /./g).map((part) => {
    const value = parseInt(part.padStart(2, part), 16) / 255;
    return ((value + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return `.root { --accent: ${color}; --on-accent: ${light < 0.18 ? "#fff" : "#000"} }`;
}

class ClinicChat extends HTMLElement {
  #panel;

  constructor(settings) {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = settings.sheets;
    this.#panel = build(root, settings);
  }

  connectedCallback() {
    this.#panel.restore();
  }
}

function build(root, settings) {
  const { words, clinic, channel, privacy, theme = "auto", position = "right" } = settings;
  const store = createStore(channel);
  const log = createLog(words);
  const answers = composer(words, send);
  const about = () => show("about");
  const download = () => log.download(clinic);
  const actions = { start_over: choose("start_over"), delete: choose("delete"), download, about };
  const top = header(settings, menu(words, actions), close);
  const intro = notice(words, privacy, { agree: () => conversation.start(), decline: close, back: () => show("chat") });
  const over = element("div", { class: "over" }, element("p"), button(words.new_chat, startAnew, { class: "primary" }));
  const chat = element("div", { class: "chat" }, ...log.nodes, ...answers.nodes, over);
  const banner = element("div", { class: "banner", role: "status" });
  const panel = createPanel(root, words, [...top.nodes, banner, intro, chat], store, { opened });
  const look = { class: `root ${theme} ${position}`, lang: "en", "aria-label": words.region };
  const section = element("section", look, ...panel.nodes);
  root.append(section);
  show(store.get("token") ? "chat" : "consent");
  const conversation = createConversation(settings, store, log, answers, {
    notify,
    progress: top.show,
    heard,
    begun: () => show("chat"),
    over: end,
    isOpen: () => panel.dialog.open,
  });
  return panel;

  function close() {
    panel.close();
  }

  function opened(quiet) {
    conversation.sync();
    log.scroll();
    if (!quiet) focus();
  }

  function show(view) {
    section.dataset.view = view;
    log.scroll();
    if (root.activeElement) focus();
  }

  function heard() {
    if (section.dataset.view === "about") show("chat");
    if (!panel.dialog.open) panel.count(1);
  }

  function end() {
    over.firstChild.textContent = answers.field.value && words.words_kept;
    show(log.isEmpty() ? "consent" : "over");
  }

  function startAnew() {
    log.rebuild([]);
    show("consent");
  }

  // On a touch screen the field would bring up the keyboard.
  function focus() {
    const { view } = section.dataset;
    if (view === "over") over.lastChild.focus();
    else if (view !== "chat") intro.firstChild.focus();
    else if (FINE.matches) answers.field.focus();
    else log.focus();
  }

  function send(message) {
    const sent = conversation.send(message);
    if (sent && (FINE.matches || !root.activeElement)) focus();
    return sent;
  }

  function choose(name) {
    return () => {
      conversation.choose(name);
      focus();
    };
  }

  function notify(text) {
    if (banner.dataset.text === text) return;
    banner.dataset.text = text;
    banner.replaceChildren(...(text && paragraphs(text, words.new_tab, true)));
  }
}
