// One filling-in of a form: answers go in, and what is asked, offered and missing follows. It knows no page. The same
// as Instance on the server (forms/xform/instance.py): tests fill in both alike and compare.

import { faultOf, SILENT } from "./checking.js";
import { choicesOf, labelOf } from "./choices.js";
import { evaluate, takes, walk } from "./evaluate.js";
import { acted, begin, countRepeats, inWords, MOST_REPEATS, spread, without, workOutAll } from "./filling.js";
import { uuid } from "./functions.js";
import { isoDay, isoMoment } from "./moments.js";
import { asXml } from "./submission.js";
import { following, foundAt, graphOf, grown, steps } from "./tree.js";
import { text, truth } from "./values.js";

const PRELOADED = ["start", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid"];

/** A form that is being filled in. What expressions see of the world around them are its members, too. */
export class Model {
  /**
   * @param {object} program the form, as docs/reference/xforms.md describes it
   * @param {{language?: string, now?: function, known?: object, saved?: object, id?: string, state?: object}} around
   * language: a name of the form's languages; known: what the device knows; saved: answers of the last form sent, by
   * path; state: a draft, as `state` gave it
   */
  constructor(program, { language, now = () => new Date(), known = {}, saved = {}, id = "", state = null } = {}) {
    Object.assign(this, { program, now, known, saved, actions: program.actions, version: program.version });
    this.language = language || program.default_language;
    this.graph = graphOf(program);
    this.indexes = new Map();
    this.still = new Map(); // choices that do not change, by field
    const whole = { path: program.root, name: steps(program.root)[0], kind: "group", default: "" };
    this.root = grown(this.graph, whole, null);
    this.instanceId = (state?.id ?? id) || `uuid:${uuid()}`;
    if (state) restore(this.graph, this.root, state.tree);
    else this.firstLoad();
    for (const node of this.ofKind("instanceID")) Object.assign(node, { settled: true, text: this.instanceId });
    workOutAll(this.graph, this);
  }

  // --- what the person does ------------------------------------------------------------------------------------------

  /** Put an answer in, and work out what follows. One that does not fit is kept, and told by `fault`. */
  answer(node, value) {
    if (node.text !== value) this.put(node, value);
  }

  /** Add an instance of a repeat below a node; return it, or null where there are as many as there can be. */
  add(parent, name) {
    const alike = parent.children.get(name);
    const field = this.graph.below.get(parent.field.path).find((one) => one.name === name);
    if (field.repeat_count || alike.length >= MOST_REPEATS) return null;
    alike.push(grown(this.graph, field, parent));
    begin(this.graph, this, alike.at(-1), "odk-new-repeat");
    countRepeats(this.graph, this);
    return alike.at(-1);
  }

  /** Take an instance of a repeat out, with all its answers. */
  remove(node) {
    const alike = node.parent.children.get(node.field.name);
    alike.splice(alike.indexOf(node), 1);
    spread(this.graph, this, without(this.graph, node));
    countRepeats(this.graph, this);
  }

  /** Go on in another language of the form. */
  speak(language) {
    this.language = language;
    spread(this.graph, this, inWords(this.graph, this));
    countRepeats(this.graph, this);
  }

  /** Say that the form is finished, now; name the log of how it was filled in, where the form asks for one. */
  finish(log = "") {
    for (const node of this.ofKind("end")) this.put(node, isoMoment(this.now()));
    for (const node of this.ofKind("audit")) node.text = log;
  }

  // --- what can be asked of it ---------------------------------------------------------------------------------------

  at = (path) => foundAt(this.root, path);
  ofKind = (kind) => [...this.root.below()].filter((node) => node.field.kind === kind);
  isRequired = (node) => this.holds(node.field.required, node);
  isReadonly = (node) => this.holds(node.field.readonly, node);
  choices = (node) => choicesOf(this, node);
  fault = (node) => (node.relevant ? faultOf(this, node) : null);
  xml = () => asXml(this);

  /** All that does not fit yet, in the order of the form. */
  faults() {
    return [...this.root.below()].filter((node) => node.relevant).map((node) => faultOf(this, node)).filter(Boolean);
  }

  /** Whether a field is shown at all. */
  isSeen = ({ kind, path }) => !SILENT.has(kind) && !path.endsWith("/meta") && !path.includes("/meta/");

  /** The file of a label in the current language, or undefined. */
  file(node, kind) {
    const by = node.field.media[kind];
    return by && (by[this.language] || by[this.program.default_language] || Object.values(by)[0]);
  }

  /** A text in the current language, as seen from a node. */
  words(said, node) {
    const told = (part) => (typeof part === "string" ? part : text(evaluate(part, this, node)));
    return this.spoken(said).map(told).join("");
  }

  /** The parts of a text in the current language, else in the form's own, else in any. */
  spoken(said) {
    const found = [this.language, this.program.default_language, ""].find((name) => said[name]?.length);
    return found === undefined ? Object.values(said)[0] ?? [] : said[found];
  }

  /** What is kept of a draft: plain objects that a store can hold. */
  state = () => ({ id: this.instanceId, tree: kept(this.root) });

  // --- what expressions see ------------------------------------------------------------------------------------------

  rows = (name) => this.program.lists[name] ?? [];
  textsOf = (identity) => this.program.texts[identity] ?? {};
  textOf = (identity) => this.words(this.textsOf(identity)[""] ?? {}, this.root);
  choiceLabel = (path, node, code) => labelOf(this, path, node, code);

  matching(name, column, wanted) {
    const key = `${name}\n${column}`;
    if (!this.indexes.has(key)) {
      const index = new Map();
      for (const row of this.rows(name).filter((one) => Object.hasOwn(one, column))) {
        if (!index.has(row[column])) index.set(row[column], []);
        index.get(row[column]).push(row);
      }
      this.indexes.set(key, index);
    }
    return this.indexes.get(key).get(wanted) ?? [];
  }

  // --- inside --------------------------------------------------------------------------------------------------------

  holds = (ast, node) => Boolean(ast) && truth(evaluate(ast, this, node));

  put(node, value) {
    node.text = value;
    this.follow(node);
    const changed = ({ source, events }) => source === node.field.path && events.includes("xforms-value-changed");
    for (const action of this.actions.filter(changed)) {
      for (const target of this.beside(node, action.target)) {
        target.text = acted(action, target, this);
        this.follow(target);
      }
    }
  }

  follow(node) {
    spread(this.graph, this, following(this.graph, node));
    countRepeats(this.graph, this);
  }

  beside(node, target) {
    const [there, here] = [steps(target), steps(node.field.path)];
    const differs = there.findIndex((step, k) => k < here.length && step !== here[k]);
    const shared = differs < 0 ? Math.min(there.length, here.length) : differs;
    return shared ? node.up(shared).at(there.slice(shared)) : [];
  }

  firstLoad() {
    const stamps = { ...this.known, start: isoMoment(this.now()), today: isoDay(this.now()) };
    for (const node of this.root.below()) {
      if (PRELOADED.includes(node.field.kind)) node.text = stamps[node.field.kind] ?? "";
    }
    for (const action of this.actions.filter(({ events }) => events.includes("odk-instance-first-load"))) {
      for (const target of this.root.at(steps(action.target).slice(1))) target.text = acted(action, target, this);
    }
  }
}

/** Return what this script cannot do of a form: kinds of questions and functions. */
export function beyond(program, drawn) {
  const kinds = program.fields.map(({ kind }) => kind)
    .filter((kind) => !["group", "repeat"].includes(kind) && !SILENT.has(kind) && !drawn.has(kind));
  return [...new Set([...kinds, ...expressions(program).flatMap(unknown)])];
}

function expressions(program) {
  const named = ["required", "relevant", "constraint", "calculation", "readonly", "repeat_count"];
  const texts = ["label", "hint", "guidance", "required_message", "constraint_message"];
  const parts = (said) => Object.values(said ?? {}).flat().filter(Array.isArray);
  const fields = program.fields.flatMap((field) => [
    ...named.map((name) => field[name]), field.choices?.nodes, field.choices?.seed,
    ...texts.flatMap((name) => parts(field[name])),
  ]);
  const others = Object.values(program.texts).flatMap((forms) => Object.values(forms).flatMap(parts));
  return [...fields, ...others, ...program.actions.map(({ value }) => value)].filter(Boolean);
}

const unknown = (ast) =>
  [...walk(ast)].filter(([kind, name, given]) => kind === "call" && !takes(name, given.length))
    .map(([, name]) => `${name}()`);

/** Return the paths of the last form sent that the expressions of a form read. */
export const readsSaved = (program) =>
  [...new Set(expressions(program).flatMap((ast) => [...walk(ast)]).filter(([kind]) => kind === "saved")
    .map(([, path]) => path))];

function kept(node) {
  const below = (map) => Object.fromEntries([...map].map(([name, alike]) => [name, alike.map(kept)]));
  return { text: node.text, settled: node.settled, children: below(node.children), parked: below(node.parked) };
}

function restore(graph, node, told) {
  node.text = told.text;
  node.settled = told.settled;
  for (const field of graph.below.get(node.field.path) ?? []) {
    const [now, later] = [told.children[field.name] ?? [], told.parked[field.name] ?? []];
    const made = [...now, ...later].map((one) => {
      const fresh = grown(graph, field, node);
      restore(graph, fresh, one);
      return fresh;
    });
    if (!made.length && field.kind !== "repeat") made.push(grown(graph, field, node)); // new in the form since
    node.children.set(field.name, field.kind === "repeat" ? made.slice(0, now.length) : made);
    node.parked.set(field.name, made.slice(now.length));
  }
}
