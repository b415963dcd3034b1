// Positions: taken from the phone, better readings in place of worse ones, or written by hand.

import { button, fill, freshId, make, show } from "./html.js";

const GOOD = 5; // metres at which one need not wait for better
const PATIENCE = 60_000; // milliseconds after which the best reading so far is what there is

/** Return a position as XForms write it: latitude, longitude, altitude, accuracy. */
const asText = ({ latitude, longitude, altitude, accuracy }) =>
  [latitude.toFixed(7), longitude.toFixed(7), (altitude ?? 0).toFixed(1), accuracy.toFixed(1)].map(Number).join(" ");

/**
 * Ask the phone where it is until it knows well enough.
 * @param {{better: function, over: function}} tell better(text, metres) for each reading that is better than those
 * before; over(why) at the end: "good", "time", "refused", "nowhere"
 * @returns {function} stops asking
 */
function locate(tell, enough = GOOD) {
  let best = Infinity;
  const end = (why) => {
    navigator.geolocation.clearWatch(watch);
    clearTimeout(timer);
    tell.over(why);
  };
  const watch = navigator.geolocation.watchPosition(({ coords }) => {
    if (coords.accuracy < best) {
      best = coords.accuracy;
      tell.better(asText(coords), coords.accuracy);
    }
    if (best <= enough) end("good");
  }, (problem) => end(problem.code === 1 ? "refused" : best < Infinity ? "time" : "nowhere"),
  { enableHighAccuracy: true, maximumAge: 0, timeout: PATIENCE });
  const timer = setTimeout(() => end(best < Infinity ? "time" : "nowhere"), PATIENCE);
  return () => end(best < Infinity ? "time" : "stopped");
}

/**
 * Ask the phone where a form is begun, without a question. The browser asks its person; who says no is asked no more.
 * @param {function} got called with each position that is better than those before
 * @returns {function} stops asking
 */
export const whereBegun = (got) =>
  (navigator.geolocation ? locate({ better: got, over: () => null }) : () => null);

const metres = (ask, number) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "meter", maximumFractionDigits: 0 })
    .format(number);

/** The button that takes a position, and the line that tells how well it is known. */
function taker(ask, words, got) {
  const told = make("p", { role: "status", class: "small" });
  let stop = null;
  const take = button(words, () => {
    if (stop) return stop();
    if (!navigator.geolocation) return tellOver("refused");
    told.textContent = ask.words.locating;
    take.textContent = ask.words.stopLocating;
    stop = locate({ better, over: tellOver }, Number(ask.accuracy) || GOOD);
    return null;
  });
  let last = null;
  function better(text, accuracy) {
    last = text;
    got(text, false);
    told.textContent = fill(ask.words.accuracy, { metres: metres(ask, accuracy) });
  }
  function tellOver(why) {
    stop = null;
    take.textContent = words;
    if (why === "refused") told.textContent = ask.words.notAllowed;
    if (why === "nowhere") told.textContent = ask.words.notFound;
    if (why === "stopped") told.textContent = "";
    if (last) got(last, true);
    last = null;
  }
  return { take, told };
}

/** Two fields for those whose phone does not tell: latitude and longitude in degrees. */
function byHand(ask, got) {
  const field = (words) => {
    const id = freshId();
    const input = make("input", { id, inputmode: "decimal", autocomplete: "off" });
    return { input, element: make("p", {}, make("label", { for: id }, words), input) };
  };
  const [north, east] = [field(ask.words.latitude), field(ask.words.longitude)];
  const told = make("p", { class: "error", role: "alert" });
  const degrees = ({ input }, most) => {
    const number = Number(input.value.trim().replace(",", ".") || NaN);
    return Math.abs(number) <= most ? number : null;
  };
  const use = button(ask.words.useThese, () => {
    const [latitude, longitude] = [degrees(north, 90), degrees(east, 180)];
    const right = latitude !== null && longitude !== null;
    told.textContent = right ? "" : ask.words.degrees;
    if (right) got(`${latitude} ${longitude} 0 0`, true);
  });
  return make("details", {}, make("summary", {}, ask.words.byHand), north.element, east.element, told, use);
}

/** A position as people read it. */
function read(ask, text) {
  const [latitude, longitude, , accuracy] = text.split(" ").map(Number);
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return accuracy ? `${place} (± ${metres(ask, accuracy)})` : place;
}

/** One position. */
export function position(ask, node) {
  const got = (text, settled) => {
    ask.answered(node, text);
    if (settled) ask.settled(node);
  };
  const { take, told } = taker({ ...ask, accuracy: node.field.parameters.accuracyThreshold }, ask.words.take, got);
  const known = make("p", { class: "known" });
  const clear = button(ask.words.clear, () => {
    got("", true);
    take.focus();
  }, { class: "plain" });
  const tools = make("div", {}, take, told, byHand(ask, got));
  return {
    element: make("div", {}, known, clear, tools), target: take, grouped: true,
    update() {
      const words = node.text ? read(ask, node.text) : "";
      if (known.textContent !== words) known.textContent = words;
      show(known, words !== "");
      show(clear, words !== "" && !node.readonly);
      show(tools, !node.readonly);
    },
  };
}

/** A way or an area: positions one after the other. The last point of an area is its first. */
export function trace(ask, node) {
  const closed = node.field.kind === "geoshape";
  const points = () => {
    const all = node.text.split(";").map((one) => one.trim()).filter(Boolean);
    return closed && all.length > 1 && all[0] === all.at(-1) ? all.slice(0, -1) : all;
  };
  const keep = (all) => {
    ask.answered(node, [...all, ...(closed && all.length > 2 ? [all[0]] : [])].join(";"));
    ask.settled(node);
  };
  let waiting = null;
  const got = (text, settled) => {
    waiting = text;
    if (settled) keep([...points(), waiting]);
  };
  const { take, told } = taker(ask, ask.words.addPoint, got);
  const rows = make("ol");
  const tools = make("div", {}, take, told, byHand(ask, got));
  let drawn = null;
  return {
    element: make("div", {}, rows, tools), target: take, grouped: true,
    update() {
      show(tools, !node.readonly);
      if (drawn === node.text) return;
      drawn = node.text;
      rows.replaceChildren(...points().map((point, k, all) => make("li", {}, `${read(ask, point)} `,
        button(fill(ask.words.removePoint, { n: k + 1 }), () => {
          keep(all.toSpliced ? all.toSpliced(k, 1) : all.filter((_, j) => j !== k));
          take.focus();
        }, { class: "plain" }))));
    },
  };
}
