// Works out an expression where it stands. The parts of an expression are nested lists, described in
// docs/reference/xforms.md; the server does the same in forms/xform/evaluating.py.

import { FUNCTIONS } from "./functions.js";
import { isoDay, isoMoment } from "./moments.js";
import { compare, isNode, number, text, truth } from "./values.js";

const SPECIAL = {
  if: [3, 3], position: [0, 1], last: [0, 0], today: [0, 0], now: [0, 0], version: [0, 0], property: [1, 1],
  "jr:choice-name": [2, 2], "jr:itext": [1, 1],
};

/**
 * Return what an expression gives at a node: text, number, boolean, or a list of nodes, cells or rows.
 * @param {Array} ast the expression
 * @param {object} world root, now(), known, saved, version, rows(), matching(), choiceLabel(), textOf()
 * @param {object} node where the expression stands
 */
export const evaluate = (ast, world, node) => value(ast, { world, node, item: null, place: 0, size: 0 });

const value = (ast, here) => KINDS[ast[0]](ast, here);

// --- paths -------------------------------------------------------------------------------------------------------------

/** Nodes of the form: the first steps are those of the node itself; nodes that are left out do not count. */
function form([, shared, steps], here) {
  let found;
  if (shared) found = [here.node.up(shared)];
  else found = steps[0][0] === here.world.root.field.name ? [here.world.root] : [];
  for (const [name, ...predicates] of steps.slice(shared || 1)) {
    found = found.flatMap((parent) => parent.children.get(name) ?? []).filter((child) => child.relevant);
    for (const predicate of predicates) found = kept(found, predicate, here);
  }
  return found.filter((node) => node.relevant);
}

function item([, steps], here) {
  let found = [here.item];
  for (const [name, ...predicates] of steps) {
    found = found.flatMap((one) => below(one, name));
    for (const predicate of predicates) found = kept(found, predicate, here);
  }
  return found;
}

function below(one, name) {
  if (one === null || typeof one !== "object") return [];
  if (isNode(one)) return one.children.get(name) ?? [];
  return Object.hasOwn(one, name) ? [one[name]] : [];
}

function list([, name, steps], here) {
  const [[, ...predicates], column] = steps;
  let rows = null;
  if (predicates.length) {
    const [found, left] = lookedUp(name, predicates[0], here);
    rows = found;
    predicates.splice(0, 1, ...left);
  }
  let found = rows ?? here.world.rows(name);
  for (const predicate of predicates) found = kept(found, predicate, here);
  if (!column) return found;
  found = found.filter((row) => Object.hasOwn(row, column[0])).map((row) => row[column[0]]);
  for (const predicate of column.slice(1)) found = kept(found, predicate, here);
  return found;
}

/** Take the rows of `column = text` from an index; return them with what of the predicate is left to be tested. */
function lookedUp(name, predicate, here) {
  const [kind, sign, ...sides] = predicate;
  if (kind === "op" && sign === "and") {
    const [rows, left] = lookedUp(name, sides[0], here);
    return [rows, [...left, ["call", "boolean", [sides[1]]]]];
  }
  if (kind === "op" && sign === "=") {
    for (const [column, other] of [sides, [sides[1], sides[0]]]) {
      const plain = column[0] === "item" && column[1].length === 1 && column[1][0].length === 1;
      if (!plain || readsItem(other)) continue;
      const wanted = value(other, here);
      if (typeof wanted === "string" || oneText(wanted)) {
        return [here.world.matching(name, column[1][0][0], text(wanted)), []];
      }
    }
  }
  return [null, [predicate]];
}

/** Whether some part of an expression stands for the row that is looked at, or calls a function. */
const readsItem = (ast) => [...walk(ast)].some(([kind]) => kind === "item" || kind === "call");

const oneText = (found) => Array.isArray(found) && found.length === 1 && isNode(found[0]) && !found[0].field.counts;

function kept(found, predicate, here) {
  return found.filter((one, k) => {
    const told = value(predicate, { ...here, item: one, place: k + 1, size: found.length });
    return typeof told === "number" ? told === k + 1 : truth(told);
  });
}

// --- operators ---------------------------------------------------------------------------------------------------------

const arithmetic = (work) => (left, right) => work(number(left), number(right));
const sides = (found) => (Array.isArray(found) ? found.map((member) => number([member])) : [number(found)]);
const ordered = (work) => (left, right) => {
  const others = sides(right);
  return sides(left).some((a) => others.some((b) => work(a, b)));
};
const members = (found) => (Array.isArray(found) ? found : []);

const OPERATORS = {
  "=": (a, b) => compare(a, b, true), "!=": (a, b) => compare(a, b, false),
  "<": ordered((a, b) => a < b), "<=": ordered((a, b) => a <= b),
  ">": ordered((a, b) => a > b), ">=": ordered((a, b) => a >= b),
  "+": arithmetic((a, b) => a + b), "-": arithmetic((a, b) => a - b), "*": arithmetic((a, b) => a * b),
  div: arithmetic((a, b) => a / b), mod: arithmetic((a, b) => a % b),
  "|": (a, b) => [...members(a), ...members(b).filter((one) => !members(a).includes(one))],
};

function operation([, sign, left, right], here) {
  if (sign === "and" || sign === "or") {
    const first = truth(value(left, here));
    return first === (sign === "and") ? truth(value(right, here)) : first;
  }
  return OPERATORS[sign](value(left, here), value(right, here));
}

// --- calls -------------------------------------------------------------------------------------------------------------

function call([, name, args], here) {
  if (name === "if") return value(args[truth(value(args[0], here)) ? 1 : 2], here);
  const values = args.map((one) => value(one, here));
  return Object.hasOwn(SPECIAL, name) ? special(name, args, values, here) : FUNCTIONS[name][0](...values);
}

function special(name, args, values, here) {
  const { world } = here;
  switch (name) {
    case "position": return values.length ? members(values[0])[0]?.index ?? NaN : here.place || here.node.index;
    case "last": return here.size;
    case "today": return isoDay(world.now());
    case "now": return isoMoment(world.now());
    case "version": return world.version;
    case "property": return world.known[text(values[0])] ?? "";
    case "jr:itext": return world.textOf(text(values[0]));
    default: return world.choiceLabel(`/${args[1][2].map(([step]) => step).join("/")}`, here.node, text(values[0]));
  }
}

const KINDS = {
  text: ([, told]) => told, number: ([, told]) => told, minus: ([, inner], here) => -number(value(inner, here)),
  form, item, list, saved: ([, path], here) => here.world.saved[path] ?? "", op: operation, call,
};

/** Yield every part of an expression, those in predicates too. */
export function* walk(ast) {
  yield ast;
  for (const part of within(ast)) yield* walk(part);
}

function within(ast) {
  switch (ast[0]) {
    case "op": return ast.slice(2);
    case "call": return ast[2];
    case "minus": return ast.slice(1);
    case "form": case "list": case "item": return ast.at(-1).flatMap((step) => step.slice(1));
    default: return [];
  }
}

/** Whether this script has a function of that name that takes so many arguments. */
export function takes(name, count) {
  const [least, most] = Object.hasOwn(SPECIAL, name) ? SPECIAL[name]
    : Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name].slice(1) : [1, 0];
  return count >= least && count <= most;
}
