// One conversation: what goes out, what comes back, and what is shown of it.
import { Outbox } from "./outbox.js";
import { ask } from "./server.js";

export class Conversation {
  #words;
  #channel;
  #store;
  #log;
  #composer;
  #view;
  #outbox;
  #tabs;
  #newest;
  #busy;
  #stale = true;

  constructor({ words, channel }, store, log, composer, view) {
    this.#words = words;
    this.#channel = channel;
    this.#store = store;
    this.#log = log;
    this.#composer = composer;
    this.#view = view;
    this.#outbox = new Outbox(channel + "messages", store, this);
    try {
      this.#tabs = new BroadcastChannel(channel);
      this.#tabs.onmessage = () => this.#told();
    } catch {
      // blocked together with storage
    }
    addEventListener("offline", () => store.get("token") && view.notify(words.offline));
    addEventListener("online", () => this.sync());
      this.#outbox.entries.forEach((entry) => this.#showMine(entry));
    this.#outbox.retry();
  }

  async start() {
    if (this.#busy) return;
    this.#view.notify(this.#words.starting);
    const { token, menu, messages } = await this.#ask("sessions", { consent: true });
    if (!token) return this.#trouble(messages);
    this.#keep(token, menu);
    this.#log.rebuild([]);
    this.#view.begun();
    // A live region says what is added only once it has been in view.
    setTimeout(() => this.#settle(messages, messages.at(-1)), 100);
    this.#tabs?.postMessage("");
  }

  // Shows what the server has kept.
  async sync() {
    if (!this.#store.get("token") || !this.#stale || this.#busy || this.#outbox.entries.length || !this.#view.isOpen()) return;
    this.#composer.wait(true);
    const { status, messages, token, menu, wait } = await this.#ask("history");
    this.#composer.wait(false);
    if (status === 401) return this.#end(this.#log.isEmpty ? [] : messages);
    if (status !== 200) {
      this.#trouble(messages);
      return setTimeout(() => this.sync(), wait ?? 8000);
    }
    this.#keep(token, menu);
    this.#log.rebuild(messages);
    this.#settle([], messages.at(-1));
  }

  send(message) {
    if (this.#busy) return false;
    this.#composer.offer();
    this.#showMine(this.#outbox.add(message));
    return true;
  }

  // The outbox calls these five.
  started() {
    this.#composer.wait(true);
  }

  heard(entry, message) {
    this.#newest = message;
    this.#log.mark(entry.key);
    this.#view.heard();
    if (message.response === "utter_data_erased") this.#store.set("token");
    // After a reload the history may hold some of this.
    if (entry.restored) this.#stale = true;
    else this.#log.add(message);
  }

  answered(entry, { token }) {
    this.#composer.wait(false);
    this.#view.notify("");
    this.#log.mark(entry.key);
    if (this.#isErased()) return;
    if (token) this.#store.set("token", token);
    this.#tabs?.postMessage("");
    if (this.#outbox.entries.length) return;
    this.#settle([], this.#newest);
    this.sync();
  }

  failed(entry, { messages }) {
    this.#composer.wait(false);
    if (this.#isErased()) return;
    const { cut_off, not_sent } = this.#words;
    for (const { key, shown } of this.#outbox.entries) {
      this.#log.mark(key, shown ? cut_off : not_sent, () => this.#outbox.retry());
    }
    this.#trouble(messages);
  }

  refused(entry, { status, messages }) {
    this.#composer.wait(false);
    if (status !== 401) {
      this.#log.mark(entry.key, this.#words.not_sent);
      return this.#trouble(messages);
    }
    const { field } = this.#composer;
    const unsent = [entry, ...this.#outbox.clear()];
    unsent.forEach(({ key }) => this.#log.drop(key));
    field.value = [...unsent.map(({ text }) => text), field.value].filter(Boolean).join("\n");
    this.#end(messages);
  }

  async #ask(path, body) {
    this.#busy = true;
    const reply = await ask(this.#channel + path, !body && this.#store.get("token"), body);
    this.#busy = false;
    return reply;
  }

  #showMine({ key, words, at }) {
    this.#log.add({ by: "patient", text: words, at, key });
  }

  // Only the confirmation then stays in view.
  #isErased() {
    if (this.#store.get("token")) return false;
    this.#log.rebuild([]);
    this.#end([this.#newest]);
    return true;
  }

  #end(messages) {
    this.#store.set("token");
    this.#tabs?.postMessage("");
    this.#leave(messages);
  }

  #leave(messages) {
    this.#outbox.clear();
    this.menu = undefined;
    this.#stale = true;
    this.#view.notify("");
    this.#settle(messages);
    this.#view.over();
  }

  // Another tab has done something.
  #told() {
    this.#stale = true;
    if (this.#store.get("token")) {
      if (!this.menu) this.#view.begun();
      this.sync();
    } else if (this.menu) {
      this.#log.rebuild([]);
      this.#leave([]);
    }
  }

  #keep(token, menu) {
    if (token) this.#store.set("token", token);
    this.menu = menu;
    this.#stale = false;
    this.#view.notify("");
  }

  #settle(messages, newest) {
    messages.forEach((message) => this.#log.add(message));
    this.#composer.offer(newest?.buttons);
    this.#view.progress(newest?.progress);
  }

  #trouble(messages) {
    this.#view.notify(messages?.map(({ text }) => text).join("\n\n") || this.#words.offline);
  }
}
