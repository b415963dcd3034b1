// What is kept on this phone: drafts, answers that wait, receipts of what was sent. An answer leaves the outbox when
// the server has said in so many words that it has it, and not before.

const DATABASE = "datashift-fill";
const LOCK = "datashift-outbox";
const STORES = { drafts: "id", files: ["id", "name"], outbox: "id", sent: "id", programs: ["place", "version"] };
const ARRIVED = ["new", "repeat", "other-content", "stray"];
const LONGEST = 600_000; // milliseconds that one answer may take on a slow line
const LITTLE = 20 * 2 ** 20; // bytes below which one is told that room gets short

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Open the store of this phone. Rejects where the browser keeps nothing. */
export async function openPhone() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
  };
  const database = await done(request);
  database.onversionchange = () => database.close();
  return database;
}

/** Return one record, or all of a store where no key is given. */
export function read(phone, store, key) {
  const records = phone.transaction(store).objectStore(store);
  return done(key === undefined ? records.getAll() : records.get(key));
}

/** Return the files of one answer: [{id, name, blob}]. */
export const filesOf = (phone, id) => done(phone.transaction("files").objectStore("files").getAll(filesRange(id)));

/** Return the range that holds the keys of all files of one answer. */
export const filesRange = (id) => IDBKeyRange.bound([id], [id, []]);

/**
 * Write several things: all of them or none. It is over when they lie on the disk.
 * @param {IDBDatabase} phone
 * @param {Array<[("put"|"delete"), string, *]>} writes what to do, in which store, with which record or key
 */
export function write(phone, writes) {
  return new Promise((resolve, reject) => {
    const stores = [...new Set(writes.map(([, store]) => store))];
    const all = phone.transaction(stores, "readwrite", { durability: "strict" });
    all.oncomplete = () => resolve();
    all.onabort = all.onerror = () => reject(all.error ?? new DOMException("", "AbortError"));
    try {
      for (const [act, store, what] of writes) all.objectStore(store)[act](what);
    } catch (problem) {
      all.abort();
      reject(problem);
    }
  });
}

/** Return how many bytes the browser still lets us keep; Infinity where it does not say. */
export async function room() {
  const told = await navigator.storage?.estimate?.().catch(() => null);
  return told?.quota === undefined ? Infinity : told.quota - told.usage;
}

/** Whether room gets short on this phone for something of so many bytes. */
export const isShort = async (bytes = 0) => (await room()) < LITTLE + 2 * bytes;

/**
 * Do something that only one tab may do at a time. Returns undefined where another tab is at it.
 * Browsers without locks just do it: the server knows repeats anyway.
 */
export function alone(name, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/** Move a finished answer from the drafts to the outbox, in one step. */
export function post(phone, answer, files) {
  const record = { refused: null, ...answer };
  const puts = files.map((file) => ["put", "files", { id: answer.id, name: file.name, blob: file.blob }]);
  return write(phone, [["put", "outbox", record], ["delete", "drafts", answer.id], ["delete", "files",
    filesRange(answer.id)], ...puts]);
}

/**
 * Send what waits on this phone, one after the other, each to the address where it was filled in.
 * Returns what became of each: {id, state: "sent" | "refused" | "waits", receipt, text}; undefined where another tab
 * is sending.
 * @param {IDBDatabase} phone
 * @param {boolean} again whether to ask again for what was refused
 */
export function sendWaiting(phone, again = false) {
  return alone(LOCK, async () => {
    const results = [];
    for (const answer of await read(phone, "outbox")) {
      if (answer.refused && !again) continue;
      const told = await sendOne(answer, await filesOf(phone, answer.id));
      await note(phone, answer, told);
      results.push({ id: answer.id, ...told });
      if (told.state === "waits" && !told.status) break; // no network: the others would fare no better
    }
    return results;
  });
}

/** Send one answer. Never rejects: what went wrong is told in the result. */
export async function sendOne(answer, files) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST);
  try {
    const response = await fetch(answer.address, {
      method: "POST", body: asBody(answer, files), credentials: "omit", redirect: "error", cache: "no-store",
      headers: { Accept: "application/json" }, signal: stop.signal,
    });
    return judged(response.status, await response.json().catch(() => null));
  } catch {
    return { state: "waits", status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/** Return the body of a submission as OpenRosa has it. */
function asBody(answer, files) {
  const body = new FormData();
  body.append("xml_submission_file", new Blob([answer.xml], { type: "text/xml" }), "submission.xml");
  for (const { name, blob } of files) body.append(name, blob, name);
  return body;
}

/**
 * Say what an answer of the server means. A page of somebody else (a hotel's network that answers to everything) is no
 * answer of ours.
 */
function judged(status, told) {
  if ((status === 201 || status === 202) && ARRIVED.includes(told?.state)) {
    return { state: "sent", status, receipt: told.receipt ?? null };
  }
  const coded = told?.error?.code;
  if (coded && status >= 400 && status < 500 && status !== 429) {
    return { state: "refused", status, code: coded, text: told.error.text ?? "" };
  }
  return { state: "waits", status: status || 1 };
}

/** Write down what became of an answer. */
async function note(phone, answer, told) {
  if (told.state === "refused") {
    await write(phone, [["put", "outbox", { ...answer, refused: { code: told.code, text: told.text } }]]);
  }
  if (told.state !== "sent") return;
  const gone = [["delete", "outbox", answer.id], ["delete", "files", filesRange(answer.id)]];
  const sent = { id: answer.id, title: answer.title, receipt: told.receipt, at: Date.now() };
  // With no room for the receipt the answer still leaves, as it has arrived; the code stands on the screen.
  await write(phone, [["put", "sent", sent], ...gone]).catch(() => write(phone, gone));
}
