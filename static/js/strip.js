// The days around the wished one: each is planned by the server, one after the other, from the middle outward.
(() => {
  "use strict";
  const box = document.querySelector("[data-days]");
  if (!box) return;
  const list = box.querySelector("ol");
  const scroller = list.parentElement;
  const days = () => [...list.children];
  const middle = Math.max(0, days().findIndex((day) => day.querySelector("[aria-current]")));
  const PAUSE_MS = 120;
  const TALLEST = 80, FLOOR = 88;

  const chosen = days()[middle];
  if (chosen) scroller.scrollLeft = chosen.offsetLeft - (scroller.clientWidth - chosen.offsetWidth) / 2;

  const order = () => days().map((day, at) => [Math.abs(at - middle), at]).sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, at]) => days()[at]).filter((day) => day.hasAttribute("data-ask"));

  // Bars to one scale, and the lowest marked, over what is known so far.
  const measure = () => {
    const priced = days().filter((day) => day.dataset.price);
    const prices = priced.map((day) => Number(day.dataset.price));
    const least = Math.min(...prices), most = Math.max(...prices);
    priced.forEach((day, i) => {
      const height = Math.round(TALLEST * prices[i] / most);
      const bar = day.querySelector("rect");
      bar.setAttribute("height", height); bar.setAttribute("y", FLOOR - height);
      const isLeast = prices[i] === least && least < most;
      day.classList.toggle("dd-least", isLeast);
      day.querySelector(".dd-low").hidden = !isLeast;
    });
    const open = days().filter((day) => day.hasAttribute("data-ask")).length;
    box.querySelector("[data-counted]").textContent = box.dataset.count.replace("{n}", days().length - open);
    const cheapest = priced.filter((_, i) => prices[i] === least);
    if (open || priced.length < 2) return;
    const more = cheapest.length > 1 ? `, ${box.dataset.alike.replace("{n}", cheapest.length - 1)}` : "";
    box.querySelector("[data-found]").textContent = `${box.dataset.lowest} ${cheapest[0].dataset.said}${more}.`;
  };

  const put = (day, html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    const hadFocus = day.contains(document.activeElement);
    day.replaceWith(fresh);
    if (hadFocus) fresh.querySelector("a").focus({ preventScroll: true });
  };

  let stopped = false, isRunning = false, current = null;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const visible = () => new Promise((done) => {
    if (!document.hidden) { done(); return; }
    document.addEventListener("visibilitychange", () => done(), { once: true });
  });

  // Returns the milliseconds to wait before the next day; nothing where the server asks to be left alone.
  const ask = async (day) => {
    const began = performance.now();
    current = new AbortController();
    day.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(box.dataset.days + day.querySelector("a").search, { headers: { Accept: "text/html" }, signal: current.signal });
      if (answer.status === 429 || answer.status >= 500) return null;
      if (answer.ok) put(day, await answer.text()); else day.removeAttribute("data-ask");
      measure();
      return PAUSE_MS + (performance.now() - began) / 2;
    } catch { return null; } finally { day.removeAttribute("aria-busy"); }
  };

  const fill = async () => {
    if (isRunning || navigator.connection?.saveData) return;
    isRunning = true;
    for (const day of order()) {
      await visible();
      if (stopped) break;
      const wait = await ask(day);
      if (wait === null) break;
      await pause(wait);
    }
    isRunning = false;
  };

  window.addEventListener("pagehide", () => { stopped = true; current?.abort(); });
  window.addEventListener("pageshow", () => { stopped = false; fill(); });
})();
