// Embeds the chat; checks every module before any runs.
(() => {
  const settings = "__SETTINGS__";
  const script = document.currentScript;
  const folder = new URL(settings.folder, script.src);

  const preload = ([name, integrity]) => new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "modulepreload", crossOrigin: "", integrity, onload: resolve, onerror: reject });
    if (script.nonce) link.nonce = script.nonce;
    link.href = new URL(name, folder);
    document.head.append(link);
    // An old browser reports nothing.
    if (!link.relList.supports("modulepreload")) resolve();
  });

  Promise.all(Object.entries(settings.files).filter(([name]) => name.endsWith(".js")).map(preload))
    .then(() => import(new URL("main.js", folder)))
    .then(({ start }) => start(settings, script))
    .catch((error) => console.error("The chat did not start: a file is missing or changed", error));
})();
