// The form on one page. The pages without script do the same work with a network; this one takes over only when
// everything is at hand. All its parts are asked for at once, so that a slow line is never idle.

/** Every text of this script, by id: the template fill_words.html says them in the language of the page. */
export const WORDS = [
  "accuracy", "add", "addPoint", "again", "another", "begunAt", "byHand", "cannot", "clear", "continue", "degrees",
  "down", "draft", "draftKept", "drop", "dropDraft", "dropDraftSure", "dropSure", "entry", "faults", "fileGone",
  "find", "found", "home", "keep", "language", "latitude", "listen", "locating", "longitude", "must", "newer",
  "noChoices", "noReceipt", "noRoom", "noRoomFile", "noRoomSend", "noStore", "notAllowed", "notFound", "notReady",
  "nth", "ok", "onPhone", "orderRight", "otherTab", "pick", "plain", "range", "ready", "receipt", "receiptUse",
  "refused", "refusedNow", "remove", "removeFile", "removePoint", "removeSure", "saveFile", "send", "sendHere",
  "sendNow", "sending", "sent", "sentList", "shortRoom", "shrunk", "size", "stopLocating", "take", "unreadable",
  "up", "useThese", "waiting", "waits", "watch", "wipe", "wipeSure", "working", "yourPicture",
];

const parts = [
  import("./screens.js"), import("./draw.js"), import("./controls.js"), import("./html.js"), import("./model.js"),
  import("./evaluate.js"), import("./functions.js"), import("./values.js"), import("./moments.js"), import("./tree.js"),
  import("./filling.js"), import("./choices.js"), import("./checking.js"), import("./submission.js"),
  import("./session.js"), import("./outbox.js"), import("./queue.js"), import("./audit.js"),
];
const holder = document.getElementById("fill");
if (holder && !new URLSearchParams(location.search).has("plain")) {
  const fresh = fetch(holder.dataset.form, { credentials: "omit", redirect: "error" })
    .then((response) => (response.ok ? response.json() : null)).catch(() => null);
  const [{ start }] = await Promise.all(parts);
  start(holder, fresh);
}
