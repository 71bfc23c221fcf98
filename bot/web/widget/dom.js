// Makes DOM nodes; text only ever becomes text.

// Attributes: a function is a listener of that event, true an empty attribute, false and undefined none.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// A line drawing of 24 by 24; the button that holds it has a name of its own.
export function icon(path) {
  const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// Words that only screen readers say.
export function spoken(words) {
  return element("span", { class: "spoken" }, words);
}

export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
}
