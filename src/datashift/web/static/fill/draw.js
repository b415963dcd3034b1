// Draws a form that is being filled in: questions, groups, repeats, and what does not fit yet. Everything is made once
// and then follows the model.

import { control } from "./controls.js";
import { button, fill, freshId, make, mark, say, show, sure } from "./html.js";
import { Node } from "./tree.js";

/**
 * Draw a form.
 * @param {object} ask model, words, and what a question needs of its surroundings (fill.js says what)
 * @returns {{element: Element, update: function, at: function}} `at(path)` gives the question at a path
 */
export function drawForm(ask) {
  const questions = new Map();
  const root = holder({ ...ask, questions }, ask.model.root, 2);
  root.element.addEventListener("focusin", ({ target }) => {
    const found = questions.get(target.closest(".question"));
    if (found) ask.audit.visit(found.node.path, found.node.text);
  });
  root.element.addEventListener("focusout", ({ target, relatedTarget }) => {
    const found = questions.get(target.closest(".question"));
    if (found && !found.element.contains(relatedTarget)) ask.audit.leave(found.node.text);
  });
  return {
    element: root.element, update: root.update,
    at: (path) => [...questions.values()].find(({ node, element }) => node.path === path && element.isConnected),
  };
}

/** Everything below a node, in order. */
function holder(ask, node, level) {
  const fields = (ask.model.graph.below.get(node.field.path) ?? []).filter(ask.model.isSeen);
  const views = fields.map((field) => {
    if (field.kind === "repeat") return series(ask, node, field, level);
    const [child] = node.children.get(field.name);
    return field.kind === "group" ? group(ask, child, level) : question(ask, child);
  });
  const element = make("div", {}, ...views.map((view) => view.element));
  return { element, update: () => views.map((view) => view.update()).some(Boolean) };
}

/** A group: a heading where it has one, and what is in it. */
function group(ask, node, level) {
  const name = freshId();
  const titled = Object.keys(node.field.label).length > 0;
  const heading = make(`h${Math.min(level, 6)}`, { id: name });
  const inside = holder(ask, node, titled ? level + 1 : level);
  const element = titled ? make("section", { "aria-labelledby": name, class: "group" }, heading, inside.element)
    : inside.element;
  return {
    element,
    update() {
      const shown = node.relevant && inside.update();
      if (titled) say(heading, ask.model.words(node.field.label, node), ask.code());
      show(element, shown);
      return shown;
    },
  };
}

/** A repeat: its instances, and buttons to add one and to take one out, unless their number follows from answers. */
function series(ask, parent, field, level) {
  const views = new Map();
  const rows = make("div");
  const called = () => ask.model.words(field.label, new Node(field, parent)) || ask.words.entry;
  const more = button("", () => {
    const node = ask.model.add(parent, field.name);
    if (!node) return;
    ask.audit.event("add repeat", node.path);
    ask.changed();
    ask.follow();
    views.get(node).heading.focus();
  });
  const element = make("div", { class: "series" }, rows, field.repeat_count ? null : more);

  async function remove(node) {
    const what = views.get(node).heading.textContent;
    if (!(await sure(fill(ask.words.removeSure, { what }), ask.words.remove, ask.words.keep))) return;
    ask.audit.event("delete repeat", node.path);
    ask.model.remove(node);
    ask.changed();
    ask.follow();
    more.focus();
  }

  return {
    element,
    update() {
      if (parent.relevant) say(more, fill(ask.words.add, { what: called() }));
      const nodes = parent.children.get(field.name);
      for (const node of nodes) if (!views.has(node)) views.set(node, instance(ask, node, level, remove));
      const wanted = nodes.map((node) => views.get(node).element);
      if (wanted.some((one, k) => rows.children[k] !== one) || rows.children.length !== wanted.length) {
        rows.replaceChildren(...wanted);
      }
      const shown = nodes.map((node) => views.get(node).update(called())).some(Boolean);
      const free = !field.repeat_count && parent.relevant && (!nodes.length || shown);
      show(more, free);
      show(element, shown || free);
      return shown || free;
    },
  };
}

function instance(ask, node, level, remove) {
  const name = freshId();
  const heading = make(`h${Math.min(level, 6)}`, { id: name, tabindex: -1 });
  const inside = holder(ask, node, level + 1);
  const less = node.field.repeat_count ? null
    : button(ask.words.remove, () => remove(node), { class: "plain", "aria-describedby": name });
  const element = make("section", { "aria-labelledby": name, class: "group" }, heading, inside.element, less);
  return {
    element, heading,
    update(called) {
      const shown = node.relevant && inside.update();
      const own = ask.model.words(node.field.label, node) || called;
      if (shown) say(heading, fill(ask.words.nth, { what: own, n: node.index }), ask.code());
      show(element, shown);
      return shown;
    },
  };
}

// --- one question ----------------------------------------------------------------------------------------------------

/** One question, or a note. */
function question(ask, node) {
  const parts = {
    text: make("span"), must: make("span", { class: "must", hidden: true }, ` ${ask.words.must}`),
    hint: make("p", { class: "hint", id: freshId(), hidden: true }),
    error: make("p", { class: "error", id: freshId(), hidden: true }),
    media: make("div", { class: "media" }),
  };
  const view = node.field.kind === "note" ? note(parts) : asked(ask, node, parts);
  view.element.dataset.path = node.path;
  const made = { node, ...view, judged: false };
  ask.questions.set(view.element, made);
  let pictured = null;
  made.update = () => {
    show(view.element, node.relevant);
    if (!node.relevant) return false;
    const { model } = ask;
    Object.assign(node, { required: model.isRequired(node), readonly: model.isReadonly(node) });
    say(parts.text, model.words(node.field.label, node), ask.code());
    say(parts.hint, model.words(node.field.hint, node), ask.code());
    show(parts.hint, parts.hint.textContent !== "");
    show(parts.must, node.required);
    if (pictured !== model.language) parts.media.replaceChildren(...files(ask, node));
    pictured = model.language;
    view.control?.update();
    tell(ask, made, parts);
    return true;
  };
  return made;
}

/** Say at the question what does not fit; a blank is told only once somebody wanted to send. */
function tell(ask, { node, judged, control: answer }, { error, hint }) {
  const found = judged || ask.sending() ? ask.model.fault(node) : null;
  const told = found && (found.code !== "xform.required" || ask.sending()) ? found.text : "";
  if (error.textContent !== told) error.textContent = told;
  show(error, told !== "");
  const target = answer?.grouped ? error.closest("fieldset") : answer?.target;
  if (!target) return;
  const ids = [hint, error].filter((one) => !one.hidden).map((one) => one.id).join(" ");
  mark(target, "aria-describedby", ids || null);
  if (!answer.grouped) mark(target, "aria-invalid", told ? "true" : null);
  error.closest(".question").classList.toggle("wrong", told !== "");
}

/** A note. One that must be answered stands in the way until other answers are put right, as ODK Collect has it. */
function note({ text, media, hint, error }) {
  return { element: make("div", { class: "question note", tabindex: -1 }, make("p", {}, text), media, hint, error) };
}

function asked(ask, node, { text, must, hint, error, media }) {
  const made = control(ask, node);
  const around = made.grouped
    ? make("fieldset", { class: "question" }, make("legend", {}, text, must))
    : make("div", { class: "question field" }, make("label", { for: made.target.id }, text, must));
  around.append(media, hint, error, made.element);
  return { element: around, control: made };
}

/** Pictures and sounds of a label. The label says what they are of. */
function files(ask, node) {
  const [image, audio, video] = ["image", "audio", "video"].map((kind) => ask.model.file(node, kind));
  return [
    image && make("img", { src: ask.media(image), alt: "" }),
    audio && make("audio", { src: ask.media(audio), controls: true, preload: "none", "aria-label": ask.words.listen }),
    video && make("video", { src: ask.media(video), controls: true, preload: "none", "aria-label": ask.words.watch }),
  ].filter(Boolean);
}

/** What does not fit yet, with links to where it stands. */
export function faultList(ask, form, faults) {
  const name = freshId();
  const rows = faults.map(({ path, text }) => {
    const found = form.at(path);
    const label = found?.element.querySelector("label, legend, p")?.firstChild.textContent ?? path;
    const target = found?.control?.target ?? found?.element;
    const go = (event) => {
      event.preventDefault();
      found?.element.scrollIntoView({ block: "start" });
      target?.focus();
    };
    return make("li", {}, make("a", { href: `#${target?.id ?? ""}`, click: go }, `${label}: ${text}`));
  });
  const heading = make("h2", { id: name }, fill(ask.words.faults, { n: faults.length }));
  return make("div", { class: "notice error", role: "group", "aria-labelledby": name, tabindex: -1 }, heading,
    make("ul", {}, ...rows));
}
