// One conversation: what goes out, what comes back, and what of it the log, the suggestions and the header show.
import { Outbox } from "./outbox.js";

const ERASED = "utter_data_erased";
const AGAIN = 8;

export class Conversation {
  #words;
  #store;
  #channel;
  #parts;
  #on;
  #outbox;
  #menu;
  #newest;
  #erased = false;
  #syncing = false;
  #stale = true;

  // `parts` are log, composer and header; `on` has notify(words), heard(), over(), begun(), isShown().
  constructor({ words, store, channel }, parts, on) {
    Object.assign(this, { log: parts.log });
    this.#words = words;
    this.#store = store;
    this.#channel = channel;
    this.#parts = parts;
    this.#on = on;
    this.#outbox = new Outbox(channel, store, {
      started: () => parts.composer.wait(true),
      message: (message, entry) => this.#hear(message, entry),
      answered: (entry, reply) => this.#answered(entry, reply),
      failed: (entry, reply) => this.#failed(entry, reply),
      refused: (entry, reply) => this.#refused(entry, reply),
    });
    store.onTold(() => this.#told());
    addEventListener("offline", () => store.token && on.notify(words.offline));
    addEventListener("online", () => this.#online());
  }

  // The signed buttons of the menu, once the server has named them.
  get menu() {
    return this.#menu;
  }

  // Goes on with what a reload has interrupted.
  resume() {
    for (const entry of this.#outbox.entries) this.#showMine(entry);
    this.#outbox.retry();
  }

  // Opens a session; true if that went well.
  async start() {
    this.#on.notify(this.#words.starting);
    const reply = await this.#channel.start();
    this.#on.notify(reply.token ? "" : this.#trouble(reply));
    if (!reply.token) return false;
    this.#erased = this.#stale = false;
    this.log.rebuild([]);
    this.#keep(reply);
    this.#on.begun();
    // A live region says what is added to it only once it has been seen.
    setTimeout(() => {
      for (const message of reply.messages) this.log.add(message);
      this.#settle(reply.messages.at(-1));
    }, 100);
    this.#store.tellTabs();
    return true;
  }

  // Shows what the server has kept, if that is not what is shown.
  async sync() {
    if (!this.#stale || this.#syncing || this.#outbox.entries.length || !this.#store.token) return;
    this.#syncing = true;
    this.#parts.composer.wait(true);
    const reply = await this.#channel.history();
    this.#syncing = false;
    this.#parts.composer.wait(false);
    if (reply.status === 401) return this.#over(reply.messages);
    if (reply.status !== 200) return this.#syncLater(reply);
    this.#stale = false;
    this.#on.notify("");
    this.#keep(reply);
    this.log.rebuild(reply.messages);
    this.#settle(reply.messages.at(-1));
  }

  // Takes {text, words} or {button, words}; false while the history is on its way.
  send(message) {
    if (this.#syncing) return false;
    this.#parts.composer.offer();
    this.#showMine(this.#outbox.add(message));
    if (this.#outbox.hasFailed) this.#markUnsent(this.#words.not_sent);
    return true;
  }

  #showMine({ key, words, at }) {
    this.log.add({ by: "patient", text: words, at, key });
  }

  #hear(message, entry) {
    this.log.mark(entry.key);
    this.#on.heard();
    this.#newest = message;
    if (message.response === ERASED) {
      this.#erased = true;
      this.#store.token = null;
    }
    // After a reload nobody knows which of these the history holds: it is asked for, once all is sent.
    if (entry.restored) this.#stale = true;
    else this.log.add(message);
  }

  #answered(entry, reply) {
    this.#parts.composer.wait(false);
    this.#on.notify("");
    this.log.mark(entry.key);
    if (this.#erased) return this.#forget();
    this.#keep(reply);
    this.#store.tellTabs();
    if (this.#outbox.entries.length) return;
    this.#settle(this.#newest);
    if (this.#on.isShown()) this.sync();
  }

  #failed(entry, reply) {
    this.#parts.composer.wait(false);
    if (this.#erased) return this.#forget();
    this.#markUnsent(entry.shown ? this.#words.cut_off : this.#words.not_sent, reply.status !== 429);
    this.#on.notify(this.#trouble(reply));
  }

  // Only the first can be tried again: the others wait for it.
  #markUnsent(note, again = true) {
    const [first, ...others] = this.#outbox.entries;
    this.log.mark(first.key, note, again ? () => this.#outbox.retry() : undefined);
    for (const { key } of others) this.log.mark(key, this.#words.not_sent);
  }

  #refused(entry, reply) {
    this.#parts.composer.wait(false);
    if (reply.status !== 401) {
      this.log.mark(entry.key, this.#words.not_sent);
      return this.#on.notify(this.#trouble(reply));
    }
    const unsent = [entry, ...this.#outbox.clear()];
    for (const { key } of unsent) this.log.drop(key);
    const texts = [...unsent.map(({ text }) => text), this.#parts.composer.text];
    this.#parts.composer.text = texts.filter(Boolean).join("\n");
    this.#over(reply.messages);
  }

  // After an erasure only its confirmation stays in view.
  #forget() {
    this.log.rebuild([]);
    this.#over([this.#newest]);
  }

  #over(messages = [], tell = true) {
    this.#outbox.clear();
    this.#store.token = null;
    this.#menu = undefined;
    this.#stale = true;
    this.#on.notify("");
    for (const message of messages) this.log.add(message);
    this.#settle();
    this.#on.over();
    if (tell) this.#store.tellTabs();
  }

  #told() {
    if (!this.#store.token) {
      if (!this.#menu) return;
      this.log.rebuild([]);
      return this.#over([], false);
    }
    this.#stale = true;
    if (!this.#menu) this.#on.begun();
    if (this.#on.isShown()) this.sync();
  }

  #online() {
    this.#on.notify("");
    if (this.#on.isShown()) this.sync();
  }

  #syncLater(reply) {
    this.#on.notify(this.#trouble(reply));
    setTimeout(() => this.#on.isShown() && this.sync(), (reply.status === 429 ? reply.wait : AGAIN) * 1000);
  }

  #keep({ token, menu }) {
    if (token) this.#store.token = token;
    this.#menu = menu ?? this.#menu;
  }

  #settle(newest) {
    this.#parts.composer.offer(newest?.buttons);
    this.#parts.header.show(newest?.progress);
    this.log.scroll();
  }

  // The server's own words, or that it was not reached.
  #trouble({ messages }) {
    return messages?.map(({ text }) => text).join("\n\n") || this.#words.offline;
  }
}
