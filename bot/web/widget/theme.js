// Light or dark, and the clinic's color, with ink on it that can be read.

export function followTheme(node, theme) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => node.classList.toggle("dark", theme === "dark" || (theme !== "light" && dark.matches));
  dark.addEventListener("change", apply);
  apply();
}

// A sheet rather than a style attribute, which a site's policy may forbid.
export function accentSheet(color) {
  const sheet = new CSSStyleSheet();
  const rgb = channels(color?.trim() ?? "");
  if (rgb) sheet.replaceSync(`.root { --accent: rgb(${rgb}); --on-accent: ${inkOn(rgb)}; }`);
  return sheet;
}

function channels(color) {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(color)?.[1];
  return digits?.match(digits.length === 3 ? /./g : /../g).map((part) => parseInt(part.padStart(2, part), 16));
}

// White where its contrast (WCAG 2) is 4.5 or more; otherwise black has it.
function inkOn(rgb) {
  const [red, green, blue] = rgb.map((value) => value / 255).map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= 4.5 ? "#fff" : "#000";
}
