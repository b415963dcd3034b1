// Works out a form that is being filled in: what is asked, what is calculated, how often a group repeats. The same, in
// the same order, as on the server (forms/xform/filling.py).

import { evaluate, walk } from "./evaluate.js";
import { dayText, momentText } from "./moments.js";
import { following, grown, Node, own, steps } from "./tree.js";
import { number, numberText, text, truth } from "./values.js";

export const MOST_REPEATS = 500;
const ROUNDS = 8;

/** Work out everything once, in order, then the number of repeats. */
export function workOutAll(graph, world) {
  for (const [what, path] of graph.order) {
    for (const node of world.root.at(steps(path).slice(1))) {
      if (what === "relevant") node.relevant = isRelevant(node, world);
      else if (!node.settled) calculate(node, world);
    }
  }
  countRepeats(graph, world);
}

/** Work out what is in `seeds` ([rank, node]) and all that follows from what changes, each after what it reads. */
export function spread(graph, world, seeds) {
  const waiting = [];
  const add = (found, beyond) => {
    for (const [rank, node] of found) if (rank > beyond) (waiting[rank] ??= new Set()).add(node);
  };
  add(seeds, -1);
  for (let rank = 0; rank < waiting.length; rank += 1) {
    for (const node of waiting[rank] ?? []) {
      if (graph.order[rank][0] === "calculation") {
        if (calculate(node, world)) add(following(graph, node), rank);
      } else if (isRelevant(node, world) !== node.relevant) {
        node.relevant = !node.relevant;
        add(following(graph, node), rank);
        for (const alike of node.children.values()) {
          add(alike.map((child) => [graph.rank.get(`relevant ${child.field.path}`), child]), rank);
        }
      }
    }
  }
}

/** Give each repeat as many instances as its count says. Those too many are parked, not lost. */
export function countRepeats(graph, world) {
  const counted = graph.fields.filter((field) => field.repeat_count);
  for (let round = 0; round < (counted.length ? ROUNDS : 0); round += 1) {
    if (!counted.map((field) => recount(field, graph, world)).some(Boolean)) return;
  }
}

function recount(field, graph, world) {
  let changed = false;
  for (const parent of world.root.at(steps(field.path).slice(1, -1))) {
    const wanted = wantedRepeats(field, parent, world);
    const alike = parent.children.get(field.name);
    if (!parent.parked.has(field.name)) parent.parked.set(field.name, []);
    const parked = parent.parked.get(field.name);
    changed ||= wanted !== alike.length;
    while (alike.length > wanted) {
      parked.unshift(alike.pop());
      spread(graph, world, without(graph, parked[0]));
    }
    while (alike.length < wanted) {
      const fresh = !parked.length;
      alike.push(fresh ? grown(graph, field, parent) : parked.shift());
      begin(graph, world, alike.at(-1), fresh ? "odk-new-repeat" : "");
    }
  }
  return changed;
}

function wantedRepeats(field, parent, world) {
  const told = number(evaluate(field.repeat_count, world, new Node(field, parent)));
  return Number.isFinite(told) ? Math.trunc(Math.max(0, Math.min(told, MOST_REPEATS))) : 0;
}

/** Set what actions set in a new instance of a repeat, then work out it and all that follows. */
export function begin(graph, world, node, event) {
  const inside = [...node.below()];
  for (const action of world.actions.filter(({ events }) => event && events.includes(event))) {
    const targets = inside.filter((one) => one.field.path === action.target);
    for (const target of targets) target.text = acted(action, target, world);
  }
  spread(graph, world, inside.flatMap((one) => [...own(graph, one), ...following(graph, one)]));
}

/** Return what is to be worked out when an instance is gone: what read it, and what knows its own position. */
export function without(graph, gone) {
  const found = [...gone.below()].flatMap((node) => following(graph, node, gone.depth));
  for (const alike of gone.parent.children.get(gone.field.name)) {
    for (const node of alike.below()) if (knowsPlace(node.field)) found.push(...own(graph, node));
  }
  return found;
}

const knowsPlace = (field) =>
  [field.relevant, field.calculation].some(
    (ast) => ast && [...walk(ast)].some(([kind, name]) => kind === "call" && name === "position"),
  );

/** Return what is to be worked out when the language changes. */
export const inWords = (graph, world) =>
  graph.order.flatMap(([what, path], rank) => {
    const ast = graph.byPath.get(path)[what];
    const told = ast && [...walk(ast)].some(([kind, name]) => kind === "call" && /^jr:(choice-name|itext)$/.test(name));
    return told ? world.root.at(steps(path).slice(1)).map((node) => [rank, node]) : [];
  });

/** Return what an action sets its target to. */
export function acted(action, target, world) {
  if (action.value[0] === "text") return action.value[1];
  return asAnswer(target.field, evaluate(action.value, world, target));
}

function isRelevant(node, world) {
  if (node.parent && !node.parent.relevant) return false;
  return !node.field.relevant || truth(evaluate(node.field.relevant, world, node));
}

function calculate(node, world) {
  const { field } = node;
  if (!field.calculation || (node.settled && !field.readsOthers && !field.inWords)) return false;
  const before = node.text;
  node.text = asAnswer(field, evaluate(field.calculation, world, node));
  node.settled ||= !field.readsOthers;
  return node.text !== before;
}

/** Return what an expression gave as the text of a field of its type; what is not a number is blank. */
function asAnswer(field, value) {
  const plain = text(value);
  if (Number.isNaN(value)) return "";
  if (field.counts) {
    const told = number(value);
    if (!Number.isFinite(told)) return plain;
    return numberText(field.type === "decimal" ? told : Math.trunc(told));
  }
  const given = typeof value === "number" ? value : plain;
  if (field.type === "date") return dayText(given) || plain;
  return field.type === "dateTime" ? momentText(given) || plain : plain;
}
