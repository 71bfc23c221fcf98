// The launcher and its panel.
import { button, element, fill } from "./log.js";

const SMALL = matchMedia("(max-width: 30rem), (max-height: 30rem)");
const HASH = "#clinic-chat";

export function createPanel(root, words, parts, store, on) {
  const badge = element("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  const news = element("p", { id: "news", class: "spoken", role: "status" });
  const name = element("span", { id: "ask" }, words.launcher);
  const role = { class: "launcher", "aria-haspopup": "dialog", "aria-labelledby": "ask news" };
  const launcher = button(name, () => open(), role);
  const dialog = element("dialog", { "aria-labelledby": "clinic", keydown, close: closed }, ...parts);
  const viewport = new CSSStyleSheet();
  let unread = 0;

  function open(quiet) {
    if (dialog.open) return;
    store.set("open", "yes");
    launcher.hidden = true;
    const before = document.activeElement;
    show();
    count(-unread);
    if (quiet) before?.focus();
    on.opened(quiet);
  }

  function openByHash() {
    if (location.hash === HASH) open();
  }

  // A page that is loaded again leaves the focus where it is.
  function restore() {
    openByHash();
    if (store.get("open")) open(true);
  }

  function close() {
    dialog.close();
    closed();
  }

  function count(more) {
    unread += more;
    badge.hidden = !unread;
    badge.textContent = unread;
    news.textContent = unread ? fill(unread > 1 ? words.unread_many : words.unread_one, { count: unread }) : "";
  }

  function show(how = SMALL.matches ? "showModal" : "show") {
    dialog[how]();
  }

  // The phone's Back closes it too.
  function closed() {
    if (dialog.open || !launcher.hidden) return;
    launcher.hidden = false;
    launcher.focus();
    if (location.hash === HASH) history.replaceState(history.state, "", location.pathname + location.search);
    store.set("open");
  }

  function keydown(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    close();
  }

  function reopen(how) {
    if (!dialog.open) return;
    const focused = root.activeElement;
    dialog.close();
    show(how);
    focused?.focus();
  }

  // What the keyboard leaves.
  function measure() {
    const { height, scale, offsetTop } = visualViewport;
    const top = scale > 1.01 ? 0 : offsetTop;
    const whole = height * scale;
    const below = Math.max(0, innerHeight - whole - top);
    viewport.replaceSync(`.root { --height: ${whole}px; --top: ${top}px; --below: ${below}px }`);
  }

  launcher.append(badge);
  root.adoptedStyleSheets.push(viewport);
  addEventListener("hashchange", openByHash);
  SMALL.addEventListener("change", () => reopen());
  // A modal dialog prints one page only.
  addEventListener("beforeprint", () => reopen("show"));
  addEventListener("afterprint", () => reopen());
  for (const change of ["resize", "scroll"]) visualViewport.addEventListener(change, measure);
  measure();
  return { dialog, nodes: [launcher, news, dialog], restore, close, count };
}
