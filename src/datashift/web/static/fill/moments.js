// Days and times in expressions: as text (ISO 8601), as days since 1970, and back. The time zone is that of the phone.
// The same rules as on the server (forms/xform/moments.py).

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MS = 86_400_000;

const pad = (number, width = 2) => String(Math.abs(number)).padStart(width, "0");

/** Return the milliseconds of a date and time in world time; NaN where the calendar has no such day. */
function utc(year, month, day, hour = 0, minute = 0, second = 0, ms = 0) {
  const made = new Date(0);
  made.setUTCFullYear(year, month - 1, day);
  if (year < 1 || made.getUTCMonth() !== month - 1 || made.getUTCDate() !== day) return NaN;
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  return made.setUTCHours(hour, minute, second, ms);
}

/** Return the same date and time by the clock on the wall here. */
function local(year, month, day, hour, minute, second, ms) {
  const made = new Date(2000, 0, 1);
  made.setFullYear(year, month - 1, day);
  made.setHours(hour, minute, second, ms);
  return made;
}

const micros = (digits) => Number((digits ?? "0").padEnd(6, "0"));

/** Return a text as days since 1970, or null where it is no day. */
export function asDay(text) {
  const found = DAY.exec(text);
  const at = found ? utc(...found.slice(1).map(Number)) : NaN;
  return Number.isNaN(at) ? null : at / MS;
}

/** Return a text as {date, micro}: a moment, and the microseconds below its milliseconds; null where it is none. */
export function asMoment(text) {
  const found = MOMENT.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0));
  const fraction = micros(found[7]);
  const parts = [year, month, day, hour, minute, second, Math.floor(fraction / 1000)];
  const shift = found[8] ? offsetOf(found[8]) : null;
  const at = utc(...parts);
  if (Number.isNaN(at) || Number.isNaN(shift)) return null;
  return { date: shift === null ? local(...parts) : new Date(at - shift * 60_000), micro: fraction % 1000 };
}

function offsetOf(text) {
  if (text === "Z") return 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(3).replace(":", "") || 0)];
  return hours > 23 || minutes > 59 ? NaN : (text[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

/** Return a text as [hour, minute, second, microseconds], or null where it is no time. */
export function asTime(text) {
  const found = TIME.exec(text);
  if (!found) return null;
  const [hour, minute, second] = found.slice(1, 4).map((part) => Number(part ?? 0));
  return hour > 23 || minute > 59 || second > 59 ? null : [hour, minute, second, micros(found[4])];
}

const fraction = ([hour, minute, second, micro]) => (hour * 3600 + minute * 60 + second + micro / 1e6) / 86_400;
const wall = ({ date, micro }) =>
  [date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds() * 1000 + micro];
const wallDay = (date) => utc(date.getFullYear(), date.getMonth() + 1, date.getDate()) / MS;

/** Return a day or a moment as days since 1970 by the clock on the wall; NaN where the text is neither. */
export function days(text) {
  const day = asDay(text);
  if (day !== null) return day;
  const moment = asMoment(text);
  return moment ? wallDay(moment.date) + fraction(wall(moment)) : NaN;
}

/** Return the time of a time or a moment as a fraction of the day; NaN where the text is neither. */
export function clock(text) {
  const moment = asMoment(text);
  const told = moment ? wall(moment) : asTime(text);
  return told ? fraction(told) : NaN;
}

/** Return a day or a moment as days since 1970 in world time, with a fraction; NaN where the text is neither. */
export function instant(text) {
  const moment = when(text);
  return moment ? (moment.date.getTime() * 1000 + moment.micro) / 1e6 / 86_400 : NaN;
}

/** Return a Date as a day: 2026-11-23. */
export const isoDay = (date) => `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;

/** Return a Date as a moment, to the millisecond, with the offset of the clock here. */
export function isoMoment(date) {
  const ahead = -date.getTimezoneOffset();
  const shift = `${ahead < 0 ? "-" : "+"}${pad(Math.trunc(ahead / 60))}:${pad(Math.trunc(ahead % 60))}`;
  const hours = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(":");
  return `${isoDay(date)}T${hours}.${pad(date.getMilliseconds(), 3)}${shift}`;
}

/** Return a day, a moment or a number of days (without its fraction) as the text of a day; "" where it is none. */
export function dayText(value) {
  const found = when(typeof value === "number" ? Math.trunc(value) : value);
  return found ? isoDay(found.date) : "";
}

/** Return a day, a moment or a number of days as the text of a moment; "" where it is none. */
export const momentText = (value) => ((found) => (found ? isoMoment(found.date) : ""))(when(value));

/** Return a day or a moment in the pattern of format-date; "" where the value is neither. */
export function formatted(value, pattern) {
  const told = typeof value === "string" ? asTime(value) : null;
  const moment = told ? local(1970, 1, 1, told[0], told[1], told[2], Math.floor(told[3] / 1000)) : when(value)?.date;
  if (!moment) return "";
  const [year, month, day, hour] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate(), moment.getHours()];
  const parts = {
    Y: pad(year, 4), y: pad(year % 100), m: pad(month), n: String(month), b: MONTHS[month - 1], d: pad(day),
    e: String(day), H: pad(hour), h: String(hour), M: pad(moment.getMinutes()), S: pad(moment.getSeconds()),
    3: pad(moment.getMilliseconds(), 3), a: WEEKDAYS[moment.getDay()], "%": "%",
  };
  return pattern.replace(/%(.)/g, (whole, sign) => parts[sign] ?? whole);
}

function when(value) {
  if (typeof value === "string") {
    const day = asDay(value);
    return day === null ? asMoment(value) : { date: midnight(day, 0), micro: 0 };
  }
  const whole = Math.floor(value);
  if (!Number.isFinite(value) || whole < -719_162 || whole > 2_932_896) return null; // the years 1 to 9999
  return { date: midnight(whole, Math.floor((value - whole) * MS + 0.5)), micro: 0 };
}

function midnight(day, ms) {
  const made = new Date(day * MS + ms);
  return local(made.getUTCFullYear(), made.getUTCMonth() + 1, made.getUTCDate(), made.getUTCHours(),
    made.getUTCMinutes(), made.getUTCSeconds(), made.getUTCMilliseconds());
}
