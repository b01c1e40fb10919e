// What a script adds to pages that work without one: chips with suggestions, a waiting state, map and days in step.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const make = (tag, attributes = {}, text = "") => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text) node.textContent = text;
    return node;
  };
  const SVG = "http://www.w3.org/2000/svg";
  const cross = () => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "i"); svg.setAttribute("viewBox", "0 0 24 24"); svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", "M5 5l14 14 M19 5L5 19");
    svg.append(path);
    return svg;
  };

  // Chips: the field's names become tags (one alone in data-one); what is typed asks the server, which forgives spelling.
  const chips = (box) => {
    const input = box.querySelector("input");
    const name = box.dataset.stops;
    const list = make("ul", { role: "listbox", id: `${input.id}-list`, class: "combo", hidden: "", "aria-label": input.labels[0]?.textContent || name });
    let found = [], at = -1, wait = 0;
    input.removeAttribute("list"); input.removeAttribute("name");
    for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(key, value);
    box.append(list);
    const add = (value, word = value) => {
      if (!value || [...box.querySelectorAll("input[type=hidden]")].some((h) => h.value === value)) return;
      if ("one" in box.dataset) box.querySelector(".tag")?.remove();
      const tag = make("span", { class: "tag" }, `${word} `);
      const button = make("button", { type: "button", "aria-label": `${box.dataset.remove} ${word}` });
      button.append(cross());
      button.addEventListener("click", () => { tag.remove(); input.focus(); });
      tag.append(button, make("input", { type: "hidden", name, value }));
      box.insertBefore(tag, input);
    };
    for (const word of input.value.split(",")) add(word.trim());
    input.value = "";
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const mark = () => [...list.children].forEach((li, i) => {
      li.setAttribute("aria-selected", String(i === at));
      if (i === at) { input.setAttribute("aria-activedescendant", li.id); li.scrollIntoView({ block: "nearest" }); }
    });
    const take = (i) => { add(found[i].id, found[i].name); input.value = ""; close(); };
    const show = () => {
      list.replaceChildren(...found.map((place, i) => {
        const li = make("li", { role: "option", id: `${list.id}-${i}`, "aria-selected": "false" }, place.name);
        li.append(make("span", { class: "mute" }, place.island));
        li.addEventListener("mousedown", (event) => { event.preventDefault(); take(i); });
        return li;
      }));
      list.hidden = !found.length; at = -1;
      input.setAttribute("aria-expanded", String(found.length > 0));
    };
    const ask = async () => {
      const text = input.value.trim();
      if (text.length < 2) { found = []; show(); return; }
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
        if (!answer.ok || input.value.trim() !== text) return;
        found = await answer.json();
        show();
      } catch { close(); }
    };
    input.addEventListener("input", () => {
      if (input.value.includes(",")) { const parts = input.value.split(","); input.value = parts.pop(); parts.forEach((p) => add(p.trim())); }
      clearTimeout(wait); wait = setTimeout(ask, 140);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!found.length) return;
        event.preventDefault();
        at = (at + (event.key === "ArrowDown" ? 1 : found.length - (at < 0 ? 0 : 1))) % found.length;
        mark();
      } else if (event.key === "Enter" && (at >= 0 || input.value.trim())) {
        event.preventDefault();
        if (at >= 0) take(at); else if (found.length) take(0); else { add(input.value.trim()); input.value = ""; }
      } else if (event.key === "Escape") { close(); }
      else if (event.key === "Backspace" && !input.value) { box.querySelector(".tag:last-of-type")?.remove(); }
    });
    input.addEventListener("blur", () => { if (input.value.trim()) { add(found.length && !list.hidden && at >= 0 ? found[at].id : input.value.trim()); input.value = ""; } close(); });
  };
  document.querySelectorAll("[data-stops]").forEach(chips);

  // Leave empty fields out of the address.
  const search = document.querySelector("form.search");
  search?.addEventListener("submit", () => {
    for (const field of search.elements) if (field.name && !field.value && !field.disabled) { field.disabled = true; field.dataset.emptied = ""; }
    if (search.querySelector("#when-m")?.checked) for (const name of ["in_on", "out_on"]) { const f = search.elements[name]; if (f) { f.disabled = true; f.dataset.emptied = ""; } }
    else for (const name of ["month", "days"]) { const f = search.elements[name]; if (f) { f.disabled = true; f.dataset.emptied = ""; } }
  });

  // A waiting state in the shape of the answer.
  const template = document.getElementById("waiting");
  const main = document.getElementById("main");
  const wait = () => {
    if (!template || main.querySelector(":scope > .waiting")) return;
    main.append(template.content.cloneNode(true));
    main.classList.add("is-waiting");
    main.setAttribute("aria-busy", "true");
    window.scrollTo(0, 0);
  };
  document.addEventListener("submit", (event) => { if (event.target.matches("form[data-waiting]")) wait(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-waiting]");
    if (link && !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) wait();
  });
  window.addEventListener("pageshow", () => {
    main?.classList.remove("is-waiting"); main?.removeAttribute("aria-busy");
    main?.querySelector(":scope > .waiting")?.remove();
    document.querySelectorAll("[data-emptied]").forEach((field) => { field.disabled = false; delete field.dataset.emptied; });
  });

  // The clock of a hold; at its end the page asks how things stand.
  document.querySelectorAll("[data-clock]").forEach((clock) => {
    const until = Date.now() + 1000 * Number(clock.dataset.clock);
    const tick = setInterval(() => {
      const left = Math.max(0, Math.round((until - Date.now()) / 1000));
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (!left) { clearInterval(tick); location.reload(); }
    }, 1000);
  });

  // A booking that is under way: fetch the page again and put its main part in place, so that nothing jumps.
  const again = document.querySelector("[data-again]");
  if (again) {
    let wait = 1000 * Number(again.dataset.again);
    const look = async () => {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.ok && !answer.redirected) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          document.title = page.title;
          document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
          document.querySelector("svg.sprite")?.replaceWith(page.querySelector("svg.sprite"));
          const next = page.querySelector("[data-again]");
          if (!next) return;
          wait = 1000 * Number(next.dataset.again);
        } else if (answer.redirected) { location.href = answer.url; return; }
      } catch { wait = Math.min(2 * wait, 60000); }
      setTimeout(look, wait);
    };
    setTimeout(look, wait);
  }

  document.getElementById("problems")?.focus();
  document.querySelector("[data-print]")?.addEventListener("click", () => {
    document.querySelectorAll("details.fold").forEach((d) => { d.open = true; });
    window.print();
  });
  document.querySelector("[data-share]")?.addEventListener("click", async (event) => {
    const word = event.currentTarget.querySelector("span");
    try { await navigator.clipboard.writeText(location.href.split("#")[0]); word.textContent = "✓"; } catch { word.textContent = location.href; }
  });

  // Comparing takes two to four.
  const compare = document.querySelector("[data-compare]");
  if (compare) {
    const boxes = [...document.querySelectorAll("input[name=cmp]")];
    const count = () => {
      const ticked = boxes.filter((b) => b.checked).length;
      compare.disabled = ticked < 2;
      boxes.forEach((b) => { b.disabled = !b.checked && ticked >= 4; });
    };
    boxes.forEach((b) => b.addEventListener("change", count));
    count();
  }

  // Pointing at a day lights its pin, and the other way round.
  const light = (day, on) => document.querySelectorAll(`.chart a.p${day}`).forEach((pin) => pin.classList.toggle("lit", on));
  document.querySelectorAll(".day").forEach((li) => {
    const day = li.id.slice(4);
    li.addEventListener("pointerenter", () => light(day, true));
    li.addEventListener("pointerleave", () => light(day, false));
  });
})();
