// The messages on their way: in order, each under one key until it is answered.
import { ask } from "./server.js";

const PAUSES = [1000, 3000, 8000];

export class Outbox {
  #address;
  #store;
  #on;
  #busy;
  #timer;
  #failures = 0;

  constructor(address, store, on) {
    this.#address = address;
    this.#store = store;
    this.#on = on;
    this.entries = JSON.parse(store.get("queue") || "[]").map((entry) => ({ ...entry, again: true, restored: true }));
    addEventListener("online", () => this.retry());
  }

  add(message) {
    // crypto.randomUUID is missing on plain http.
    const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
    const entry = { key, at: new Date().toISOString(), shown: 0, ...message };
    this.entries.push(entry);
    this.#save();
    if (!this.#timer) this.#run();
    return entry;
  }

  retry() {
    this.#failures = 0;
    this.#run();
  }

  clear() {
    const left = this.entries.splice(0);
    this.#save();
    this.#rest();
    return left;
  }

  async #run() {
    const [entry] = this.entries;
    if (this.#busy || !entry) return;
    this.#rest();
    this.#busy = true;
    this.#on.started();
    const reply = await this.#send(entry);
    if (reply.status === 429) await this.#pause(entry, reply);
    this.#busy = false;
    if (entry === this.entries[0] && reply.status !== 429) {
      if (!reply.status) return this.#later(entry, reply);
      this.entries.shift();
      this.#save();
      this.#failures = 0;
      this.#on[reply.status === 200 ? "answered" : "refused"](entry, reply);
    }
    this.#run();
  }

  // A reply that comes again starts with what was shown already.
  #send(entry) {
    const { key, text, button, again } = entry;
    let number = 0;
    entry.again = true;
    const take = (message) => {
      if (number++ < entry.shown || entry !== this.entries[0]) return;
      entry.shown = number;
      this.#on.heard(entry, message);
    };
    return ask(this.#address, this.#store.get("token"), { key, text, button }, take, !again);
  }

  #pause(entry, reply) {
    this.#on.failed(entry, reply);
    return new Promise((resolve) => setTimeout(resolve, reply.wait));
  }

  #later(entry, reply) {
    const pause = PAUSES[this.#failures++];
    if (pause) this.#timer = setTimeout(() => this.#run(), pause);
    this.#on.failed(entry, reply);
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #save() {
    this.#store.set("queue", JSON.stringify(this.entries));
  }
}
