// What expressions give: text, numbers, true or false, and sets; and how one becomes another. The same rules as on the
// server (forms/xform/values.py, docs/reference/xforms.md): change both, or none.

import { days } from "./moments.js";

const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;

const NEAR = 1e-12; // numbers that lie nearer are the same, as in JavaRosa: 0.1 + 0.2 is 0.3

/** Words of a text, as a list of choices is kept. */
export const words = (text) => text.split(/[ \t-\r]+/).filter(Boolean);

/** A text without the blanks around it: those of ASCII, as on the server. */
export const trimmed = (text) => text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, "");

/** A node of the form, as against a row or a cell of a list. */
export const isNode = (member) => typeof member === "object" && member?.children instanceof Map;

/** Return the text of one member of a set. */
export function memberText(member) {
  if (typeof member === "string") return member;
  return isNode(member) ? member.text : Object.values(member).join("");
}

/** Return a value as text. */
export function text(value) {
  if (Array.isArray(value)) return value.length ? memberText(value[0]) : "";
  return typeof value === "number" ? numberText(value) : String(value);
}

/** Return a number as text: no exponent, no point where it is whole, NaN, Infinity. */
export function numberText(value) {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value - Math.trunc(value)) < NEAR) return BigInt(Math.trunc(value)).toString();
  const [plain, exponent] = String(value).split("e-");
  if (!exponent) return plain;
  const digits = plain.replace(/[-.]/g, "");
  return `${value < 0 ? "-" : ""}0.${"0".repeat(exponent - 1)}${digits}`;
}

/** Return a value as a number; NaN where it is none. */
export function number(value) {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  const plain = trimmed(text(value));
  return NUMBER.test(plain) ? Number(plain) : plain ? days(plain) : NaN;
}

/** Return a value as true or false: of a set, its first node; a number that is not 0; a text that is not empty. */
export function truth(value) {
  if (Array.isArray(value)) return value.length > 0 && truth(atom(value[0]));
  if (typeof value === "string") return value !== "";
  return Math.abs(value) > NEAR;
}

/** Return a member of a set as it is compared: a question for numbers as a number, all else as text. */
function atom(member) {
  const plain = memberText(member);
  const counts = typeof member !== "string" && isNode(member) && member.field.counts;
  return counts && NUMBER.test(trimmed(plain)) ? Number(plain) : plain;
}

const atoms = (value) => (Array.isArray(value) ? (value.length ? value.map(atom) : [""]) : [value]);

/** Whether some member of one value equals (or, with same false, differs from) some member of the other. */
export function compare(left, right, same) {
  if (typeof left === "boolean" || typeof right === "boolean") return (truth(left) === truth(right)) === same;
  const others = atoms(right);
  return atoms(left).some((a) => others.some((b) => alike(a, b) === same));
}

function alike(left, right) {
  if (typeof left === "string" && typeof right === "string") return left === right;
  const [a, b] = [number(left), number(right)];
  return a === b || Math.abs(a - b) < NEAR;
}

/** Return the texts of all members of all values. */
export const texts = (values) =>
  values.flatMap((value) => (Array.isArray(value) ? value.map(memberText) : [text(value)]));

/** Return the sum of numbers with one rounding only, at the end (Shewchuk 1997), as the server adds. */
export function exactSum(numbers) {
  const partials = [];
  for (let x of numbers) {
    if (!Number.isFinite(x)) return numbers.reduce((a, b) => a + b, 0);
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  return roundedOnce(partials);
}

function roundedOnce(partials) {
  let n = partials.length;
  if (!n) return 0;
  let high = partials[--n], low = 0;
  while (n > 0) {
    const [x, y] = [high, partials[--n]];
    high = x + y;
    low = y - (high - x);
    if (low) break;
  }
  const halfway = n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0));
  if (!halfway) return high;
  const next = high + 2 * low;
  return 2 * low === next - high ? next : high;
}
