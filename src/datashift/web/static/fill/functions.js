// The functions of expressions, as the server has them (forms/xform/functions.py): name -> [work, least, most].

import { clock, dayText, formatted, instant, momentText } from "./moments.js";
import { exactSum, number, numberText, text, texts, trimmed, truth, words } from "./values.js";

const MANY = 1000;
const LONGEST = 10_000; // signs of a text that a pattern is tried on
const DEGREES = /^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const RADIUS = 6_378_100; // metres from the centre of the Earth, as ODK Collect has it
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const known = (values) => texts(values).map(number).filter((one) => !Number.isNaN(one)); // blanks are left out
const whole = (value) => Math.trunc(number(value)) + 0;
const moment = (value) => (typeof value === "number" ? value : trimmed(text(value)));

/** A function of numbers that gives NaN where mathematics has no answer. */
const safe = (work) => (...values) => {
  const given = values.map(number);
  const made = work(...given);
  return Number.isFinite(made) || given.some((one) => !Number.isFinite(one)) ? made + 0 : NaN;
};
const finite = (work) => safe((value) => (Number.isFinite(value) ? work(value) : NaN));
const positive = (work) => safe((value) => (value > 0 ? work(value) : NaN));

function substring(value, start, length = Infinity) {
  const rounded = (given) => ((exact) => (Number.isFinite(exact) ? Math.floor(exact + 0.5) : exact))(number(given));
  const first = rounded(start);
  const last = first + rounded(length);
  return [...text(value)].filter((_, k) => first <= k + 1 && k + 1 < last).join("");
}

function substr(value, start, end) {
  const plain = [...text(value)];
  const ends = [whole(start), end === undefined ? plain.length : whole(end)];
  if (ends.some(Number.isNaN)) return "";
  const [from, to] = ends.map((at) => Math.max(0, Math.min(plain.length, at < 0 ? at + plain.length : at)));
  return plain.slice(from, to).join("");
}

function translate(value, old, given) {
  const wanted = new Map();
  [...text(old)].forEach((sign, k) => wanted.has(sign) || wanted.set(sign, [...text(given)][k] ?? ""));
  return [...text(value)].map((sign) => wanted.get(sign) ?? sign).join("");
}

/** Round half up, by the decimal digits that one sees and not by the binary ones below them. */
function round(value, places = 0) {
  const [exact, shift] = [number(value), number(places)];
  if (!Number.isFinite(exact) || !Number.isFinite(shift) || Math.abs(shift) > 30) return exact;
  const [mantissa, exponent = "0"] = exact.toExponential().split("e");
  const [ahead, behind = ""] = mantissa.split(".");
  const below = Number(exponent) - behind.length + Math.trunc(shift);
  if (below >= 0) return exact;
  const unit = 10n ** BigInt(-below);
  const raised = BigInt(ahead + behind) + unit / 2n;
  const cut = raised / unit - (raised < 0n && raised % unit !== 0n ? 1n : 0n);
  return Number(`${cut}e${-Math.trunc(shift)}`) + 0;
}

function selectedAt(answers, place) {
  const at = whole(place);
  return (at >= 0 && words(text(answers))[at]) || "";
}

const patterns = new Map();
function regex(value, asked) {
  const pattern = text(asked);
  if (!patterns.has(pattern)) patterns.set(pattern, compiled(pattern));
  const plain = text(value);
  return plain.length <= LONGEST && Boolean(patterns.get(pattern)?.test(plain));
}

function compiled(pattern) {
  const [, flag = "", rest] = /^(\(\?i\))?([^]*)$/.exec(pattern);
  for (const more of ["u", ""]) {
    try {
      return new RegExp(`^(?:${rest})$`, flag ? `i${more}` : more);
    } catch { /* stricter with u: try without */ }
  }
  return null;
}

function decoded(value) {
  try {
    const signs = text(value);
    if (signs.length % 4 || /\s/.test(signs)) return "";
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(Uint8Array.from(atob(signs), (sign) => sign.charCodeAt(0)));
  } catch {
    return "";
  }
}

/** Return a random id (version 4); with a length, so many random letters and digits. */
export function uuid(length) {
  if (length !== undefined) {
    const wanted = Math.trunc(number(length));
    if (!(wanted > 0 && wanted <= MANY)) return "";
    return Array.from(crypto.getRandomValues(new Uint32Array(wanted)), (one) => SIGNS[one % SIGNS.length]).join("");
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const between = (value, least, most) =>
  (number(least) < 0 || value >= number(least)) && (number(most) < 0 || value <= number(most));
const each = (value) => (Array.isArray(value) ? value.map((member) => [member]) : [value]);

function weighted(least, most, ...given) {
  const [first, second] = given.map(each);
  const sets = given.length === 2 && Array.isArray(given[0]) && Array.isArray(given[1]);
  const tests = sets ? first.flatMap((test, k) => [test, second[k] ?? 0]) : given;
  let weight = 0;
  for (let k = 0; k + 1 < tests.length; k += 2) if (truth(tests[k])) weight += number(tests[k + 1]);
  return between(weight, least, most);
}

const extreme = (choose) => (...values) => {
  const found = known(values);
  return found.length ? choose(...found) : NaN;
};

function grouped(value) {
  const exact = number(value);
  const [ahead, behind] = numberText(Math.abs(exact)).split(".");
  if (!/^\d+$/.test(ahead)) return text(value);
  return `${exact < 0 ? "-" : ""}${ahead.replace(/\B(?=(\d{3})+$)/g, ",")}${behind ? `.${behind}` : ""}`;
}

// --- positions ---------------------------------------------------------------------------------------------------------

const radians = (degrees) => (degrees * Math.PI) / 180;

/** Return [latitude, longitude] of texts such as `lat lon alt acc;…`; null where one is no position. */
export function positions(told) {
  const found = told.flatMap((one) => one.split(";")).map(trimmed).filter(Boolean)
    .map((one) => words(one).slice(0, 2).map((part) => (DEGREES.test(part) ? Number(part) : NaN)));
  const right = ([latitude, longitude]) => Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return found.every(right) ? found : null;
}

function apart([y, x], [toY, toX]) {
  const [up, across] = [radians(toY - y), radians(toX - x)];
  const half = Math.sin(up / 2) ** 2 + Math.cos(radians(y)) * Math.cos(radians(toY)) * Math.sin(across / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(half)));
}

function distance(...values) {
  const line = positions(texts(values));
  return line ? exactSum(line.slice(1).map((one, k) => apart(line[k], one))) : NaN;
}

function area(...values) {
  const shape = positions(texts(values));
  if (!shape) return NaN;
  if (shape.length < 3) return 0;
  const around = (2 * Math.PI * RADIUS) / 360;
  const [first] = shape;
  const flat = [...shape, first]
    .map(([y, x]) => [(y - first[0]) * around, (x - first[1]) * around * Math.cos(radians(y))]);
  return Math.abs(exactSum(flat.slice(1).map(([y, x], k) => (flat[k][0] * x - y * flat[k][1]) / 2)));
}

const before = (a, b) => (text(a).includes(text(b)) ? text(a).slice(0, text(a).indexOf(text(b))) : "");
const after = (a, b) => (text(a).includes(text(b)) ? text(a).slice(text(a).indexOf(text(b)) + text(b).length) : "");
const shaped = (value, pattern) => formatted(moment(value), text(pattern));

/** Functions that need their arguments only. */
export const FUNCTIONS = {
  pow: [safe((x, y) => (x === 1 ? 1 : x ** y)), 2, 2], log: [positive(Math.log), 1, 1],
  log10: [positive(Math.log10), 1, 1], exp: [safe(Math.exp), 1, 1], sqrt: [safe(Math.sqrt), 1, 1],
  abs: [safe(Math.abs), 1, 1], sin: [safe(Math.sin), 1, 1], cos: [safe(Math.cos), 1, 1], tan: [safe(Math.tan), 1, 1],
  asin: [safe(Math.asin), 1, 1], acos: [safe(Math.acos), 1, 1], atan: [safe(Math.atan), 1, 1],
  atan2: [safe(Math.atan2), 2, 2], floor: [finite(Math.floor), 1, 1], ceiling: [finite(Math.ceil), 1, 1],
  exp10: [safe((x) => 10 ** x), 1, 1],
  selected: [(answers, code) => words(text(answers)).includes(trimmed(text(code))), 2, 2],
  "selected-at": [selectedAt, 2, 2],
  "count-selected": [(answers) => words(text(answers)).length, 1, 1],
  count: [(nodes) => (Array.isArray(nodes) ? nodes.length : 0), 1, 1],
  "count-non-empty": [(nodes) => texts([nodes]).filter((one) => one !== "").length, 1, 1],
  sum: [(...values) => known(values).reduce((a, b) => a + b, 0), 1, MANY],
  min: [extreme(Math.min), 1, MANY], max: [extreme(Math.max), 1, MANY],
  join: [(sign, ...values) => texts(values).join(text(sign)), 1, MANY],
  concat: [(...values) => texts(values).join(""), 0, MANY],
  coalesce: [(first, second) => (text(first) === "" || Number.isNaN(first) ? second : first), 2, 2],
  substr: [substr, 2, 3], substring: [substring, 2, 3],
  "substring-before": [before, 2, 2], "substring-after": [after, 2, 2],
  "string-length": [(value) => [...text(value)].length, 1, 1],
  contains: [(a, b) => text(a).includes(text(b)), 2, 2],
  "starts-with": [(a, b) => text(a).startsWith(text(b)), 2, 2],
  "ends-with": [(a, b) => text(a).endsWith(text(b)), 2, 2],
  translate: [translate, 3, 3],
  "normalize-space": [(value) => words(text(value)).join(" "), 1, 1],
  regex: [regex, 2, 2], string: [text, 1, 1], number: [number, 1, 1], boolean: [truth, 1, 1],
  not: [(value) => !truth(value), 1, 1], true: [() => true, 0, 0], false: [() => false, 0, 0],
  "boolean-from-string": [(value) => ["true", "1"].includes(text(value).toLowerCase()), 1, 1],
  int: [whole, 1, 1], round: [round, 1, 2], pi: [() => Math.PI, 0, 0], random: [Math.random, 0, 0], uuid: [uuid, 0, 1],
  date: [(value) => dayText(moment(value)), 1, 1], "date-time": [(value) => momentText(moment(value)), 1, 1],
  "decimal-date-time": [(value) => instant(trimmed(text(value))), 1, 1],
  "decimal-time": [(value) => clock(trimmed(text(value))), 1, 1],
  "format-date": [shaped, 2, 2], "format-date-time": [shaped, 2, 2],
  "base64-decode": [decoded, 1, 1], area: [area, 1, MANY], distance: [distance, 1, MANY],
  checklist: [(least, most, ...tests) => between(tests.flatMap(each).filter(truth).length, least, most), 3, MANY],
  "weighted-checklist": [weighted, 4, MANY], "thousands-sep": [grouped, 1, 1],
};

