// Keeps opened trips and bookings readable without a connection. `SITE` stands before this text when it is served.
//
//   network answers          -> its answer, always; a page that is kept is renewed with it
//   network is silent        -> the kept page, with a note that says of when it is; else the page /offline, in the
//                               language of the address, or in the one last read where an address names none
//   page opened with a mark  -> kept on this device, with its papers, until it is forgotten
"use strict";
const STATIC = `lintas-static-${SITE.version}`, KEPT = "lintas-kept";
const INDEX = `${SITE.root}offline/index.json`; // no page of the site: the list of what is kept lies under it
const MOST = 24, SILENT_MS = 15000, AGED_MS = 10 * 60 * 1000, STAMP = "x-kept-at";
const here = (url) => url.split("#")[0];
const escape = (text) => String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(STATIC);
    await cache.addAll(SITE.shell.map((url) => new Request(url, { cache: "no-cache" })));
    await cache.addAll([SITE.offline, ...Object.values(SITE.spoken)].map((url) => new Request(url, { cache: "no-cache" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("lintas-static-") && name !== STATIC) await caches.delete(name);
    await self.clients.claim();
  })());
});

// What changes the list of kept pages runs one after the other, so that forgetting is never undone by a late keeping.
let queue = Promise.resolve();
const inTurn = (work) => (queue = queue.then(work, work));

const index = async () => {
  const held = await (await caches.open(KEPT)).match(INDEX);
  return held ? held.json() : {};
};
const noteIndex = async (pages) => (await caches.open(KEPT)).put(INDEX, new Response(JSON.stringify(pages), { headers: { "Content-Type": "application/json" } }));

const stamped = async (answer) => {
  const headers = new Headers(answer.headers);
  headers.set(STAMP, new Date().toISOString());
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  return new Response(await answer.blob(), { status: answer.status, headers });
};
const put = async (url, answer) => (await caches.open(KEPT)).put(here(url), await stamped(answer));

const fetchInto = async (url) => {
  const answer = await fetch(url, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  await put(url, answer);
};

const forget = async (page) => {
  const pages = await index(), cache = await caches.open(KEPT);
  if (!page) { await caches.delete(KEPT); return; }
  const papers = pages[page]?.papers || [];
  delete pages[page];
  for (const url of [page, ...papers]) await cache.delete(url);
  await noteIndex(pages);
};

const keep = async ({ page, title, papers, tag, lang }) => {
  const pages = await index(), before = pages[page];
  const isFresh = before && before.tag === tag && before.lang === lang && Date.now() - Date.parse(before.at) < AGED_MS;
  if (!isFresh) {
    await fetchInto(page);
    const done = await Promise.allSettled(papers.map(fetchInto));
    for (const url of before?.papers || []) if (!papers.includes(url)) await (await caches.open(KEPT)).delete(url);
    pages[page] = { title, papers, tag, lang, at: new Date().toISOString(), whole: done.every((one) => one.status === "fulfilled") };
    if (!pages[page].whole) pages[page].tag = ""; // what is missing is asked for at the next visit
    await noteIndex(pages);
    const oldest = Object.keys(pages).sort((a, b) => pages[a].at.localeCompare(pages[b].at));
    for (const url of oldest.slice(0, Math.max(0, oldest.length - MOST))) await forget(url);
  }
  return pages[page].whole;
};

self.addEventListener("message", (event) => {
  const told = event.data || {}, from = event.source;
  if (told.type === "keep") event.waitUntil(inTurn(async () => {
    let whole = false;
    await speak(told.lang);
    try { whole = await keep(told); } catch { /* no connection: the next visit tries again */ }
    from?.postMessage({ type: "kept", page: told.page, whole });
  }));
  if (told.type === "forget") event.waitUntil(inTurn(async () => {
    await forget(told.page);
    from?.postMessage({ type: "forgotten", page: told.page });
  }));
});

self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (request.method === "GET") event.respondWith(open(event, request));
    else if (request.method === "POST") event.respondWith(send(request));
  } else if (request.method !== "GET") { return; }
  else if (url.pathname.startsWith(SITE.statics)) event.respondWith(fromStatic(event, request, url));
  else if (/\.(pdf|ics|gpx|csv)$/.test(url.pathname)) event.respondWith(open(event, request));
});

const fromStatic = async (event, request, url) => {
  const cache = await caches.open(STATIC);
  if (url.searchParams.has("v")) {
    const held = await cache.match(request);
    if (held) return held;
  }
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.status === 200 && url.searchParams.has("v")) { const copy = answer.clone(); event.waitUntil(cache.put(request, copy).catch(() => {})); }
    return answer;
  } catch (failure) {
    const held = await cache.match(request, { ignoreSearch: true });
    if (held) return held;
    throw failure;
  }
};

const within = (promise, milliseconds) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("silent")), milliseconds);
  promise.then(resolve, reject);
});

const open = async (event, request) => {
  const url = here(request.url), held = await (await caches.open(KEPT)).match(url);
  const asked = fetch(request);
  try {
    const answer = held ? await within(asked, SILENT_MS) : await asked;
    if (held && [502, 503, 504].includes(answer.status)) return shown(held, "silent");
    if (held && answer.status === 200 && !answer.redirected) { const copy = answer.clone(); event.waitUntil(inTurn(() => renew(url, copy))); }
    if (request.mode === "navigate") event.waitUntil(speak(answer.headers.get("content-language")));
    if (held && [404, 410].includes(answer.status)) event.waitUntil(inTurn(() => forget(url)));
    return answer;
  } catch (failure) {
    asked.catch(() => {});
    if (held) return shown(held, failure.message === "silent" ? "silent" : "offline");
    const papers = url.match(/^(.*\/bookings\/[^/]+\/[^/]+)\/parts\/\d+\.pdf$/); // one part's voucher lies in that of all
    const whole = papers && await (await caches.open(KEPT)).match(`${papers[1]}/vouchers.pdf`);
    if (whole) return whole;
    if (request.mode !== "navigate") throw failure;
    return (await fallback(url)) || Response.error();
  }
};

// Where the address names no language, the page for "no connection" speaks the one that the site was last read in.
const speak = async (language) => {
  const cache = await caches.open(STATIC), held = await cache.match(SITE.offline), page = SITE.spoken[language];
  if (!page || !held || held.headers.get("content-language") === language) return;
  const same = await cache.match(page);
  if (same) await cache.put(SITE.offline, same);
};

const renew = async (url, answer) => {
  if (!(await (await caches.open(KEPT)).match(url))) return; // forgotten meanwhile
  await put(url, answer);
};

const languageOf = (html) => (html.match(/<html lang="(\w+)"/) || [])[1] || "en";
const wordsFor = (html) => SITE.words[languageOf(html)] || SITE.words.en;
const writeOver = (held, html, status) => {
  const headers = new Headers(held.headers);
  headers.delete("content-length"); headers.delete("content-encoding");
  return new Response(html, { status: status || held.status, headers });
};

const shown = async (held, why) => {
  if (!(held.headers.get("content-type") || "").startsWith("text/html")) return held;
  const html = await held.text(), words = wordsFor(html);
  const time = new Intl.DateTimeFormat(languageOf(html) === "id" ? "id" : "en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Makassar" }).format(new Date(held.headers.get(STAMP)));
  const note = `<div class="as-of" role="status"><p class="wrap"><b>${escape(words[why])}</b> ${escape(words.as_of.replace("{time}", time))}</p></div>`;
  return writeOver(held, html.replace(/<main id="main"[^>]*>/, (tag) => tag + note));
};

const fallback = async (asked, status = 503) => {
  const first = new URL(asked).pathname.slice(SITE.root.length).split("/")[0];
  const held = await (await caches.open(STATIC)).match(SITE.spoken[first] || SITE.offline);
  return held && writeOver(held, await held.text(), status);
};

// A form that could not be sent comes back as a page that holds it, so that nothing typed is lost.
const send = async (request) => {
  const copy = request.clone();
  try { return await fetch(request); } catch {
    const page = await fallback(request.referrer || request.url);
    if (!page) return Response.error();
    const html = await page.text(), words = wordsFor(html);
    let fields = "";
    try {
      const form = await copy.formData();
      const secret = [...form.keys()].some((name) => /password/i.test(name));
      if (!secret) {
        const hidden = [...form].filter(([, value]) => typeof value === "string").map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`);
        fields = `<form method="post" action="${escape(here(request.url))}">${hidden.join("")}<button type="submit" class="btn btn-go">${escape(words.again)}</button></form>`;
      }
    } catch { /* not a form that can be read again */ }
    const told = `<section class="wrap sec-s stack" id="unsent" role="alert"><h1>${escape(words.unsent)}</h1><p class="lead">${escape(words.why)}</p><p>${escape(words.twice)}</p>${fields}${request.referrer ? `<p><a class="btn" href="${escape(request.referrer)}" data-back>${escape(words.back)}</a></p>` : ""}</section>`;
    return writeOver(page, html.replace(/<main id="main"[^>]*>[\s\S]*<\/main>/, `<main id="main">${told}</main>`));
  }
};
