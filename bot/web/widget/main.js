// Starts the widget: its style sheet, checked as the modules are, and its element, once in a page.
import { ClinicChat } from "./chat.js";

export async function start(settings, options, source) {
  const sheet = await styleSheet(new URL(`${settings.folder}widget.css`, source), settings.files["widget.css"]);
  if (!document.body) await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve, { once: true }));
  if (customElements.get("clinic-chat")) return;
  customElements.define("clinic-chat", ClinicChat);
  document.body.append(new ClinicChat({ ...settings, options, sheet, channel: new URL(settings.channel, source) }));
}

// A constructed sheet, so that the site's policy need not allow styles.
async function styleSheet(url, integrity) {
  const answer = await fetch(url, { integrity, credentials: "omit" });
  if (!answer.ok) throw new Error("widget.css could not be loaded");
  return new CSSStyleSheet().replace(await answer.text());
}
