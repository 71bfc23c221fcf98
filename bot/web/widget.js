// The loader: one script tag embeds the chat. It checks every module against its hash before any of them runs.
(() => {
  const settings = "__SETTINGS__";
  const script = document.currentScript;
  const folder = new URL(settings.folder, script.src);

  function preload([name, integrity]) {
    return new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "modulepreload";
      link.crossOrigin = "anonymous";
      link.integrity = integrity;
      if (script.nonce) link.nonce = script.nonce;
      link.onload = resolve;
      link.onerror = () => reject(new Error(`${name} could not be loaded, or is not what was published`));
      link.href = new URL(name, folder);
      document.head.append(link);
    });
  }

  async function load() {
    const modules = Object.entries(settings.files).filter(([name]) => name.endsWith(".js"));
    const loading = Promise.all(modules.map(preload));
    // A browser that knows no modulepreload reports neither load nor error.
    if (document.createElement("link").relList.supports("modulepreload")) await loading;
    const { start } = await import(new URL("main.js", folder));
    await start(settings, { ...script.dataset }, script.src);
  }

  load().catch((error) => console.error("The clinic's chat did not start:", error.message));
})();
