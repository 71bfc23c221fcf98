// The conversation as a text file, made in the browser and sent nowhere.
import { element } from "./dom.js";

export function download(messages, clinic, words) {
  const now = new Date();
  const date = now.toLocaleDateString("en-US", { dateStyle: "long" });
  const lines = messages.map((message) => line(message, words));
  const text = [clinic, date, words.subtitle, "", ...lines, ""].join("\n");
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  element("a", { href: address, download: `chat-${now.toLocaleDateString("en-CA")}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

function line({ by, text, at, note }, words) {
  const time = new Date(at).toLocaleTimeString("en-US", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return `[${time}] ${by === "patient" ? words.you : words.assistant} ${text}${note ? ` (${note})` : ""}`;
}
