// Speaks with the server. Every answer is {status, messages, token, menu, wait}; status 0: it was not reached.
import { readStream } from "./stream.js";

const SILENCE = 30000;
const WAIT = 5;

export class Channel {
  #address;
  #store;

  constructor(address, store) {
    this.#address = address;
    this.#store = store;
  }

  start() {
    return this.#ask("sessions", { consent: true });
  }

  history() {
    return this.#ask("history");
  }

  // Calls onMessage for each message of the answer, in a stream as soon as it is there.
  send({ key, text, button }, streamed, onMessage) {
    return this.#ask("messages", { key, text, button }, streamed, onMessage);
  }

  async #ask(path, body, streamed, onMessage) {
    const silence = new Silence();
    try {
      const answer = await fetch(new URL(path, this.#address), {
        method: body ? "POST" : "GET",
        headers: this.#headers(body, streamed),
        body: JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal: silence.signal,
      });
      silence.broken();
      if (answer.status >= 500) return { status: 0 };
      const reply = await read(answer, silence, onMessage);
      return { ...reply, status: answer.status, wait: Number(answer.headers.get("Retry-After")) || WAIT };
    } catch {
      return { status: 0 };
    } finally {
      silence.end();
    }
  }

  #headers(body, streamed) {
    const headers = { Accept: streamed ? "text/event-stream" : "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (!body?.consent) headers.Authorization = `Bearer ${this.#store.token}`;
    return headers;
  }
}

async function read(answer, silence, onMessage) {
  if (answer.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    return readStream(answer, () => silence.broken(), onMessage);
  }
  const { messages, token, menu } = await answer.json();
  if (answer.ok && onMessage) messages.forEach(onMessage);
  return { messages, token, menu };
}

// Gives a request up after half a minute without a byte.
class Silence {
  #abort = new AbortController();
  #timer;

  constructor() {
    this.broken();
  }

  get signal() {
    return this.#abort.signal;
  }

  broken() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abort.abort(), SILENCE);
  }

  end() {
    clearTimeout(this.#timer);
  }
}
