// The choices of a question as they are now: filtered, in their order, in words. As forms/xform/choices.py.

import { evaluate } from "./evaluate.js";
import { steps } from "./tree.js";
import { isNode, number, text } from "./values.js";

const MODULUS = 2 ** 31 - 1;
const NOT_FILES = ["", "guidance", "short", "long"];

/** Return the codes that a question offers now. */
export const codesOf = (model, node) => membersOf(model, node).map(([code]) => code);

/** Return the choices that a question offers now, as they are shown: [{value, label, image, …}]. */
export function choicesOf(model, node) {
  const { choices } = node.field;
  if (!choices) return [];
  const known = model.still.get(node.field);
  if (known?.language === model.language) return known.found;
  const found = membersOf(model, node).map(([code, member]) => choice(model, node, code, member));
  if (isStill(model, choices)) model.still.set(node.field, { language: model.language, found });
  return choices.shuffled ? shuffled(found, seedOf(model, node)) : found;
}

/** Whether choices are always the same in one language: a whole list, in its order, with words that nothing changes. */
function isStill(model, { nodes: [kind, name, path], shuffled: mixed, label, label_is_text: named }) {
  if (kind !== "list" || path.length > 1 || path[0].length > 1 || mixed) return false;
  const texts = named ? model.rows(name).map((row) => model.textsOf(row[label] ?? "")[""] ?? {}) : [];
  return texts.every((said) => Object.values(said).flat().every((part) => typeof part === "string"));
}

/** Return the label of one choice of the question at an abstract path, as seen from a node. */
export function labelOf(model, path, node, code) {
  const asked = nearest(model, path, node);
  const [, member] = (asked?.field.choices && membersOf(model, asked).find(([other]) => other === code)) || [];
  return member === undefined ? "" : choice(model, asked, code, member).label;
}

function nearest(model, path, node) {
  const [there, here] = [steps(path), steps(node.field.path)];
  const differs = there.findIndex((step, k) => k < here.length && step !== here[k]);
  const shared = differs < 0 ? Math.min(there.length, here.length) : differs;
  return (shared ? node.up(shared) : model.root).at(there.slice(Math.max(shared, 1)))[0] ?? null;
}

function membersOf(model, node) {
  const { choices } = node.field;
  const found = choices ? evaluate(choices.nodes, model, node) : [];
  const members = Array.isArray(found) ? found : [];
  return members.map((member) => [cell(member, choices.value), member]).filter(([code]) => code);
}

function cell(member, column) {
  if (typeof member === "string") return "";
  if (isNode(member)) return member.children.get(column.replace(/^\.\//, ""))?.[0]?.text ?? "";
  return Object.hasOwn(member, column) ? member[column] : "";
}

function choice(model, node, code, member) {
  const { choices } = node.field;
  const told = cell(member, choices.label);
  if (!choices.label_is_text) return { value: code, label: told || code };
  const said = model.textsOf(told);
  const files = Object.entries(said).filter(([kind]) => !NOT_FILES.includes(kind))
    .map(([kind, by]) => [kind, String(model.spoken(by)[0] ?? "")]);
  return { ...Object.fromEntries(files), value: code, label: model.words(said[""] ?? {}, node) || code };
}

function seedOf(model, node) {
  const { seed } = node.field.choices;
  if (!seed) return crc32(`${model.instanceId}${node.path}`);
  const told = evaluate(seed, model, node);
  return Number.isFinite(number(told)) ? Math.trunc(number(told)) : crc32(text(told));
}

/** Return a list in the order that ODK's randomize() gives it: Fisher and Yates with Park and Miller's numbers. */
export function shuffled(found, seed) {
  let state = ((seed % MODULUS) + MODULUS) % MODULUS || MODULUS - 1;
  const made = [...found];
  for (let last = made.length - 1; last > 0; last -= 1) {
    state = (state * 16807) % MODULUS;
    const place = Math.trunc(((state - 1) / (MODULUS - 1)) * (last + 1));
    [made[last], made[place]] = [made[place], made[last]];
  }
  return made;
}

function crc32(plain) {
  let crc = -1;
  for (const byte of new TextEncoder().encode(plain)) {
    crc ^= byte;
    for (let k = 0; k < 8; k += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}
