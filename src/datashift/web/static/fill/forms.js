// The list of an enumerator's forms: opens without a network, and says of each form what waits on this phone.

import { fill, make } from "./html.js";
import { isKept, stayReady } from "./keeping.js";
import { outbox } from "./outbox.js";
import { openPhone, read } from "./queue.js";

const words = JSON.parse(document.getElementById("words").textContent);
const list = document.getElementById("forms");
const phone = await openPhone().catch(() => null);
const rows = [...list.querySelectorAll("[data-form]")].map((row) => {
  const told = make("p", { class: "small" });
  row.append(told);
  return { form: row.dataset.form, address: row.querySelector("a").href, told };
});

/** The same form in another language of the site is the same place on the phone. */
const placeOf = (path) => path.replace(/^\/[a-z]{2}(-[a-z]+)?(?=\/)/i, "");

async function count() {
  const [waiting, drafts] = phone ? await Promise.all([read(phone, "outbox"), read(phone, "drafts")]) : [[], []];
  for (const { form, address, told } of rows) {
    const unsent = waiting.filter((one) => one.form === form).length;
    const begun = drafts.filter((one) => one.place === placeOf(new URL(address).pathname)).length;
    told.textContent = [
      unsent && fill(words.waiting, { n: unsent }), begun && `${words.draft}: ${begun}`,
      (await isKept(address).catch(() => false)) && words.ready,
    ].filter(Boolean).join(" · ");
  }
}

if (phone) {
  const box = outbox(phone, words, { form: "", address: location.href });
  list.after(box.element);
  box.draw().then(() => box.send());
  if (globalThis.BroadcastChannel) new BroadcastChannel("datashift-fill").onmessage = count;
}
await count();
const { element } = stayReady(list.dataset.worker, words, async () => []);
list.after(element);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && count());
