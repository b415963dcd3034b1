// Small words for making pages: elements, texts with a little emphasis, a question that must be answered with yes.

let last = 0;

/** Return an id that no other element of the page has. */
export const freshId = () => `f${(last += 1)}`;

/**
 * Make an element: make("p", { class: "hint" }, "Say it", child). Attributes that are null or false are left out;
 * functions are listened with: { click: done }.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Make a button that does something. */
export const button = (text, click, more = {}) => make("button", { type: "button", click, ...more }, text);

/** Show or hide, and touch the page only where that changes something. */
export function show(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/** Set an attribute where it differs; null takes it away. */
export function mark(element, name, value) {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/**
 * Put a text of the form into an element. Forms emphasise with **stars** and with HTML tags; the first is shown, the
 * second is left out, and nothing of it is ever read as HTML.
 * @param {string} language code of the language of the text, "" where it is not known
 */
export function say(element, text, language = null) {
  if (language !== null) mark(element, "lang", language);
  if (element.saying === text) return;
  element.saying = text;
  const bare = text.replace(/<br\s*\/?>/gi, "\n").replace(/<\/?[a-z][^<>]*>/gi, "").replace(/^#{1,6}\s+/gm, "");
  const parts = bare.split(/\*\*([^*]+)\*\*/);
  element.replaceChildren(...parts.map((part, k) => (k % 2 ? make("strong", {}, part) : part)));
}

/** Return words with their places filled: fill("{n} left", { n: 3 }). */
export const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);

/** Ask before something is lost. Resolves to whether the answer is yes. */
export function sure(text, yes, no) {
  const name = freshId();
  const dialog = make("dialog", { "aria-labelledby": name, class: "sure" }, make("p", { id: name }, text));
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.remove();
      resolve(answer);
    };
    dialog.append(make("p", { class: "buttons" }, button(no, () => end(false)), button(yes, () => end(true))));
    dialog.addEventListener("cancel", () => end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}

const RIGHT_TO_LEFT = /^(ar|arc|ckb|dv|fa|he|ks|nqo|pnb|prs|ps|rhg|sd|ug|ur|yi)\b/;

/** Return the code in the name of a language: "Español (es)" is es; "" where it has none. */
export function codeOf(name) {
  const told = /\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*\)\s*$/.exec(name);
  return told ? told[1] : /^[a-z]{2,3}$/.test(name) ? name : "";
}

/** Return the direction in which a language is written. */
export const directionOf = (code) => (RIGHT_TO_LEFT.test(code) ? "rtl" : "ltr");
