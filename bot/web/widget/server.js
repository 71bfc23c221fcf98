// The web channel: what is kept of it, asked of it, and on its way.
const SILENCE = 30000;
const PAUSES = [1000, 3000];
const LONG_PAUSE = 8000;

// The token is for all tabs. Where storage is blocked, all is in memory.
export function createStore(name) {
  const memory = {};
  let tabs;
  const area = (key) => (key === "token" ? localStorage : sessionStorage);

  function get(key) {
    try {
      return memory[key] ?? area(key).getItem(name + key);
    } catch {
      return null;
    }
  }

  function set(key, value = "") {
    try {
      if (value) area(key).setItem(name + key, value);
      else area(key).removeItem(name + key);
      delete memory[key];
    } catch {
      memory[key] = value;
    }
  }

  try {
    tabs = new BroadcastChannel(name);
  } catch {
    // blocked too
  }
  const tellTabs = () => tabs?.postMessage("");
  const onTold = (listener) => tabs?.addEventListener("message", listener);
  return { get, set, tellTabs, onTold };
}

// Status 0: not reached. `take` gets a turn's messages as they come.
export async function ask(address, token, body, take, streamed) {
  const abort = new AbortController();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), SILENCE);
  };
  alive();
  try {
    const answer = await fetch(address, {
      method: body ? "POST" : "GET",
      headers: {
        ...(streamed && { Accept: "text/event-stream" }),
        ...(body && { "Content-Type": "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    const { status, headers } = answer;
    alive();
    if (status >= 500) return { status: 0 };
    const isStream = headers.get("Content-Type").startsWith("text/event-stream");
    const reply = await (isStream ? readStream(answer.body, alive, take) : answer.json());
    if (answer.ok && take) reply.messages?.forEach(take);
    return { ...reply, status, wait: headers.get("Retry-After") * 1000 || 5000 };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

async function readStream(body, alive, take) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw Error("cut");
    alive();
    const events = (rest + value).split(/\r?\n\r?\n/);
    rest = events.pop();
    for (const event of events) {
      const data = /^data: ?(.*)/m.exec(event);
      if (data && /^event: ?done/m.test(event)) return JSON.parse(data[1]);
      if (data) take(JSON.parse(data[1]));
    }
  }
}

// In order, each message under one key until it is answered.
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
    const { status } = reply;
    busy = false;
    if (entry === entries[0]) {
      if (!status || status === 429) return later(reply);
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
    timer = setTimeout(run, reply.wait ?? PAUSES[failures++] ?? LONG_PAUSE);
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
