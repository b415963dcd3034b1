// One answer that is being filled in: kept on the phone at each change, and put into the outbox when it is sent.

import { startAudit } from "./audit.js";

import { Model, readsSaved } from "./model.js";
import { filesOf, filesRange, isShort, post, read, write } from "./queue.js";

const PAUSE = 300; // milliseconds without a change after which a draft is written

/** Return the error by which browsers say that there is no room. */
const full = () => new DOMException("no room", "QuotaExceededError");

/**
 * Begin an answer, or go on with a draft.
 * @param {object} place phone (or null), place, told (the form as it came), id, address, language, consent
 * @param {object|null} draft a record of the store
 * @param {function} warn called with "noRoom" where a change could not be kept, with "" where it could again
 */
export async function openSession(place, draft, warn) {
  const { phone, told } = place;
  const saved = await lastAnswers(place);
  const language = draft?.language ?? place.language;
  const model = new Model(told.program, { language, saved, id: place.id, state: draft?.state ?? null });
  const [log] = model.ofKind("audit");
  const audit = startAudit({ changes: log?.field.parameters["track-changes"] === "true" }, draft?.log ?? []);
  audit.event(draft ? "form resume" : "form start");
  const files = new Map(phone && draft ? (await filesOf(phone, draft.id)).map(({ name, blob }) => [name, blob]) : []);
  const { id } = place;
  const begun = draft?.begun ?? Date.now();
  let timer = 0, writing = Promise.resolve(), dirty = false, over = false, insisted = false, done = null;

  const record = () => ({
    id, place: place.place, version: told.version, title: told.title, language: model.language, consent: place.consent,
    state: model.state(), log: audit.rows, begun, changed: Date.now(),
  });

  /** Write the draft now. Writes come one after the other, each of what is then there. */
  function save() {
    clearTimeout(timer);
    if (!phone || over || !dirty) return writing;
    dirty = false;
    writing = writing.then(() => write(phone, [["put", "drafts", record()]]))
      .then(() => warn(""), () => {
        dirty = true;
        warn("noRoom");
      });
    return writing;
  }

  function changed() {
    if (!insisted) navigator.storage?.persist?.().catch(() => false); // the browser is not to throw it away
    dirty = insisted = true;
    done = null;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  async function keepFile(node, name, blob) {
    if (phone && (await isShort(blob.size))) throw full();
    const old = node.text;
    if (phone) await write(phone, [["put", "files", { id, name, blob }]]);
    files.set(name, blob);
    if (old) await forgetFile(old);
    return name;
  }

  async function forgetFile(name) {
    files.delete(name);
    if (phone) await write(phone, [["delete", "files", [id, name]]]).catch(() => null);
  }

  /** Finish the answer: return it as the outbox has it, with its files. */
  function finished() {
    audit.leave();
    audit.event("form finalize");
    model.finish(log ? "audit.csv" : "");
    const named = [...model.root.below()].filter((node) => node.relevant && files.has(node.text));
    const kept = named.map((node) => ({ name: node.text, blob: files.get(node.text) }));
    if (log) kept.push({ name: "audit.csv", blob: new Blob([audit.text()], { type: "text/csv" }) });
    const address = place.consent ? `${place.address}?consent=${encodeURIComponent(place.consent)}` : place.address;
    const answer = { id, xml: model.xml(), address: new URL(address, location.href).href, title: told.title,
      form: `${told.organisation} ${told.form_id}`, made: Date.now() };
    return { answer, files: kept };
  }

  /** Put the answer into the outbox. Rejects where there is no room; then it is still on the page. */
  async function send() {
    done ??= finished(); // the same bytes at each try, so that the server knows a repeat
    const now = done;
    over = true;
    clearTimeout(timer);
    await writing;
    try {
      if (!phone) throw full();
      await post(phone, now.answer, now.files);
      await keepAnswers(place, model);
    } catch (problem) {
      over = false;
      throw Object.assign(problem, { done: now });
    }
    return now;
  }

  /** Take the draft off the phone. */
  async function forget() {
    over = true;
    clearTimeout(timer);
    await writing;
    if (phone) await forgetDraft(phone, id);
  }

  return { id, model, audit, files, save, changed, keepFile, forgetFile, send, forget, isUnsaved: () => dirty };
}

/** Take a draft off the phone, with its files. */
export const forgetDraft = (phone, id) => write(phone, [["delete", "drafts", id], ["delete", "files", filesRange(id)]]);

/** Return the answers of the last form sent from this phone, as far as this form reads them. */
async function lastAnswers({ phone, place }) {
  const kept = phone ? await read(phone, "programs", [place, "last sent"]).catch(() => null) : null;
  return kept?.answers ?? {};
}

async function keepAnswers({ phone, place, told }, model) {
  const paths = readsSaved(told.program);
  if (!paths.length) return;
  const answers = Object.fromEntries(paths.map((path) => [path, model.at(path)?.text ?? ""]));
  await write(phone, [["put", "programs", { place, version: "last sent", answers }]]).catch(() => null);
}
