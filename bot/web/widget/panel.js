// The launcher, and the panel that it opens: in the corner of a wide screen, over all of a small one.
import { element, fill, icon } from "./dom.js";

const SMALL = matchMedia("(max-width: 30rem), (max-height: 30rem)");
const HASH = "#clinic-chat";

export class Panel {
  #words;
  #root;
  #on;
  #unread = 0;
  #badge = element("span", { class: "badge", "aria-hidden": "true", hidden: true });
  #news = element("span", { class: "spoken" });
  #status = element("p", { class: "spoken", role: "status" });
  #viewport = new CSSStyleSheet();

  // `on` has opened, closed and resized.
  constructor(root, words, nodes, on) {
    this.#words = words;
    this.#root = root;
    this.#on = on;
    const bubble = icon("M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5");
    this.launcher = element(
      "button",
      { type: "button", class: "launcher", "aria-haspopup": "dialog", click: () => this.open() },
      bubble, words.launcher, this.#news, this.#badge,
    );
    this.dialog = element(
      "dialog",
      { "aria-labelledby": "clinic", keydown: (event) => this.#onKey(event), close: () => this.#onClosed() },
      ...nodes,
    );
    this.nodes = [this.launcher, this.#status, this.dialog];
    root.adoptedStyleSheets.push(this.#viewport);
    this.#follow();
  }

  get isOpen() {
    return this.dialog.open;
  }

  // A page that is loaded again shows an open panel, and leaves the focus where it is.
  open(quiet = false) {
    if (this.isOpen) return;
    this.launcher.hidden = true;
    this.#show();
    this.unread = 0;
    if (quiet && !SMALL.matches) this.#root.activeElement?.blur();
    this.#on.opened(quiet && !SMALL.matches);
  }

  close() {
    this.dialog.close();
    this.#onClosed();
  }

  get unread() {
    return this.#unread;
  }

  set unread(count) {
    const words = count && fill(count === 1 ? this.#words.unread_one : this.#words.unread_many, { count });
    this.#unread = count;
    this.#badge.hidden = !count;
    this.#badge.textContent = count;
    this.#news.textContent = words ? `, ${words}` : "";
    this.#status.textContent = words || "";
  }

  #show() {
    if (SMALL.matches) this.dialog.showModal();
    else this.dialog.show();
  }

  // The browser too closes a modal dialog: with Esc, or the phone's Back.
  #onClosed() {
    if (this.isOpen || !this.launcher.hidden) return;
    this.launcher.hidden = false;
    this.launcher.focus();
    // So that a link to the hash opens it again.
    if (location.hash === HASH) history.replaceState(history.state, "", location.pathname + location.search);
    this.#on.closed();
  }

  #onKey(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.close();
  }

  #follow() {
    const openByHash = () => location.hash === HASH && this.open();
    addEventListener("hashchange", openByHash);
    SMALL.addEventListener("change", () => this.#change());
    for (const name of ["resize", "scroll"]) visualViewport?.addEventListener(name, () => this.#measure());
    // Only a dialog outside of the top layer is printed over several pages.
    addEventListener("beforeprint", () => this.#change(() => this.dialog.show()));
    addEventListener("afterprint", () => this.#change());
    this.#measure();
  }

  #change(show = () => this.#show()) {
    if (!this.isOpen) return;
    const focused = this.#root.activeElement;
    this.dialog.close();
    show();
    focused?.focus();
  }

  // The part that the on-screen keyboard leaves; a page that is zoomed by pinching counts as whole.
  #measure() {
    if (!visualViewport) return;
    const { height, scale, offsetTop } = visualViewport;
    const top = scale > 1.01 ? 0 : offsetTop;
    const below = Math.max(0, innerHeight - height * scale - top);
    this.#viewport.replaceSync(`.root { --height: ${height * scale}px; --top: ${top}px; --below: ${below}px; }`);
    this.#on.resized?.();
  }
}

export const openedByHash = () => location.hash === HASH;
export const fine = matchMedia("(pointer: fine)");
