// How each kind of question is answered with text, numbers, dates and choices. A control is {element, target, grouped,
// update}: what is drawn, where the focus goes, whether a legend names it rather than a label, and how it follows its
// answer when that is changed elsewhere.

import { button, fill, freshId, make, mark, say, show } from "./html.js";

const LONG = 20; // choices from which on a list can be searched

/** Return the control of a node. */
export function control(ask, node) {
  const { field } = node;
  if (field.kind === "select_one" && field.appearances.has("minimal")) return menu(ask, node);
  return (KINDS[field.kind] ?? cannot)(ask, node);
}

/** A line or a box of text; `shape` says how the browser asks for it, `read` and `write` what is kept of it. */
function line(ask, node, shape, read = (text) => text, write = (text) => text) {
  const id = freshId();
  const tag = shape.rows ? "textarea" : "input";
  const input = make(tag, { id, autocomplete: "off", ...shape });
  const keep = () => ask.answered(node, read(input.value.trim()));
  input.addEventListener("input", keep);
  input.addEventListener("change", () => ask.settled(node));
  return {
    element: input, target: input, grouped: false,
    update() {
      if (input !== document.activeElement && read(input.value.trim()) !== node.text) input.value = write(node.text);
      if (input.readOnly !== node.readonly) input.readOnly = node.readonly;
      mark(input, "aria-required", node.required ? "true" : null);
    },
  };
}

const text = (ask, node) => {
  const numbers = node.field.appearances.has("numbers");
  const long = node.field.appearances.has("multiline") ? { rows: 4 } : {};
  return line(ask, node, numbers ? { inputmode: "numeric" } : long);
};
const integer = (ask, node) =>
  line(ask, node, { inputmode: "numeric" }, (typed) => digits(typed).replace(/[\s,](?=\d{3}\b)/g, ""));
const decimal = (ask, node) =>
  line(ask, node, { inputmode: "decimal" }, (typed) => digits(typed).replace(/[,٫]/, "."));

/** Return a text with digits of any script, such as १२ or ١٢, as 12. */
function digits(typed) {
  return typed.replace(/[^\P{Nd}0-9]/gu, (sign) => {
    let zero = sign.codePointAt(0);
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return (sign.codePointAt(0) - zero) % 10;
  });
}

function date(ask, node) {
  const { appearances } = node.field;
  if (appearances.has("year")) {
    return line(ask, node, { inputmode: "numeric", maxlength: 4 },
      (typed) => (/^\d{4}$/.test(typed) ? `${typed}-01-01` : typed), (kept) => kept.slice(0, 4));
  }
  if (appearances.has("month-year")) {
    return line(ask, node, { type: "month" }, (typed) => typed && `${typed}-01`, (kept) => kept.slice(0, 7));
  }
  return line(ask, node, { type: "date" }, undefined, (kept) => kept.slice(0, 10));
}

/** Return the offset of this phone's clock from world time at a moment, as XForms write it: +05:45. */
export function offset(moment = new Date()) {
  const minutes = -moment.getTimezoneOffset();
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

const seconds = (typed) => (typed.length === 5 ? `${typed}:00` : typed.slice(0, 8));
const time = (ask, node) =>
  line(ask, node, { type: "time" }, (typed) => typed && `${seconds(typed)}.000${offset()}`, (kept) => kept.slice(0, 5));
const moment = (ask, node) =>
  line(ask, node, { type: "datetime-local" }, (typed) => {
    const [day, hour] = typed.split("T");
    return hour ? `${day}T${seconds(hour)}.000${offset(new Date(typed))}` : "";
  }, (kept) => kept.slice(0, 16));

function range(ask, node) {
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(node.field.parameters[name] ?? 1));
  const count = Math.floor(Math.abs(end - start) / Math.abs(step || 1)) + 1;
  if (!(count >= 2 && count <= 11)) {
    const [min, max] = [Math.min(start, end), Math.max(start, end)];
    const made = line(ask, node, { inputmode: "decimal" }, (typed) => typed.replace(",", "."));
    const told = make("p", { class: "hint", id: freshId() }, fill(ask.words.range, { from: min, to: max }));
    mark(made.target, "aria-describedby", told.id);
    return { ...made, element: make("div", {}, told, made.element) };
  }
  const digits = (String(step).split(".")[1] ?? "").length;
  const by = Math.sign(end - start) * Math.abs(step);
  const values = Array.from({ length: count }, (_, k) => (start + k * by).toFixed(digits));
  return list(ask, node, "radio", () => values.map((value) => ({ value, label: value })), "row");
}

function acknowledge(ask, node) {
  const input = make("input", { type: "checkbox", id: freshId() });
  input.addEventListener("change", () => {
    ask.answered(node, input.checked ? "OK" : "");
    ask.settled(node);
  });
  return {
    element: make("label", { class: "choice" }, input, make("span", {}, ask.words.ok)), target: input, grouped: true,
    update() {
      input.checked = node.text !== "";
      input.disabled = node.readonly;
    },
  };
}

// --- choices ---------------------------------------------------------------------------------------------------------

const values = (node) => node.text.split(/\s+/).filter(Boolean);
const selectOne = (ask, node) => list(ask, node, "radio", () => ask.model.choices(node));
const selectMultiple = (ask, node) => list(ask, node, "checkbox", () => ask.model.choices(node));

/** Radio buttons or boxes to tick, anew wherever the choices change; long lists with a box to search in. */
function list(ask, node, type, choices, look = "") {
  const name = freshId();
  const element = make("div", { class: `list ${look}` });
  const search = finder(ask, element);
  let drawn = null, inputs = [];

  function pick(event) {
    const picked = inputs.filter((one) => one.checked).map((one) => one.value);
    const before = values(node).filter((value) => picked.includes(value));
    const order = [...before, ...picked.filter((value) => !before.includes(value))];
    ask.answered(node, type === "radio" ? event.target.value : inShownOrder(order, inputs));
    ask.settled(node);
  }

  function draw(found) {
    inputs = found.map(({ value }) => make("input", { type, name, value, id: freshId(), change: pick }));
    const rows = found.map((choice, k) => row(ask, choice, inputs[k]));
    element.replaceChildren(...(search.wanted(node, found) ? [search.element] : []), ...rows,
      ...(type === "radio" ? [clear(ask, node)] : []));
    if (!found.length) element.append(make("p", { class: "hint" }, ask.words.noChoices));
  }

  return {
    element, grouped: true,
    get target() { return inputs[0] ?? element; },
    update() {
      const found = choices();
      const now = JSON.stringify(found);
      if (now !== drawn) {
        const focused = inputs.find((one) => one === document.activeElement)?.value;
        draw(found);
        if (focused !== undefined) inputs.find((one) => one.value === focused)?.focus();
        drawn = now;
      }
      const picked = new Set(type === "radio" ? [node.text] : values(node));
      for (const one of inputs) {
        if (one.checked !== picked.has(one.value)) one.checked = !one.checked;
        one.disabled = node.readonly;
      }
      const again = element.querySelector(":scope > .again");
      if (again) show(again, node.text !== "" && !node.required && !node.readonly);
    },
  };
}

const inShownOrder = (picked, inputs) =>
  [...new Set(inputs.map((one) => one.value))].filter((value) => picked.includes(value)).join(" ");

function row(ask, choice, input) {
  const label = make("span");
  say(label, choice.label, ask.code());
  const picture = choice.image ? make("img", { src: ask.media(choice.image), alt: "", loading: "lazy" }) : null;
  return make("label", { class: "choice", "data-words": choice.label.toLocaleLowerCase() }, input, picture, label);
}

/** A radio button cannot be unticked: this takes the answer back. */
const clear = (ask, node) =>
  button(ask.words.clear, () => {
    ask.answered(node, "");
    ask.settled(node);
  }, { class: "plain again", hidden: true });

/** A box that leaves of a long list what holds its words. */
function finder(ask, list) {
  const id = freshId();
  const told = make("span", { class: "hidden", role: "status" });
  const input = make("input", { id, type: "search", autocomplete: "off" });
  const label = make("label", { for: id, class: "small" }, ask.words.find);
  const element = make("p", { class: "finder" }, label, input, told);
  input.addEventListener("input", () => {
    const asked = input.value.trim().toLocaleLowerCase();
    const rows = [...list.querySelectorAll("[data-words]")];
    for (const one of rows) show(one, one.dataset.words.includes(asked) || one.querySelector("input").checked);
    told.textContent = fill(ask.words.found, { n: rows.filter((one) => !one.hidden).length });
  });
  const wanted = (node, found) =>
    found.length >= LONG || ["search", "autocomplete"].some((one) => node.field.appearances.has(one));
  return { element, wanted };
}

function menu(ask, node) {
  const input = make("select", { id: freshId() });
  let drawn = null;
  input.addEventListener("change", () => {
    ask.answered(node, input.value);
    ask.settled(node);
  });
  return {
    element: input, target: input, grouped: false,
    update() {
      const found = ask.model.choices(node);
      const now = JSON.stringify(found);
      if (now !== drawn) {
        const options = found.map(({ value, label }) => make("option", { value, lang: ask.code() || null }, label));
        input.replaceChildren(make("option", { value: "" }, ask.words.pick), ...options);
        drawn = now;
      }
      if (input.value !== node.text) input.value = node.text;
      input.disabled = node.readonly;
      mark(input, "aria-required", node.required ? "true" : null);
    },
  };
}

/** Things in an order that is changed with buttons. Unanswered until somebody says that the order is right. */
function rank(ask, node) {
  const rows = make("ol", { class: "rank" });
  const right = button(ask.words.orderRight, () => {
    ask.answered(node, order.join(" "));
    ask.settled(node);
    rows.querySelector("button")?.focus();
  });
  let order = [], drawn = null;

  function move(from, by) {
    order.splice(from + by, 0, ...order.splice(from, 1));
    ask.answered(node, order.join(" "));
    ask.settled(node);
    const buttons = rows.children[from + by].querySelectorAll("button");
    [...buttons].find((one) => !one.disabled && (by < 0) === one.classList.contains("up"))?.focus();
    if (!rows.contains(document.activeElement)) buttons[by < 0 ? 1 : 0].focus();
  }

  function step(choice, k, by) {
    const words = fill(by < 0 ? ask.words.up : ask.words.down, { what: choice.label });
    const disabled = node.readonly || k + by < 0 || k + by >= order.length;
    const sign = make("span", { "aria-hidden": "true" }, by < 0 ? "↑" : "↓");
    return make("button", { type: "button", class: by < 0 ? "up" : "down", "aria-label": words, disabled,
      click: () => move(k, by) }, sign);
  }

  return {
    element: make("div", {}, rows, right), grouped: true,
    get target() { return rows.querySelector("button:not(:disabled)") ?? right; },
    update() {
      const found = ask.model.choices(node);
      const now = JSON.stringify([found, node.text, node.readonly]);
      show(right, !node.text && !node.readonly && found.length > 0);
      if (now === drawn) return;
      drawn = now;
      const known = new Map(found.map((choice) => [choice.value, choice]));
      const said = values(node).filter((value) => known.has(value));
      order = [...said, ...[...known.keys()].filter((value) => !said.includes(value))];
      rows.replaceChildren(...order.map((value, k) => {
        const label = make("span");
        say(label, known.get(value).label, ask.code());
        return make("li", {}, step(known.get(value), k, -1), step(known.get(value), k, 1), label);
      }));
    },
  };
}

/** What this script has no control for: the pages without script may have one. */
function cannot(ask) {
  const target = make("a", { href: ask.plain }, ask.words.plain);
  const element = make("p", { class: "notice" }, ask.words.cannot, " ", target);
  return { element, target, grouped: true, update() {} };
}

const KINDS = {
  text, integer, decimal, date, time, dateTime: moment, range, acknowledge, rank,
  select_one: selectOne, select_multiple: selectMultiple,
  barcode: (ask, node) => line(ask, node, {}),
};
const PLACES = ["geopoint", "geotrace", "geoshape"];
const UPLOADS = ["image", "audio", "video", "file"];

/** Kinds that this script can draw. */
export const DRAWN = new Set([...Object.keys(KINDS), ...PLACES, ...UPLOADS, "note"]);

/** Load what the questions of a form need beyond the common ones: many forms ask for no position and no picture. */
export async function loadControls({ fields }) {
  const asks = (kinds) => fields.some(({ kind }) => kinds.includes(kind));
  if (asks([...PLACES, "start-geopoint"])) {
    const { position, trace } = await import("./places.js");
    Object.assign(KINDS, { geopoint: position, geotrace: trace, geoshape: trace });
  }
  if (asks(UPLOADS)) {
    const { upload } = await import("./uploads.js");
    for (const kind of UPLOADS) KINDS[kind] = upload;
  }
}
