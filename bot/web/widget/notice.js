// What patients are told before anything is sent; the menu shows it again.
import { element, spoken } from "./dom.js";

const POINTS = ["notice_computer", "notice_emergency", "notice_kept", "notice_visit", "notice_symptoms"];

export class Notice {
  #heading;
  #asking;
  #reading;

  constructor(words, privacy, { agree, decline, back }) {
    const button = (name, kind, click) => element("button", { type: "button", class: kind, click }, words[name]);
    this.#heading = element("h3", { tabindex: -1 }, words.notice_heading);
    this.#asking = element("div", { class: "choice" }, button("agree", "primary", agree), button("not_now", "plain", decline));
    this.#reading = element("div", { class: "choice" }, button("back", "primary", back));
    this.element = element(
      "div",
      { class: "notice", hidden: true },
      this.#heading,
      element("ul", {}, ...POINTS.map((point) => element("li", {}, words[point]))),
      ...policy(privacy, words),
      this.#asking,
      this.#reading,
    );
  }

  // Asks for consent, or only tells.
  ask(asking) {
    this.#asking.hidden = !asking;
    this.#reading.hidden = asking;
  }

  focus() {
    this.#heading.focus();
  }
}

// The clinic's own policy, where the site names one on the web.
function policy(address, words) {
  if (!/^https?:\/\//i.test(address ?? "") || !URL.canParse?.(address)) return [];
  const link = element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words.privacy_policy, spoken(` ${words.new_tab}`));
  return [element("p", {}, link)];
}
