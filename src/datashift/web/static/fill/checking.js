// What does not fit yet: blanks that are needed, answers that break a rule. As forms/xform/checking.py.

import { codesOf } from "./choices.js";
import { evaluate } from "./evaluate.js";
import { MOST_REPEATS } from "./filling.js";
import { positions } from "./functions.js";
import { asDay, asMoment, asTime } from "./moments.js";
import { number, trimmed, truth, words } from "./values.js";

const isNumber = (text) => !Number.isNaN(number(text)) && asDay(text) === null && !asMoment(text);
const isPlace = (text) => positions([text])?.length;

const FITS = {
  integer: [(text) => /^-?\d+$/.test(text), "xform.whole-number"],
  decimal: [isNumber, "xform.a-number"], range: [isNumber, "xform.a-number"],
  date: [(text) => asDay(text) !== null, "xform.a-date"], time: [asTime, "xform.a-time"],
  dateTime: [asMoment, "xform.a-moment"],
  geopoint: [isPlace, "xform.a-place"], geotrace: [isPlace, "xform.a-place"], geoshape: [isPlace, "xform.a-place"],
};

/** Kinds that nobody sees. */
export const SILENT = new Set([
  "start", "end", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid", "instanceID",
  "calculate", "hidden", "audit", "start-geopoint", "background-geopoint", "background-audio",
]);

/** Return what does not fit at one node that is asked now: {path, code, text}; null where all is well. */
export function faultOf(model, node) {
  const { field } = node;
  if (field.kind === "repeat" && field.repeat_count && node.parent.children.get(field.name).length >= MOST_REPEATS) {
    return fault(model, node, "xform.many-repeats", { path: field.name, most: MOST_REPEATS });
  }
  if (["group", "repeat"].includes(field.kind) || SILENT.has(field.kind)) return null;
  if (!trimmed(node.text)) return model.isRequired(node) ? fault(model, node, "xform.required") : null;
  return ofAnswer(model, node);
}

function ofAnswer(model, node) {
  const { field } = node;
  const [fits, code] = FITS[field.kind] ?? [];
  if (code && !fits(trimmed(node.text))) return fault(model, node, code);
  const [start = "", end = ""] = [field.parameters.start, field.parameters.end];
  if (field.kind === "range" && !within(number(node.text), number(start), number(end))) {
    return fault(model, node, "xform.between", { start, end });
  }
  if (["select_one", "select_multiple", "rank"].includes(field.kind) && field.choices && !isOffered(model, node)) {
    return fault(model, node, "xform.not-offered");
  }
  if (field.constraint && !truth(evaluate(field.constraint, model, node))) {
    return fault(model, node, "xform.constraint");
  }
  return null;
}

const within = (told, start, end) => !(told < Math.min(start, end) || told > Math.max(start, end));

function isOffered(model, node) {
  const chosen = node.field.kind === "select_one" ? [node.text] : words(node.text);
  const codes = new Set(codesOf(model, node));
  return chosen.every((code) => codes.has(code));
}

function fault(model, node, code, facts = {}) {
  const { required_message: needed = {}, constraint_message: rule = {} } = node.field;
  const said = model.words({ "xform.required": needed, "xform.constraint": rule }[code] ?? {}, node);
  const told = (model.program.messages[code] ?? code).replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
  return { path: node.path, code, text: said || told };
}
