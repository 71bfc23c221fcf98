// The messages on their way: in order, each sent under one key until it is answered, also after a reload.
const PAUSES = [1000, 3000, 8000];

export class Outbox {
  #channel;
  #store;
  #on;
  #entries;
  #busy = false;
  #failures = 0;
  #timer;
  #notBefore = 0;

  // `on` has started, message, answered, failed (it is tried again) and refused (it is not).
  constructor(channel, store, on) {
    this.#channel = channel;
    this.#store = store;
    this.#on = on;
    this.#entries = store.queue.map((entry) => ({ ...entry, restored: true, tries: 1 }));
    addEventListener("online", () => this.retry());
  }

  get entries() {
    return this.#entries;
  }

  get hasFailed() {
    return Boolean(this.#timer) || this.#failures > 0;
  }

  add(message) {
    const entry = { key: newKey(), at: new Date().toISOString(), ...message };
    this.#entries.push(entry);
    this.#save();
    if (!this.#timer) this.#run();
    return entry;
  }

  retry() {
    if (Date.now() < this.#notBefore) return;
    this.#failures = 0;
    this.#run();
  }

  // Gives what was not answered; nothing of it is sent any more.
  clear() {
    const left = this.#entries;
    this.#entries = [];
    this.#save();
    this.#rest();
    return left;
  }

  async #run() {
    const [entry] = this.#entries;
    if (this.#busy || !entry) return;
    this.#rest();
    this.#busy = true;
    this.#on.started();
    const outcome = await this.#deliver(entry);
    this.#busy = false;
    if (entry === this.#entries[0] && !this.#settled(entry, outcome)) return;
    this.#run();
  }

  // An answer that comes a second time starts with what was shown already.
  #deliver(entry) {
    let number = 0;
    entry.shown ??= 0;
    entry.tries = (entry.tries ?? 0) + 1;
    return this.#channel.send(entry, entry.tries === 1, (message) => {
      if (number++ < entry.shown || entry !== this.#entries[0]) return;
      entry.shown = number;
      this.#on.message(message, entry);
    });
  }

  #settled(entry, outcome) {
    if (!outcome.status || outcome.status === 429) {
      this.#again(outcome);
      this.#on.failed(entry, outcome);
      return false;
    }
    this.#entries.shift();
    this.#save();
    this.#failures = 0;
    this.#on[outcome.status === 200 ? "answered" : "refused"](entry, outcome);
    return true;
  }

  #again({ status, wait }) {
    const pause = status ? wait * 1000 : PAUSES[this.#failures++];
    if (status) this.#notBefore = Date.now() + pause;
    if (pause) this.#timer = setTimeout(() => this.#run(), pause);
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #save() {
    this.#store.queue = this.#entries.map(({ key, text, button, words, at }) => ({ key, text, button, words, at }));
  }
}

// crypto.randomUUID is missing on plain http.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
