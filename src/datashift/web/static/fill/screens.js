// The screens of the form: what is on this phone, the form itself, and what became of an answer.

import { drawForm, faultList } from "./draw.js";
import { DRAWN, loadControls } from "./controls.js";
import { button, codeOf, directionOf, fill, freshId, make, mark, show, sure } from "./html.js";
import { uuid } from "./functions.js";
import { beyond } from "./model.js";
import { outbox } from "./outbox.js";
import { alone, isShort, openPhone, read, sendOne, write } from "./queue.js";
import { forgetDraft, openSession } from "./session.js";

const PATIENCE = 4000; // milliseconds after which the form that is kept is taken

/**
 * Begin.
 * @param {Element} holder where the form is to stand, with the addresses it needs
 * @param {Promise} fresh the form as the site tells it, null where it does not
 */
export async function start(holder, fresh) {
  const words = JSON.parse(document.getElementById("words").textContent);
  const phone = await openPhone().catch(() => null);
  const place = placeOf(location.pathname);
  const told = await load(phone, place, fresh);
  if (!told) return;
  const here = { holder, words, phone, place, told, address: holder.dataset.submission, consent: "" };
  here.newest = told; // what a new answer is begun with; a draft stays with the version it was begun with
  here.language = holder.dataset.language || told.program.default_language;
  const form = `${told.organisation} ${told.form_id}`;
  here.box = phone ? outbox(phone, words, { form, address: here.address }) : null;
  holder.hidden = false;
  if (beyond(told.program, DRAWN).length) {
    const link = make("a", { href: "?plain" }, words.plain);
    holder.replaceChildren(make("p", { class: "notice" }, words.cannot, " ", link), ...boxed(here));
  } else await home(here);
  here.box?.draw().then(() => here.box.send());
  const { stayReady } = await import("./keeping.js");
  const ready = stayReady(holder.dataset.worker, words, () => others(here, fresh));
  holder.after(ready.element);
}

/** The same form in another language of the site is the same place on the phone. */
const placeOf = (path) => path.replace(/^\/[a-z]{2}(-[a-z]+)?(?=\/)/i, "");

const boxed = ({ box }) => (box ? [box.element] : []);

// --- the form, from the site or from the phone -----------------------------------------------------------------------

/** Return the form as the site tells it, or as it is kept on the phone; null where it is nowhere. */
async function load(phone, place, fresh) {
  const kept = phone ? await lastKept(phone, place) : null;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  const told = (await (kept ? Promise.race([fresh, late]) : fresh)) ?? kept;
  return told?.program ? told : null;
}

async function lastKept(phone, place) {
  const all = (await read(phone, "programs")).filter((one) => one.place === place && one.told);
  return all.sort((a, b) => b.order - a.order)[0]?.told ?? null;
}

/** Keep a form, and of its older versions those that a draft still needs. */
async function keepForm(phone, place, told) {
  const all = (await read(phone, "programs")).filter((one) => one.place === place && one.told);
  const needed = (await read(phone, "drafts")).filter((one) => one.place === place).map((one) => one.version);
  const old = all.filter(({ version }) => version !== told.version && !needed.includes(version));
  const order = 1 + Math.max(0, ...all.map((one) => one.order)); // clocks of phones go wrong, numbers do not
  await write(phone, [["put", "programs", { place, version: told.version, told, order }],
    ...old.map(({ version }) => ["delete", "programs", [place, version]])]);
}

/** Keep the form, with its lists; return the addresses of its files, or null where the form is not on the phone. */
async function others({ phone, place, told }, fresh) {
  await loadControls(told.program); // a form that begins with words of consent has not asked for them yet
  const one = await fresh;
  if (one?.program && phone) await keepForm(phone, place, one);
  const kept = phone ? await lastKept(phone, place) : null;
  return kept && Object.values(kept.media).map((address) => new URL(address, location.href).href);
}

// --- screens ---------------------------------------------------------------------------------------------------------

/** Show what belongs to the start of the page, or its heading alone. */
function showStart(shown) {
  for (const one of document.getElementById("start")?.children ?? []) if (one.tagName !== "H1") show(one, shown);
}

/** The first screen: drafts where there are some; the words of consent where the form has them; else the form. */
async function home(here) {
  const { phone, place, holder, words } = here;
  const drafts = phone ? (await read(phone, "drafts")).filter((one) => one.place === place) : [];
  const short = await isShort();
  const form = document.querySelector("#start form");
  const asks = Object.keys(here.told.consent ?? {}).length > 0 && form;
  if (!drafts.length && !asks) return begin(here, null, form);
  showStart(true);
  if (form) listenToStart(here, form);
  const rows = drafts.map((draft) => draftRow(here, draft));
  holder.replaceChildren(...warnings(here, short),
    ...(rows.length ? [make("h2", {}, words.draft), make("ul", { class: "drafts" }, ...rows)] : []), ...boxed(here));
  return null;
}

const warnings = ({ phone, words }, short) =>
  [!phone && words.noStore, short && words.shortRoom].filter(Boolean)
    .map((text) => make("p", { class: "notice" }, text));

/** The button of the start page begins right here. What was read out is what was agreed to. */
function listenToStart(here, form) {
  if (here.listening) return;
  here.listening = true;
  const choice = form.elements.language;
  const said = () => here.told.consent?.[codeOf(choice?.value ?? here.language)];
  choice?.addEventListener("change", () => {
    const read = document.querySelector("#start .consent");
    if (read && said()) read.replaceChildren(...said().words.split("\n").map((line) => make("p", {}, line)));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    here.language = choice?.value || here.language;
    here.consent = (said() ?? Object.values(here.told.consent ?? {})[0])?.digest ?? "";
    begin(here, null, form, true);
  });
}

function draftRow(here, draft) {
  const { words, phone } = here;
  const when = new Date(draft.begun)
    .toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const row = make("li", {}, make("p", {}, fill(words.draftKept, { when })),
    button(words.continue, () => begin(here, draft, null, true)),
    button(words.dropDraft, async () => {
      if (!(await sure(words.dropDraftSure, words.dropDraft, words.keep))) return;
      await forgetDraft(phone, draft.id);
      await home(here);
      document.querySelector("main")?.focus();
    }));
  return row;
}

/** Fill in: one answer, in one tab only. */
async function begin(here, draft, form, focus = false) {
  if (form) listenToStart(here, form);
  const told = draft ? await formOf(here, draft) : here.newest;
  await loadControls(told.program);
  const id = draft?.id ?? `uuid:${uuid()}`;
  const work = { ...here, told, id, consent: draft?.consent ?? here.consent };
  const opened = alone(`datashift-draft ${id}`, () => new Promise((free) => filling(work, draft, focus, free)));
  // The lock is held until the answer is sent or put aside; `undefined` means that another tab has it.
  const tell = () => here.holder.prepend(make("p", { class: "notice", role: "alert" }, here.words.otherTab));
  opened.then((done) => done === undefined && tell());
}

async function formOf({ phone, place, newest }, draft) {
  if (draft.version === newest.version) return newest;
  return (await read(phone, "programs", [place, draft.version]))?.told ?? newest;
}

async function filling(here, draft, focus, free) {
  const { holder, words, told } = here;
  showStart(false);
  const warning = make("p", { class: "notice error", role: "alert", hidden: true });
  const warn = (what) => {
    warning.textContent = what ? words[what] : "";
    show(warning, Boolean(what));
  };
  const session = await openSession(here, draft, warn);
  const stop = draft ? () => null : await noteWhere(told, session);
  const screen = formScreen(here, session, { home: () => leave(), sent: (done) => finish(done) });
  const unload = (event) => session.isUnsaved() && (session.save(), event.preventDefault());
  const hide = () => document.visibilityState === "hidden" && session.save();
  addEventListener("beforeunload", unload);
  addEventListener("pagehide", session.save);
  document.addEventListener("visibilitychange", hide);
  const older = here.newest.version !== told.version ? [make("p", { class: "small" }, words.newer)] : [];
  const noted = told.begun_at?.length && !draft ? [make("p", { class: "small" }, words.begunAt)] : [];
  const above = [...warnings(here, await isShort()), ...older, ...noted, warning];
  holder.replaceChildren(...above, screen.element, ...boxed(here));
  if (focus) screen.focus();

  function close() {
    stop();
    removeEventListener("beforeunload", unload);
    removeEventListener("pagehide", session.save);
    document.removeEventListener("visibilitychange", hide);
    free(true);
  }
  async function leave() {
    session.audit.event("form exit");
    await session.save();
    close();
    await home({ ...here, listening: true });
    document.querySelector("main")?.focus();
  }
  function finish(done) {
    close();
    sentScreen(here, done);
  }
}

/** Note where the form is begun, where it asks for that. Returns what stops it. */
async function noteWhere({ begun_at: paths = [] }, session) {
  if (!paths.length) return () => null;
  const { whereBegun } = await import("./places.js");
  return whereBegun((text) => {
    for (const path of paths) session.model.answer(session.model.at(path), text);
    session.changed();
  });
}

/** The form with its languages, and the buttons at its end. */
function formScreen(here, session, go) {
  const { words, told, phone } = here;
  let sending = false, waiting = 0;
  const ask = {
    words, model: session.model, audit: session.audit, limits: told.limits, plain: "?plain",
    media: (name) => told.media[name] ?? "", code: () => codeOf(session.model.language), sending: () => sending,
    answered(node, text) {
      session.model.answer(node, text);
      ask.changed();
    },
    settled(node) {
      const found = form.at(node.path);
      if (found) found.judged = true;
      if (session.model.fault(node)?.code === "xform.constraint") session.audit.event("constraint error", node.path);
      draw();
    },
    changed() {
      session.changed();
      draw();
    },
    follow() {
      outside();
      form.update();
    },
    file: async (node) => session.files.get(node.text) ?? null,
    async keepFile(node, name, blob) {
      ask.answered(node, await session.keepFile(node, name, blob));
      ask.settled(node);
    },
    async dropFile(node) {
      await session.forgetFile(node.text);
      ask.answered(node, "");
    },
  };
  const form = drawForm(ask);
  const summary = make("div");
  const status = make("p", { role: "status", class: "small" });
  const send = button(words.send, () => tryToSend(), { class: "first" });
  const buttons = make("p", { class: "buttons" }, send, phone ? button(words.home, go.home) : null);
  const element = make("div", { class: "form", tabindex: -1 }, languages(here, session, draw), form.element, summary,
    status, buttons);
  const outside = () => mark(element, "dir", directionOf(ask.code()));

  /** Follow the model; several changes within one frame are followed once. */
  function draw() {
    if (waiting || !form) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      ask.follow();
    });
  }

  async function tryToSend() {
    const faults = session.model.faults();
    sending = faults.length > 0;
    form.update();
    summary.replaceChildren(...(faults.length ? [faultList(ask, form, faults)] : []));
    if (faults.length) return summary.firstChild.focus();
    send.disabled = true;
    status.textContent = words.sending;
    const done = await sendAnswer(here, session);
    send.disabled = false;
    status.textContent = done ? "" : words.noRoomSend;
    return done && go.sent(done);
  }

  ask.follow();
  const focus = () => (form.element.querySelector("input:not([hidden]), select, textarea, button") ?? element).focus();
  return { element, focus };
}

/** Send an answer; return {id, state, receipt}, or null where it could neither be kept nor sent. */
async function sendAnswer({ phone, box }, session) {
  try {
    const { answer } = await session.send();
    return { id: answer.id, ...((await box.send()).get(answer.id) ?? { state: "waits" }) };
  } catch ({ done }) {
    if (!done) return null;
    const told = await sendOne(done.answer, done.files); // no room to keep it: perhaps it can go at once
    if (told.state === "sent" && phone) await session.forget().catch(() => null);
    return told.state === "sent" ? { id: done.answer.id, ...told } : null;
  }
}

/** The languages of the form, where it has several. Nothing that was answered is lost. */
function languages({ words }, session, draw) {
  const { languages: all } = session.model.program;
  if (all.length < 2) return null;
  const id = freshId();
  const choice = make("select", { id }, ...all.map((name) => make("option", { lang: codeOf(name) || null }, name)));
  choice.value = session.model.language;
  choice.addEventListener("change", () => {
    session.model.speak(choice.value);
    session.changed();
    draw();
  });
  return make("p", { class: "field" }, make("label", { for: id }, words.language), choice);
}

/** What became of an answer. */
function sentScreen(here, { id, state, receipt, text }) {
  const { holder, words } = here;
  const said = { sent: words.sent, refused: words.refusedNow, waits: words.waits };
  const heading = make("h2", { tabindex: -1 }, said[state]);
  const code = receipt ? [make("p", {}, words.receipt, " ", make("b", { class: "receipt" }, receipt)),
    make("p", { class: "small" }, words.receiptUse)] : [];
  const told = text ? [make("p", { class: "error" }, text)] : [];
  if (state === "waits" && here.box) here.box.watch(id, (found) => heading.isConnected && sentScreen(here, found));
  const again = button(words.another, async () => {
    here.consent = "";
    await home(here);
    document.querySelector("main")?.focus();
  }, { class: "first" });
  holder.replaceChildren(make("div", { class: "done" }, heading, ...told, ...code, again), ...boxed(here));
  heading.focus();
}
