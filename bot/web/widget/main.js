// The element of the chat, from its parts; once in a page.
import { Conversation } from "./conversation.js";
import { Log, button, element, paragraphs } from "./log.js";
import { Panel } from "./panel.js";
import { composer, header, menu, notice } from "./parts.js";
import { storage } from "./server.js";

const FINE = matchMedia("(pointer: fine)");

export async function start(settings, { src, dataset: options }) {
  const answer = await fetch(new URL(settings.folder + "widget.css", src), { integrity: settings.files["widget.css"] });
  // Constructed, so that the site's policy need not allow styles.
  const sheets = [await answer.text(), accent(options.color)].map((css) => {
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

// White on it where the contrast (WCAG 2) suffices, otherwise black.
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
  #settings;
  #store;
  #conversation;
  #log;
  #composer;
  #notice;
  #over;
  #panel;
  #root;
  #banner = element("div", { class: "banner", role: "status" });

  constructor(settings) {
    super();
    this.#settings = settings;
    this.#build();
  }

  connectedCallback() {
    this.#panel.openByHash();
    if (this.#store.get("open")) this.#panel.open(true);
  }

  #build() {
    const { words, clinic, channel, sheets, privacy, theme, position } = this.#settings;
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = sheets;
    this.#store = storage(channel);
    this.#log = new Log(words);
    this.#composer = composer(words, (message) => this.#send(message));
    const close = () => this.#panel.close();
    const actions = {
      start_over: () => this.#choose("start_over"),
      delete: () => this.#choose("delete"),
      download: () => this.#log.download(clinic),
      about: () => this.#show("about"),
    };
    const top = header(this.#settings, menu(words, actions), close);
    const choices = { agree: () => this.#conversation.start(), decline: close, back: () => this.#show("chat") };
    this.#notice = notice(words, privacy, choices);
    this.#over = element("div", { class: "over" }, element("p"), button(words.new_chat, () => this.#startAnew(), { class: "primary" }));
    const chat = element("div", { class: "chat" }, this.#log.element, ...this.#composer.nodes, this.#over);
    this.#panel = new Panel(this.shadowRoot, words, [...top.nodes, this.#banner, this.#notice, chat], {
      opened: (quiet) => this.#opened(quiet),
      closed: () => this.#store.set("open"),
      resized: () => this.#log.scroll(),
    });
    const look = `root ${theme} ${position}`;
    this.#root = element("section", { class: look, lang: "en", "aria-label": words.region }, ...this.#panel.nodes);
    this.shadowRoot.append(this.#root);
    this.#show(this.#store.get("token") ? "chat" : "consent");
    this.#converse(top);
  }

  #converse(top) {
    this.#conversation = new Conversation(this.#settings, this.#store, this.#log, this.#composer, {
      notify: (text) => this.#notify(text),
      progress: top.show,
      heard: () => this.#panel.isOpen || this.#panel.count(1),
      begun: () => this.#show("chat"),
      over: () => this.#end(),
      isOpen: () => this.#panel.isOpen,
    });
  }

  #opened(quiet) {
    this.#store.set("open", "yes");
    this.#conversation.sync();
    this.#log.scroll();
    if (!quiet) this.#focus();
  }

  // Views: consent, chat, over, about.
  #show(view) {
    this.#root.dataset.view = view;
    this.#log.scroll();
    if (this.#panel.isOpen) this.#focus();
  }

  #end() {
    this.#over.firstChild.textContent = this.#composer.field.value && this.#settings.words.words_kept;
    this.#show(this.#log.isEmpty ? "consent" : "over");
  }

  #startAnew() {
    this.#log.rebuild([]);
    this.#show("consent");
  }

  // On a touch screen the field would bring up the keyboard.
  #focus() {
    const { view } = this.#root.dataset;
    if (view === "over") this.#over.lastChild.focus();
    else if (view !== "chat") this.#notice.firstChild.focus();
    else (FINE.matches ? this.#composer.field : this.#log.element).focus();
  }

  #send(message) {
    const sent = this.#conversation.send(message);
    if (sent && (FINE.matches || !this.shadowRoot.activeElement)) this.#focus();
    return sent;
  }

  #choose(name) {
    const button = this.#conversation.menu?.[name];
    if (button) this.#send({ button, words: this.#settings.words[name] });
  }

  #notify(text) {
    if (this.#banner.dataset.text === text) return;
    this.#banner.dataset.text = text;
    this.#banner.replaceChildren(...(text && paragraphs(text, this.#settings.words.new_tab, true)));
  }
}
