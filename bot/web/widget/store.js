// What the browser keeps: the session's token for all tabs, the rest for this tab. Blocked storage: memory only.
export class Store {
  #name;
  #memory = new Map();
  #tabs;

  constructor(channel) {
    this.#name = `clinic-chat ${channel}`;
    try {
      this.#tabs = new BroadcastChannel(this.#name);
    } catch {
      // other tabs then see what is new when they are opened
    }
  }

  get token() {
    return this.#read("localStorage", "token");
  }

  set token(token) {
    this.#write("localStorage", "token", token);
  }

  get open() {
    return this.#read("sessionStorage", "open") === "yes";
  }

  set open(open) {
    this.#write("sessionStorage", "open", open ? "yes" : null);
  }

  // Messages that were not answered yet.
  get queue() {
    try {
      return JSON.parse(this.#read("sessionStorage", "queue")) ?? [];
    } catch {
      return [];
    }
  }

  set queue(entries) {
    this.#write("sessionStorage", "queue", entries.length ? JSON.stringify(entries) : null);
  }

  tellTabs() {
    this.#tabs?.postMessage("changed");
  }

  onTold(listener) {
    this.#tabs?.addEventListener("message", listener);
  }

  #read(area, key) {
    if (this.#memory.has(key)) return this.#memory.get(key);
    try {
      return window[area].getItem(`${this.#name} ${key}`);
    } catch {
      return null;
    }
  }

  #write(area, key, value) {
    this.#memory.delete(key);
    try {
      if (value === null) window[area].removeItem(`${this.#name} ${key}`);
      else window[area].setItem(`${this.#name} ${key}`, value);
    } catch {
      this.#memory.set(key, value);
    }
  }
}
