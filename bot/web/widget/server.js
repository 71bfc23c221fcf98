// The web channel, and what the browser keeps of it.
const SILENCE = 30000;

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
