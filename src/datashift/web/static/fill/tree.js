// The answers as a tree: one node for each place of the form, repeats with their instances; and what follows from what.
// The same as on the server: forms/xform/nodes.py and graph.py.

import { walk } from "./evaluate.js";

const NUMBERS = ["int", "integer", "decimal"];
const IN_WORDS = ["jr:choice-name", "jr:itext"];

/** One place: its field, what is around and below it, its answer, and whether it is asked now. */
export class Node {
  constructor(field, parent) {
    this.field = field;
    this.parent = parent;
    this.depth = parent ? parent.depth + 1 : 1;
    this.children = new Map();
    this.parked = new Map(); // instances that the count of a repeat does not need now
    this.text = field.default;
    this.relevant = true;
    this.settled = false; // a calculation that reads nothing else has been done
  }

  /** Its number among the instances of its repeat, from 1. */
  get index() {
    return this.parent ? this.parent.children.get(this.field.name).indexOf(this) + 1 : 1;
  }

  /** Its path, with the number of each instance: /data/household[2]/name. */
  get path() {
    const number = this.field.kind === "repeat" ? `[${this.index}]` : "";
    return `${this.parent?.path ?? ""}/${this.field.name}${number}`;
  }

  /** The node around it (or itself) with so many steps from the root, which has 1. */
  up(depth) {
    return this.depth > depth && this.parent ? this.parent.up(depth) : this;
  }

  /** It and everything below it, in order. */
  * below() {
    yield this;
    for (const alike of this.children.values()) for (const child of alike) yield* child.below();
  }

  /** All nodes reached by following names of steps. */
  at(names) {
    return names.reduce((found, name) => found.flatMap((node) => node.children.get(name) ?? []), [this]);
  }
}

/** Return the names of the steps of a path. */
export const steps = (path) => path.replace(/^\//, "").split("/");

/** Return what a form is made of: its fields, what stands below what, and in which order things are worked out. */
export function graphOf(program) {
  const fields = program.fields.map(prepared);
  const below = new Map();
  for (const field of fields) {
    const above = field.path.slice(0, field.path.lastIndexOf("/"));
    below.set(above, [...(below.get(above) ?? []), field]);
  }
  return {
    fields, below, byPath: new Map(fields.map((field) => [field.path, field])), order: program.order,
    rank: new Map(program.order.map(([what, path], place) => [`${what} ${path}`, place])),
    readers: new Map(Object.entries(program.readers)),
  };
}

function prepared(told) {
  const parts = told.calculation ? [...walk(told.calculation)] : [];
  return {
    appearance: "", default: "", parameters: {}, media: {}, namespace: "", label: {}, hint: {}, guidance: {}, ...told,
    counts: NUMBERS.includes(told.type), appearances: new Set((told.appearance ?? "").split(/\s+/)),
    readsOthers: parts.some(([kind]) => kind === "form"),
    inWords: parts.some(([kind, name]) => kind === "call" && IN_WORDS.includes(name)),
  };
}

/** Return a node with everything below it; repeats as often as the form itself has them. */
export function grown(graph, field, parent) {
  const node = new Node(field, parent);
  for (const inner of graph.below.get(field.path) ?? []) {
    const times = inner.repeat_count ? 0 : inner.kind === "repeat" ? inner.repeats : 1;
    node.children.set(inner.name, Array.from({ length: times }, () => grown(graph, inner, node)));
  }
  return node;
}

/** Return [rank, node] of everything that reads a node; with `outside`, only what shares fewer steps with it. */
export function following(graph, node, outside = 0) {
  const found = [];
  for (const [what, path, shared] of graph.readers.get(node.field.path) ?? []) {
    if (!shared || (outside && shared >= outside)) continue;
    const rank = graph.rank.get(`${what} ${path}`);
    for (const one of node.up(shared).at(steps(path).slice(shared))) found.push([rank, one]);
  }
  return found;
}

/** Return [rank, node] of what is worked out for a node itself. */
export const own = (graph, node) =>
  ["relevant", "calculation"].map((what) => [graph.rank.get(`${what} ${node.field.path}`), node])
    .filter(([rank]) => rank !== undefined);

/** Return the node at a path such as /data/household[2]/name, or null. Without a number it is the first. */
export function foundAt(root, path) {
  const [first, ...rest] = steps(path);
  if (first !== root.field.name) return null;
  let node = root;
  for (const step of rest) {
    const told = /^([^[\]]+)(?:\[(\d+)\])?$/.exec(step);
    node = told ? node.children.get(told[1])?.[Number(told[2] ?? 1) - 1] : null;
    if (!node) return null;
  }
  return node;
}
