// Messages on their way: in order, each under one key until it is answered.
import { ask } from "./server.js";

const PAUSES = [1000, 3000, 8000];

export function createOutbox(address, store, on) {
  const entries = JSON.parse(store.get("queue") || "[]").map((entry) => ({ ...entry, again: true, restored: true }));
  let busy, timer;
  let failures = 0;

  function add(message) {
    // randomUUID is missing on plain http.
    const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
    const entry = { key, at: new Date().toISOString(), shown: 0, ...message };
    entries.push(entry);
    save();
    if (!timer) run();
    return entry;
  }

  function retry() {
    failures = 0;
    run();
  }

  function clear() {
    const left = entries.splice(0);
    save();
    rest();
    return left;
  }

  async function run() {
    const [entry] = entries;
    if (busy || !entry) return;
    rest();
    busy = true;
    on.wait(true);
    const reply = await post(entry);
    on.wait(false);
    const { status, wait } = reply;
    if (status === 429) {
      on.failed(reply);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    busy = false;
    if (entry === entries[0] && status !== 429) {
      if (!status) return later(reply);
      entries.shift();
      save();
      failures = 0;
      on[status === 200 ? "answered" : "refused"](entry, reply);
    }
    run();
  }

  // A reply that comes again starts with what was shown already.
  function post(entry) {
    const { key, text, button, again } = entry;
    let number = 0;
    entry.again = true;
    const take = (message) => {
      if (number++ < entry.shown || entry !== entries[0]) return;
      entry.shown = number;
      on.heard(entry, message);
    };
    return ask(address, store.get("token"), { key, text, button }, take, !again);
  }

  function later(reply) {
    const pause = PAUSES[failures++];
    if (pause) timer = setTimeout(run, pause);
    on.failed(reply);
  }

  function rest() {
    clearTimeout(timer);
    timer = 0;
  }

  function save() {
    store.set("queue", entries.length ? JSON.stringify(entries) : "");
  }

  addEventListener("online", retry);
  return { entries, add, retry, clear };
}
