/** ODK Web Forms on a page of the site: the form and its files come from the site, and the answers go back to it. */
import { createApp, h } from "vue";
import { OdkWebForm, webFormsPlugin } from "@getodk/web-forms";
import { shrink } from "../src/datashift/web/static/fill/photo.js";

const place = document.getElementById("web-form");
const news = document.getElementById("web-form-news");
const words = JSON.parse(document.getElementById("web-form-words").textContent);
const PHOTO = { side: 1600, quality: 0.8 };
let app = null;

/** Say what happened, in paragraphs, where a screen reader hears it. */
function tell(...lines) {
  news.replaceChildren(
    ...lines.map((line) => {
      const shown = document.createElement("p");
      shown.append(line);
      return shown;
    }),
  );
  news.focus();
}

const warn = (event) => event.preventDefault();

/** Ask for a file of the form, such as jr://images/a.png. */
const file = (named) => fetch(place.dataset.media + encodeURIComponent(String(named).split("/").pop()));

/** Make photos small, as our own form does; what cannot be read here goes as it is. */
async function small(data) {
  const made = new FormData();
  for (const [name, blob] of data.entries()) {
    const less = blob.type === "image/jpeg" ? await shrink(blob, PHOTO).catch(() => blob) : blob;
    made.append(name, less, blob.name);
  }
  return made;
}

const size = (data) => [...data.values()].reduce((sum, blob) => sum + blob.size, 0);

/** Send what was filled in, once it fits. */
async function send(payload) {
  if (place.inert || payload.status !== "ready") return;
  place.inert = true;
  const body = await small(payload.data[0]);
  if (size(body) <= Number(place.dataset.most)) return post(body);
  place.inert = false;
  tell(words.large);
}

/**
 * Post the answers. Where no reply comes they may have arrived, so from then on the same bytes are sent: the site knows
 * a repeat by them, and nothing is doubled.
 */
async function post(body) {
  tell(words.sending);
  try {
    const answer = await fetch(place.dataset.submission, { method: "POST", body });
    const told = await answer.json();
    if (told.state) return thank(told.receipt);
    place.inert = place.hidden = false;
    tell(told.error.text);
  } catch {
    const again = document.createElement("button");
    again.textContent = words.again;
    again.addEventListener("click", () => post(body));
    place.hidden = true;
    tell(words.lost, again);
  }
}

/** Take the form away and show the receipt. */
function thank(receipt) {
  removeEventListener("beforeunload", warn);
  app.unmount();
  place.hidden = true;
  const another = document.createElement("a");
  another.href = location.href;
  another.textContent = words.another;
  tell(words.sent, ...(receipt ? [`${words.receipt} ${receipt}`, words.receiptUse] : []), another);
}

/** Show the form. */
async function begin() {
  const answer = await fetch(place.dataset.form);
  if (!answer.ok) throw new Error(String(answer.status));
  const formXml = await answer.text();
  app = createApp(() => h(OdkWebForm, { formXml, fetchFormAttachment: file, onSubmit: send }));
  app.use(webFormsPlugin).mount(place);
  place.addEventListener("input", () => addEventListener("beforeunload", warn), { once: true });
}

begin().catch(() => tell(words.gone));
