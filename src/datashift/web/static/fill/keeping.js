// What a page needs without a network: the page, its scripts, styles and files. Its worker shows them from the cache.
// That the page is ready is said only when all of it is there.

import { make, show } from "./html.js";

const FIXED = /\.[0-9a-f]{12}\.\w+$/; // an address that always means the same bytes
const SOON = 15_000;
const LATE = 300_000; // milliseconds between one try and the next: twice as long each time, from soon to late
const ALIKE = { ignoreVary: true };

const cacheOf = (address) => caches.open(`datashift-fill ${address}`); // as in worker.js
const home = () => location.origin + location.pathname;

/** Whether a page opens without a network. It is put into the cache after everything that it needs. */
export const isKept = async (address) => Boolean(await (await cacheOf(address)).match(address, ALIKE));

/**
 * Keep this page, say on it whether it is ready, and try again where it is not.
 * @param {string} worker address of the worker
 * @param {object} words
 * @param {function} others gives the addresses of what the page needs beyond scripts and styles; null where something
 * that lies elsewhere on the phone is missing
 * @returns {{element: Element, done: Promise}} what is said; `done` is settled after the first try
 */
export function stayReady(worker, words, others) {
  const element = make("p", { role: "status", class: "small ready", hidden: true });
  let pause = SOON, timer = 0, over = false;

  async function attempt() {
    clearTimeout(timer);
    if (over) return;
    over = await keepAll(worker, others).catch(() => false);
    element.textContent = over ? words.ready : words.notReady;
    show(element, true);
    if (over) return;
    timer = setTimeout(attempt, pause);
    pause = Math.min(pause * 2, LATE);
  }

  addEventListener("online", attempt);
  return { element, done: attempt() };
}

async function keepAll(worker, others) {
  const more = await others();
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve));
  await navigator.serviceWorker.register(new URL(worker, location.href), { scope: location.pathname });
  await navigator.serviceWorker.ready;
  return more !== null && keep([...new Set([...parts(), ...more])]);
}

/** Scripts, styles and signs of the page, also those that were asked for and did not come. */
function parts() {
  const named = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")];
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name)
    .filter((name) => name.startsWith(`${location.origin}/static/`));
  return [...named.map((one) => one.href || one.src), ...loaded];
}

/**
 * Keep the page with all its parts, and nothing else; return whether they are there. As long as one part is missing,
 * the page that was kept before stays, with its own parts.
 */
async function keep(addresses) {
  const cache = await cacheOf(home());
  const there = await Promise.all(addresses.map((one) => have(cache, one)));
  if (there.includes(false)) return false;
  const fresh = await cache.add(home()).then(() => true, () => false);
  if (!fresh) return isKept(home());
  const wanted = new Set([home(), ...addresses]);
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  return true;
}

async function have(cache, address) {
  const known = await cache.match(address, ALIKE);
  if (known && FIXED.test(new URL(address).pathname)) return true;
  return cache.add(address).then(() => true, () => Boolean(known));
}
