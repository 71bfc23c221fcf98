// The launcher and the panel that it opens: in the corner of a wide screen, over all of a small one.
import { button, element, fill } from "./log.js";

const SMALL = matchMedia("(max-width: 30rem), (max-height: 30rem)");
const HASH = "#clinic-chat";

export class Panel {
  #words;
  #root;
  #on;
  #unread = 0;
  #badge = element("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  #news = element("p", { id: "news", class: "spoken", role: "status" });
  #launcher;
  #dialog;
  #viewport = new CSSStyleSheet();

  // `on` has opened, closed and resized.
  constructor(root, words, nodes, on) {
    this.#words = words;
    this.#root = root;
    this.#on = on;
    const name = element("span", { id: "ask" }, words.launcher);
    const label = { class: "launcher", "aria-haspopup": "dialog", "aria-labelledby": "ask news" };
    this.#launcher = button(name, () => this.open(), label);
    this.#launcher.append(this.#badge);
    const keydown = (event) => this.#onKey(event);
    this.#dialog = element("dialog", { "aria-labelledby": "clinic", keydown, close: () => this.#closed() }, ...nodes);
    this.nodes = [this.#launcher, this.#news, this.#dialog];
    root.adoptedStyleSheets.push(this.#viewport);
    addEventListener("hashchange", () => this.openByHash());
    SMALL.addEventListener("change", () => this.#reopen());
    for (const name of ["resize", "scroll"]) visualViewport.addEventListener(name, () => this.#measure());
    this.#measure();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  // A page that is loaded again leaves the focus where it is.
  open(quiet) {
    if (this.isOpen) return;
    this.#launcher.hidden = true;
    this.#show();
    this.count(-this.#unread);
    if (quiet && !SMALL.matches) this.#root.activeElement?.blur();
    this.#on.opened(quiet && !SMALL.matches);
  }

  openByHash() {
    if (location.hash === HASH) this.open();
  }

  close() {
    this.#dialog.close();
    this.#closed();
  }

  count(more) {
    const count = (this.#unread += more);
    const { unread_one, unread_many } = this.#words;
    this.#badge.hidden = !count;
    this.#badge.textContent = count;
    this.#news.textContent = count ? fill(count > 1 ? unread_many : unread_one, { count }) : "";
  }

  #show() {
    this.#dialog[SMALL.matches ? "showModal" : "show"]();
  }

  // The browser too closes a modal dialog: at the phone's Back.
  #closed() {
    if (this.isOpen || !this.#launcher.hidden) return;
    this.#launcher.hidden = false;
    this.#launcher.focus();
    // So that a link to the hash opens it again.
    if (location.hash === HASH) history.replaceState(history.state, "", location.pathname + location.search);
    this.#on.closed();
  }

  #onKey(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.close();
  }

  #reopen() {
    if (!this.isOpen) return;
    const focused = this.#root.activeElement;
    this.#dialog.close();
    this.#show();
    focused?.focus();
  }

  // What the keyboard leaves; zooming with two fingers does not count.
  #measure() {
    const { height, scale, offsetTop } = visualViewport;
    const top = scale > 1.01 ? 0 : offsetTop;
    const below = Math.max(0, innerHeight - height * scale - top);
    this.#viewport.replaceSync(`.root { --height: ${height * scale}px; --top: ${top}px; --below: ${below}px }`);
    this.#on.resized();
  }
}
