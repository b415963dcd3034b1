// The worker of one page: shows it as keeping.js kept it where there is no network, and sends what waits when the page
// is closed. It is served beside the page, so it can be no module; what it does of sending is what queue.js does.
"use strict";

(() => {
  const HOME = self.registration.scope;
  const KEPT = `datashift-fill ${HOME}`; // as in keeping.js
  const PATIENCE = 4000; // milliseconds after which the page that is kept is shown instead
  const FIXED = /\.[0-9a-f]{12}\.\w+$/; // an address that always means the same bytes
  const ARRIVED = ["new", "repeat", "other-content", "stray"];

  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("sync", (event) => event.waitUntil(sendWaiting()));
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const address = new URL(request.url);
    if (request.method !== "GET" || address.origin !== self.location.origin) return;
    if (request.mode === "navigate") {
      if (address.href.split(/[?#]/)[0] === HOME) event.respondWith(page(event));
    } else if (address.pathname.startsWith("/static/") || address.href.startsWith(`${HOME}media/`)) {
      event.respondWith(part(request));
    }
  });

  const kept = async (request) =>
    (await self.caches.open(KEPT)).match(request, { ignoreVary: true, ignoreSearch: request.mode === "navigate" });

  /** The page as it is today; as it was kept where there is no network, little network, or a server that is ill. */
  async function page(event) {
    const answer = fetch(event.request);
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    const first = await Promise.race([answer.catch(() => null), late]);
    if (first && first.status < 500) {
      if (!first.ok) event.waitUntil(sendWaiting().catch(() => null)); // the form is closed, what waits may still come
      return first;
    }
    return (await kept(event.request)) ?? first ?? answer;
  }

  /** A script, a style, a picture of the form. */
  async function part(request) {
    if (FIXED.test(new URL(request.url).pathname)) return (await kept(request)) ?? fetch(request);
    try {
      return await fetch(request);
    } catch (problem) {
      const before = await kept(request);
      if (before) return before;
      throw problem;
    }
  }

  // --- sending while no page is open ---------------------------------------------------------------------------------

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  function sendWaiting() {
    const work = async () => {
      const asked = self.indexedDB.open("datashift-fill");
      asked.onupgradeneeded = () => asked.transaction.abort(); // the page makes the store, never the worker
      const phone = await done(asked).catch(() => null);
      if (!phone) return;
      try {
        const all = await done(phone.transaction("outbox").objectStore("outbox").getAll());
        for (const answer of all) if (!answer.refused) await sendOne(phone, answer);
      } finally {
        phone.close();
      }
    };
    if (!self.navigator.locks) return work();
    return self.navigator.locks.request("datashift-outbox", { ifAvailable: true }, (lock) => lock && work());
  }

  async function sendOne(phone, answer) {
    const range = IDBKeyRange.bound([answer.id], [answer.id, []]);
    const body = new FormData();
    body.append("xml_submission_file", new Blob([answer.xml], { type: "text/xml" }), "submission.xml");
    for (const { name, blob } of await done(phone.transaction("files").objectStore("files").getAll(range))) {
      body.append(name, blob, name);
    }
    const response = await fetch(answer.address, {
      method: "POST", body, credentials: "omit", redirect: "error", cache: "no-store",
      headers: { Accept: "application/json" },
    });
    const told = await response.json().catch(() => null);
    if (![201, 202].includes(response.status) || !ARRIVED.includes(told?.state)) {
      if (response.status < 500 && response.status !== 429) return; // the page tells what the server says of it
      throw new Error("later"); // the browser asks again by itself
    }
    await gone(phone, answer, range, told.receipt ?? null);
    if (self.BroadcastChannel) new BroadcastChannel("datashift-fill").postMessage("sent");
  }

  function gone(phone, answer, range, receipt) {
    return new Promise((resolve, reject) => {
      const all = phone.transaction(["outbox", "files", "sent"], "readwrite", { durability: "strict" });
      all.oncomplete = resolve;
      all.onabort = all.onerror = () => reject(all.error);
      all.objectStore("sent").put({ id: answer.id, title: answer.title, receipt, at: Date.now() });
      all.objectStore("outbox").delete(answer.id);
      all.objectStore("files").delete(range);
    });
  }
})();
