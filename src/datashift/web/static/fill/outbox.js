// What is on this phone: answers that wait, what the site said of them, and receipts of what was sent.

import { button, fill, make, show, sure } from "./html.js";
import { filesRange, read, sendWaiting, write } from "./queue.js";

const SOON = 15_000;
const LATE = 300_000; // milliseconds between one try and the next: twice as long each time, from soon to late
const NEWS = "datashift-fill";

/**
 * Look after the outbox of this phone: send what waits, and show it.
 * @param {IDBDatabase} phone
 * @param {object} words
 * @param {{form: string, address: string}} here the form of this page
 */
export function outbox(phone, words, here) {
  const element = make("section", { class: "outbox", "aria-labelledby": "outbox", hidden: true },
    make("h2", { id: "outbox", tabindex: -1 }, words.onPhone));
  const waits = make("p", { role: "status" }), refused = make("ul", { class: "refused" });
  const sent = make("ul", { class: "sent" });
  const now = button(words.sendNow, () => send(true));
  const wipe = button(words.wipe, () => wipeSent());
  const list = make("details", {}, make("summary", {}, words.sentList), sent, wipe);
  element.append(waits, refused, now, list);
  const news = globalThis.BroadcastChannel ? new BroadcastChannel(NEWS) : null;
  if (news) news.onmessage = () => draw();
  const done = new Map(), watched = new Map();
  let pause = SOON, timer = 0;

  async function draw() {
    const [waiting, kept] = await Promise.all([read(phone, "outbox"), read(phone, "sent")]);
    const open = waiting.filter((one) => !one.refused);
    const told = open.length ? fill(words.waiting, { n: open.length }) : "";
    if (waits.textContent !== told) waits.textContent = told;
    show(now, open.length > 0);
    refused.replaceChildren(...waiting.filter((one) => one.refused).map(refusedRow));
    sent.replaceChildren(...kept.sort((a, b) => b.at - a.at).map(sentRow));
    show(list, kept.length > 0);
    for (const one of kept) watched.get(one.id)?.({ ...one, state: "sent" });
    for (const one of kept) watched.delete(one.id);
    show(element, waiting.length + kept.length > 0);
    return open.length;
  }

  function refusedRow(one) {
    const other = one.form === here.form && one.address.split("?")[0] !== new URL(here.address, location.href).href;
    const take = other ? button(words.sendHere, () => redirect(one)) : null;
    return make("li", {}, make("p", {}, fill(words.refused, { title: one.title })),
      make("p", { class: "error" }, one.refused.text), button(words.again, () => send(true)), take,
      button(words.saveFile, () => download(one)), button(words.drop, () => drop(one)));
  }

  /** Send it to the address of this page: the one where it was filled in is there no more. */
  async function redirect(one) {
    const address = new URL(here.address, location.href).href;
    await write(phone, [["put", "outbox", { ...one, address, refused: null }]]);
    await send(true);
  }

  function download(one) {
    const address = URL.createObjectURL(new Blob([one.xml], { type: "text/xml" }));
    make("a", { href: address, download: `${one.id.replace(/\W+/g, "-")}.xml` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  async function drop(one) {
    if (!(await sure(words.dropSure, words.drop, words.keep))) return;
    await write(phone, [["delete", "outbox", one.id], ["delete", "files", filesRange(one.id)]]);
    await tellAll();
    element.querySelector("h2").focus();
  }

  async function wipeSent() {
    if (!(await sure(words.wipeSure, words.wipe, words.keep))) return;
    await write(phone, (await read(phone, "sent")).map(({ id }) => ["delete", "sent", id]));
    done.clear();
    await tellAll();
    if (!element.hidden) element.querySelector("h2").focus();
    else document.querySelector("main")?.focus();
  }

  function sentRow({ title, receipt, at }) {
    const day = new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    return make("li", {}, `${title}, ${day} `, receipt ? make("b", { class: "receipt" }, receipt) : words.noReceipt);
  }

  async function tellAll() {
    news?.postMessage("changed");
    return draw();
  }

  /** Send what waits; return what became of each answer that was tried: id -> result. */
  async function send(again = false) {
    clearTimeout(timer);
    const results = (await sendWaiting(phone, again).catch(() => null)) ?? [];
    for (const one of results) done.set(one.id, one);
    const left = await tellAll();
    pause = results.some(({ state }) => state === "sent") ? SOON : Math.min(pause * 2, LATE);
    if (left) later();
    return done;
  }

  function later() {
    timer = setTimeout(() => send(), pause);
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("send")).catch(() => null);
  }

  addEventListener("online", () => send());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && draw());
  /** Tell once when an answer has been sent, by whichever tab or worker. */
  const watch = (id, work) => watched.set(id, work);

  return { element, send, draw: tellAll, watch };
}
