// Turns a message's text into nodes: paragraphs, lists, line breaks, links. Nothing else becomes markup.
import { element, spoken } from "./dom.js";

const LINKS = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)']/g;
const LINKS_AND_PHONES = new RegExp(
  `${LINKS.source}|(?<![\\w-])(?:(?:1-)?\\(?\\d{3}\\)?[ -]\\d{3}-\\d{4}|911|988)(?![\\w-])`,
  "g",
);
const BULLET = /^- /;
const NUMBER = /^\d+\. /;

// Phone numbers become links only in the assistant's words: a patient may type someone else's.
export function paragraphs(text, phones, newTab) {
  const inline = (line) => linked(line, phones ? LINKS_AND_PHONES : LINKS, newTab);
  return text.trim().split(/\n\s*\n/).flatMap((block) => blocks(block.split("\n"), inline));
}

// Lines of one kind that follow each other make one block.
function blocks(lines, inline) {
  const made = [];
  let last;
  for (const line of lines) {
    const kind = BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : "p";
    const block = kind === last ? made.at(-1) : element(kind, { start: kind === "ol" && parseInt(line, 10) });
    if (kind !== "p") block.append(element("li", {}, ...inline(line.replace(kind === "ul" ? BULLET : NUMBER, ""))));
    else block.append(...(kind === last ? [element("br")] : []), ...inline(line));
    if (kind !== last) made.push(block);
    last = kind;
  }
  return made;
}

function linked(line, pattern, newTab) {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of line.matchAll(pattern)) {
    nodes.push(line.slice(end, index), link(found, newTab));
    end = index + found.length;
  }
  return [...nodes, line.slice(end)];
}

function link(found, newTab) {
  if (!found.startsWith("http")) return element("a", { href: telephone(found) }, found);
  return element("a", { href: found, target: "_blank", rel: "noopener noreferrer" }, found, spoken(` ${newTab}`));
}

function telephone(number) {
  const digits = number.replace(/\D/g, "");
  return `tel:${digits.length < 10 ? digits : `+1${digits.slice(-10)}`}`;
}
