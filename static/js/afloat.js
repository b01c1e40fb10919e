// Registers the service worker on pages worth keeping, says what is kept, forgets it, and holds forms back offline.
(() => {
  "use strict";
  const told = document.currentScript.dataset, container = navigator.serviceWorker;
  const mark = document.querySelector("[data-keep]"), list = document.querySelector("[data-kept-list]");
  const page = location.href.split("#")[0];

  // A form sent without a connection stays as it is, and says so.
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    let note = event.target.querySelector("[data-unsent]");
    if (!note) {
      note = document.createElement("p");
      note.className = "err"; note.dataset.unsent = ""; note.setAttribute("role", "alert");
      event.target.append(note);
    }
    note.textContent = told.unsent;
    note.scrollIntoView({ block: "nearest" });
  }, true);
  window.addEventListener("online", () => document.querySelectorAll("[data-unsent]").forEach((note) => note.remove()));
  document.querySelector("[data-back]")?.addEventListener("click", (event) => { event.preventDefault(); history.back(); });

  // What this device shares with, where it can.
  document.querySelectorAll("[data-share-native]").forEach((item) => {
    const what = { title: document.title, text: item.dataset.shareNative, url: page };
    if (!navigator.canShare?.(what)) return;
    item.hidden = false;
    item.querySelector("button").addEventListener("click", () => navigator.share(what).catch(() => {}));
  });

  if (!container || !window.caches) return;
  const say = (word) => document.querySelectorAll("[data-kept-state]").forEach((state) => {
    if (word in state.dataset) { state.textContent = state.dataset[word]; state.hidden = false; }
  });
  const shown = async () => {
    const held = await (await caches.open("lintas-kept")).match(`${told.scope}offline/index.json`);
    return held ? held.json() : {};
  };
  const fill = async () => {
    if (!list) return;
    const pages = Object.entries(await shown()).sort((a, b) => b[1].at.localeCompare(a[1].at));
    list.replaceChildren(...pages.map(([url, one]) => {
      const row = document.createElement("li"), link = document.createElement("a"), when = document.createElement("span");
      link.href = url; link.textContent = one.title;
      when.className = "small mute";
      when.textContent = new Intl.DateTimeFormat(document.documentElement.lang === "id" ? "id" : "en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Makassar" }).format(new Date(one.at)) + " WITA";
      row.append(link, document.createElement("br"), when);
      return row;
    }));
    document.querySelectorAll("[data-kept-none]").forEach((none) => { none.hidden = pages.length > 0; });
    document.querySelectorAll("[data-kept-some]").forEach((some) => { some.hidden = pages.length === 0; });
  };
  container.addEventListener("message", (event) => {
    const { type, whole, page: which } = event.data || {};
    if (type === "kept" && which === page) {
      say(whole ? "kept" : "partly");
      if (whole) document.querySelectorAll("[data-forget]").forEach((button) => { button.hidden = false; });
    }
    if (type === "forgotten") { say("forgotten"); document.querySelectorAll("[data-forget]").forEach((button) => { button.hidden = !list; }); }
    fill();
  });
  container.startMessages();
  document.querySelectorAll("[data-forget]").forEach((button) => button.addEventListener("click", async () => {
    const worker = (await container.getRegistration())?.active;
    const which = button.dataset.forget === "all" ? undefined : page;
    if (worker) worker.postMessage({ type: "forget", page: which });
    else { await caches.delete("lintas-kept"); say("forgotten"); fill(); }
  }));
  fill();
  const start = async () => {
    try { await container.register(told.worker, { scope: told.scope }); } catch { return; }
    const worker = (await container.ready).active;
    if (!mark || document.querySelector(".as-of")) return;
    const papers = (mark.dataset.keep || "").split(" ").filter(Boolean).map((url) => new URL(url, location).href);
    worker.postMessage({ type: "keep", page, title: mark.dataset.title, papers, tag: mark.dataset.tag, lang: document.documentElement.lang });
  };
  if (!mark && !list) return;
  // Only once the page is drawn: keeping must not make the first view wait.
  if (document.readyState === "complete") start(); else window.addEventListener("load", () => setTimeout(start, 200));
})();
