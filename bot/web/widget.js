// The chat widget: a custom element that talks to the web channel. Replies are text, never HTML.

const CHANNEL = new URL(".", import.meta.url);
const ALARMS = ["utter_emergency", "utter_crisis"];
const KEPT = "clinic-chat-session";
const OFFLINE = "I could not reach the office's computer. Please check your connection and send it again. In an emergency, call 911.";

class ClinicChat extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.append(
      element("link", { rel: "stylesheet", href: new URL("widget.css", CHANNEL).href }),
      this.#header(),
      (this.log = element("div", { role: "log", "aria-label": "Chat", "aria-live": "polite", tabIndex: 0 })),
      this.#form(),
    );
    this.#open();
  }

  #header() {
    const header = element("header");
    const emergency = element("a", { href: "tel:911", textContent: "Emergency? Call 911" });
    header.append(element("span", { textContent: "Computer assistant, not a diagnosis" }), emergency);
    return header;
  }

  #form() {
    const form = element("form");
    this.field = element("input", { name: "text", maxLength: 1000, autocomplete: "off", placeholder: "Type your question" });
    this.field.setAttribute("aria-label", "Your message");
    form.append(this.field, element("button", { textContent: "Send" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.field.value.trim();
      if (!text || this.busy) return;
      this.field.value = "";
      this.#send({ text }, text);
    });
    return form;
  }

  async #open() {
    this.token = keptToken();
    const reply = await this.#post("sessions", {});
    this.token = reply?.token ?? this.token;
    keepToken(this.token);
    this.#show(reply);
    this.field.focus();
  }

  async #send(body, words) {
    this.log.querySelectorAll(".buttons").forEach((buttons) => buttons.remove());
    this.#bubble(words, "mine");
    this.#show(await this.#post("messages", body));
    this.field.focus();
  }

  // Gives the channel's reply, or null where it could not be reached.
  async #post(path, body) {
    this.busy = true;
    const waiting = this.#bubble("…", "waiting");
    try {
      const answer = await fetch(new URL(path, CHANNEL), {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` },
        body: JSON.stringify(body),
      });
      return await answer.json();
    } catch {
      return null;
    } finally {
      waiting.remove();
      this.busy = false;
    }
  }

  #show(reply) {
    const messages = reply?.messages ?? [{ text: OFFLINE, buttons: [] }];
    for (const message of messages) {
      if (message.by === "patient") this.#bubble(message.text, "mine");
      else this.#reply(message);
    }
    this.#offer(messages.at(-1)?.buttons ?? []);
  }

  #reply({ text, response }) {
    const bubble = this.#bubble(text, ALARMS.includes(response) ? "alarm" : "");
    bubble.dataset.response = response ?? "";
  }

  #bubble(text, kind) {
    const bubble = element("p", { className: `message ${kind}`, textContent: text });
    this.log.append(bubble);
    this.log.scrollTop = this.log.scrollHeight;
    return bubble;
  }

  #offer(buttons) {
    if (!buttons.length) return;
    const group = element("div", { className: "buttons", role: "group", ariaLabel: "Suggested answers" });
    for (const { title, id } of buttons) {
      const button = element("button", { type: "button", textContent: title });
      button.addEventListener("click", () => this.busy || this.#send({ button: id }, title));
      group.append(button);
    }
    this.log.append(group);
    this.log.scrollTop = this.log.scrollHeight;
  }
}

// The session of this tab, so that a reload goes on with it. A browser may block its storage: then each load is new.
function keptToken() {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

function keepToken(token) {
  try {
    sessionStorage.setItem(KEPT, token);
  } catch {
    // blocked or full: nothing is kept
  }
}

function element(tag, properties = {}) {
  const { role, "aria-label": label, "aria-live": live, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  if (role) made.setAttribute("role", role);
  if (label) made.setAttribute("aria-label", label);
  if (live) made.setAttribute("aria-live", live);
  return made;
}

customElements.define("clinic-chat", ClinicChat);
