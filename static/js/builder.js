// What a script adds to working on a trip: tours and beds are dragged to another day, days fold on a phone.
(() => {
  "use strict";
  const small = window.matchMedia("(max-width: 63.99rem)");
  const folds = [...document.querySelectorAll("details.dayfold")];

  // Columns are always open; on a phone the first day is, and the one that the address names.
  const fold = () => {
    const named = location.hash.length > 1 ? document.getElementById(location.hash.slice(1))?.closest("li.col")?.querySelector("details.dayfold") : null;
    folds.forEach((day, i) => { day.open = !small.matches || day === named || (!named && i === 0); });
    named?.scrollIntoView();
  };
  fold();
  small.addEventListener("change", fold);
  document.querySelectorAll(".dayfold > summary").forEach((summary) => summary.addEventListener("click", (event) => {
    if (!small.matches) event.preventDefault();
  }));
  addEventListener("hashchange", fold);

  // What was dragged is shown with its price first, as with the buttons; coming back, the page is as it was saved.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  const go = (address) => {
    const link = Object.assign(document.createElement("a"), { href: address });
    link.dataset.waiting = "";
    document.body.append(link);
    link.click();
    link.remove();
  };
  const where = (item, day) => {
    const address = new URL(item.dataset.drag, location.href);
    if (item.dataset.at === undefined) address.searchParams.set("to", day.dataset.on);
    else address.searchParams.set("by", String(Number(day.dataset.stop) - Number(item.dataset.at)));
    return address.href;
  };
  const may = (item, day) => (item.dataset.at === undefined ? true : day.dataset.stop !== undefined && day.dataset.stop !== item.dataset.at);
  document.querySelectorAll(".parts-b").forEach((list) => new Sortable(list, {
    group: "days",
    draggable: "[data-drag]",
    filter: "a, button, select, summary, form",
    preventOnFilter: false,
    delay: 200,
    delayOnTouchOnly: true,
    animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    ghostClass: "is-dragged",
    sort: false,
    onMove: (event) => may(event.dragged, event.to.closest(".col")),
    onEnd: (event) => {
      const day = event.to.closest(".col"), from = event.from.closest(".col");
      if (day !== from && may(event.item, day)) go(where(event.item, day));
    },
  }));
})();
