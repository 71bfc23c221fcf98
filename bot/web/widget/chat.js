// The element of the chat: puts its parts together, and shows the notice, the chat or its end.
import { Channel } from "./channel.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { element } from "./dom.js";
import { Header } from "./header.js";
import { Log } from "./log.js";
import { Menu } from "./menu.js";
import { Notice } from "./notice.js";
import { Panel, fine, openedByHash } from "./panel.js";
import { Store } from "./store.js";
import { accentSheet, followTheme } from "./theme.js";
import { paragraphs } from "./text.js";
import { download } from "./transcript.js";

export class ClinicChat extends HTMLElement {
  #settings;
  #words;
  #clinic;
  #store;
  #conversation;
  #log;
  #composer;
  #menu;
  #notice;
  #panel;
  #view;
  #banner = element("div", { class: "banner", role: "status" });
  #over;
  #chat;

  constructor(settings) {
    super();
    this.#settings = settings;
  }

  connectedCallback() {
    if (!this.#settings || this.shadowRoot) return;
    const { words, options, clinic, sheet, channel } = this.#settings;
    this.#words = words;
    this.#clinic = options.clinic || clinic;
    this.#store = new Store(channel);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet, accentSheet(options.color)];
    this.#build();
    this.#converse(new Channel(channel, this.#store));
    this.#show(this.#store.token ? "chat" : "consent");
    this.#conversation.resume();
    if (this.#store.open || openedByHash()) this.#panel.open(!openedByHash());
  }

  #build() {
    const { words, options, tel } = this.#settings;
    this.#log = new Log(words);
    this.#composer = new Composer(words, (message) => this.#send(message));
    this.#notice = new Notice(words, options.privacy, {
      agree: () => this.#agree(),
      decline: () => this.#panel.close(),
      back: () => this.#to("chat"),
    });
    this.#menu = new Menu(words.menu, [
      ["start_over", words.start_over, () => this.#choose("start_over")],
      ["download", words.download, () => download(this.#log.messages, this.#clinic, words)],
      ["delete", words.delete, () => this.#choose("delete")],
      ["about", words.about, () => this.#to("about")],
    ]);
    this.header = new Header({ words, tel, clinic: this.#clinic, menu: this.#menu, close: () => this.#panel.close() });
    const again = element("button", { type: "button", class: "primary", click: () => this.#startAnew() }, words.new_chat);
    this.#over = element("div", { class: "over" }, element("p"), again);
    this.#chat = element("div", { class: "chat" }, this.#log.element, ...this.#composer.nodes, this.#over);
    const parts = [...this.header.nodes, this.#banner, this.#notice.element, this.#chat];
    this.#panel = new Panel(this.shadowRoot, words, parts, {
      opened: (quiet) => this.#opened(quiet),
      closed: () => (this.#store.open = false),
      resized: () => this.#log.scroll(),
    });
    const side = options.position === "left" ? " left" : "";
    const root = element("section", { class: `root${side}`, lang: "en", "aria-label": words.region }, ...this.#panel.nodes);
    followTheme(root, options.theme);
    this.shadowRoot.append(root);
  }

  #converse(channel) {
    const parts = { log: this.#log, composer: this.#composer, header: this.header };
    this.#conversation = new Conversation({ words: this.#words, store: this.#store, channel }, parts, {
      notify: (text) => this.#notify(text),
      heard: () => this.#panel.isOpen || this.#panel.unread++,
      begun: () => this.#to("chat"),
      over: () => this.#to(this.#log.messages.length || this.#view === "over" ? "over" : "consent"),
      isShown: () => this.#panel.isOpen,
    });
  }

  #opened(quiet) {
    this.#store.open = true;
    if (!this.#store.token && this.#view === "chat") this.#show("consent");
    this.#conversation.sync();
    this.#log.scroll();
    if (!quiet) this.#focus();
  }

  // Views: consent (nothing has been sent yet), chat, over, about.
  #show(view) {
    const told = view === "consent" || view === "about";
    const over = view === "over";
    this.#view = view;
    this.#notice.ask(view === "consent");
    this.#notice.element.hidden = !told;
    this.#chat.hidden = told;
    this.#over.hidden = !over;
    this.#over.firstChild.textContent = this.#composer.text && this.#words.words_kept;
    this.#composer.form.hidden = over;
    this.#menu.element.hidden = told;
    this.#menu.items.start_over.hidden = this.#menu.items.delete.hidden = over;
    this.#log.scroll();
  }

  #to(view) {
    this.#show(view);
    if (this.#panel.isOpen) this.#focus();
  }

  // On a touch screen the field would bring up the keyboard, over what there is to read.
  #focus() {
    if (!this.#notice.element.hidden) this.#notice.focus();
    else if (this.#view === "over") this.#over.lastChild.focus();
    else if (fine.matches) this.#composer.field.focus();
    else this.#log.focus();
  }

  #send(message) {
    const sent = this.#conversation.send(message);
    if (sent && (fine.matches || !this.shadowRoot.activeElement)) this.#focus();
    return sent;
  }

  #choose(name) {
    const button = this.#conversation.menu?.[name];
    if (button) this.#send({ button, words: this.#words[name] });
  }

  #startAnew() {
    this.#log.rebuild([]);
    this.#to("consent");
  }

  #notify(text) {
    if (this.#banner.dataset.text === text) return;
    this.#banner.dataset.text = text;
    this.#banner.replaceChildren(...(text ? paragraphs(text, true, this.#words.new_tab) : []));
  }

  async #agree() {
    if (this.#starting) return;
    this.#starting = true;
    await this.#conversation.start();
    this.#starting = false;
  }

  #starting = false;
}
