// One conversation: what goes out, what comes back, and what is shown of it.
import { ask, createOutbox } from "./server.js";

export function createConversation({ words, channel }, store, log, composer, view) {
  const outbox = createOutbox(channel + "messages", store, { wait: composer.wait, heard, answered, failed, refused });
  let menu, newest, busy, unheard;
  let sent = 0;
  let stale = true;

  async function start() {
    if (busy) return;
    view.notify(words.starting);
    const reply = await call("sessions", { consent: true });
    if (!reply.token) return trouble(reply);
    keep(reply);
    log.rebuild([]);
    view.begun();
    // A live region must be in view first.
    setTimeout(() => settle(reply.messages), 100);
    store.tellTabs();
  }

  async function sync() {
    if (!stale || busy || !store.get("token") || outbox.entries.length || !view.isOpen()) return;
    const before = [store.get("token"), sent].join();
    const reply = await call("history");
    if (before !== [store.get("token"), sent].join()) return follow();
    if (reply.status === 401) return end(log.isEmpty() ? [] : reply.messages);
    if (reply.status !== 200) {
      setTimeout(sync, reply.wait ?? 8000);
      return trouble(reply);
    }
    keep(reply);
    // What nobody heard is read out.
    const heardTo = unheard ? reply.messages.findLastIndex(({ by }) => by === "patient") + 1 : undefined;
    unheard = false;
    log.rebuild(reply.messages.slice(0, heardTo));
    setTimeout(() => settle(heardTo ? reply.messages.slice(heardTo) : [], reply.messages.at(-1)), heardTo && 100);
  }

  function send(message) {
    if (busy === "sessions") return false;
    sent++;
    composer.offer();
    showMine(outbox.add(message));
    return true;
  }

  function choose(name) {
    if (menu) send({ button: menu[name], words: words[name] });
  }

  function heard(entry, message) {
    newest = message;
    log.mark(entry.key);
    view.heard();
    if (message.response === "utter_data_erased") store.set("token");
    // After a reload the history may hold some of this.
    if (entry.restored) stale = unheard = true;
    else log.add(message);
  }

  function answered(entry, { token }) {
    view.notify("");
    log.mark(entry.key);
    if (isErased()) return;
    if (token) store.set("token", token);
    store.tellTabs();
    if (!outbox.entries.length) settle([], newest);
    sync();
  }

  function failed(reply) {
    if (isErased()) return;
    const retry = reply.status ? undefined : outbox.retry;
    for (const { key, shown } of outbox.entries) log.mark(key, shown ? words.cut_off : words.not_sent, retry);
    trouble(reply);
  }

  function refused(entry, reply) {
    if (reply.status !== 401) {
      log.mark(entry.key, words.not_sent);
      return trouble(reply);
    }
    [entry, ...outbox.entries].forEach(({ key }) => log.drop(key));
    outbox.entries.unshift(entry);
    end(reply.messages);
  }

  async function call(path, body) {
    busy = path;
    composer.wait(true);
    const reply = await ask(channel + path, !body && store.get("token"), body);
    composer.wait(false);
    busy = false;
    return reply;
  }

  function showMine({ key, words: text, at }) {
    log.add({ by: "patient", text, at, key });
  }

  function isErased() {
    if (store.get("token")) return false;
    log.rebuild([]);
    end(newest ? [newest] : []);
    return true;
  }

  function end(messages) {
    store.set("token");
    store.tellTabs();
    composer.restore(outbox.clear().map(({ text }) => text));
    menu = undefined;
    stale = true;
    view.notify("");
    settle(messages, {});
    view.over();
  }

  function follow() {
    stale = true;
    if (store.get("token")) {
      if (!menu) view.begun();
      sync();
    } else if (menu) {
      log.rebuild([]);
      end([]);
    }
  }

  function keep(reply) {
    if (reply.token) store.set("token", reply.token);
    menu = reply.menu;
    stale = false;
    view.notify("");
  }

  function settle(messages, last = messages.at(-1)) {
    messages.forEach((message) => log.add(message));
    composer.offer(last?.buttons);
    view.progress(last?.progress);
  }

  function trouble({ messages }) {
    view.notify(messages?.map(({ text }) => text).join("\n\n") || words.offline);
  }

  store.onTold(follow);
  addEventListener("offline", () => store.get("token") && view.notify(words.offline));
  addEventListener("online", follow);
  outbox.entries.forEach(showMine);
  outbox.retry();
  return { start, sync, send, choose };
}
