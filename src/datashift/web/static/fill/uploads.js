// Pictures, sounds, films and files. Pictures are made small here; nothing is taken that the phone has no room for.

import { button, fill, freshId, make, show } from "./html.js";
import { ending, fileName, shrink, sizeTold } from "./photo.js";

const ACCEPTED = { image: "image/*", audio: "audio/*", video: "video/*", file: null };

/** A file, and what is known of it. */
export function upload(ask, node) {
  const { kind } = node.field;
  const input = make("input", {
    id: freshId(), type: "file", accept: ACCEPTED[kind],
    capture: node.field.appearances.has("new") ? "environment" : null,
  });
  const told = make("p", { role: "status", class: "small" });
  const known = make("p", { class: "known" });
  const preview = make("img", { alt: ask.words.yourPicture, class: "preview", hidden: true });
  const clear = button(ask.words.removeFile, async () => {
    await ask.dropFile(node);
    input.value = "";
    input.focus();
  }, { class: "plain" });

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    told.textContent = ask.words.working;
    told.textContent = await taken(ask, node, file);
    input.value = "";
  });

  let drawn = null;
  async function follow() {
    const blob = node.text ? await ask.file(node) : null;
    known.textContent = blob ? fill(ask.words.size, { size: sizeTold(blob.size, document.documentElement.lang) })
      : node.text ? ask.words.fileGone : "";
    if (preview.src.startsWith("blob:")) URL.revokeObjectURL(preview.src);
    if (blob && kind === "image") preview.src = URL.createObjectURL(blob);
    show(preview, Boolean(blob) && kind === "image");
  }

  return {
    element: make("div", {}, preview, known, clear, input, told), target: input, grouped: false,
    update() {
      show(clear, node.text !== "" && !node.readonly);
      show(input, !node.readonly);
      if (drawn === node.text) return;
      drawn = node.text;
      follow();
    },
  };
}

/** Take a file in; return what is to be said of it. */
async function taken(ask, node, file) {
  try {
    const image = node.field.kind === "image";
    const blob = image ? await shrink(file, limits(ask, node)) : file;
    await ask.keepFile(node, fileName(image ? "jpg" : ending(file)), blob);
    return image ? fill(ask.words.shrunk, { before: size(file), after: size(blob) }) : "";
  } catch (problem) {
    return problem?.name === "QuotaExceededError" ? ask.words.noRoomFile : ask.words.unreadable;
  }
}

const size = (blob) => sizeTold(blob.size, document.documentElement.lang);

function limits(ask, node) {
  const asked = Number(node.field.parameters["max-pixels"]) || Infinity;
  return { side: Math.min(ask.limits.photo_side, asked), quality: ask.limits.photo_quality };
}
