/** The reader's language, and numbers and times as that language writes them. */
import { en, zh } from './words.js';

/** @typedef {'en' | 'zh'} Language */
/** @typedef {keyof typeof en} Word */

const STORED_AS = 'parkway-language';
const WORDS = { en, zh };
const LOCALES = { en: 'en-GB', zh: 'zh-CN' };
const CLOCK = /** @type {const} */ ({ timeStyle: 'medium', hourCycle: 'h23' });
const DAY_AND_CLOCK = /** @type {const} */ ({ dateStyle: 'medium', ...CLOCK });
const WEEKDAY = /** @type {const} */ ({ weekday: 'long', timeZone: 'UTC' });
/** The first of January 2023 was a Sunday. */
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** By kind, language and options. @type {Map<string, unknown>} */
const formatters = new Map();

/** @type {Language} */
let language = stored() ?? (navigator.languages.find(isKnown)?.startsWith('zh') === true ? 'zh' : 'en');
document.documentElement.lang = htmlLanguage();

/** @returns {Language} */
export function currentLanguage() {
  return language;
}

/** @param {Language} chosen */
export function chooseLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = htmlLanguage();
  try {
    localStorage.setItem(STORED_AS, chosen);
  } catch {
    // A browser that stores nothing asks again next time.
  }
}

/**
 * The word in the reader's language.
 * @param {Word} word
 * @param {Record<string, string | number>} [values]
 */
export function t(word, values = {}) {
  return WORDS[language][word].replace(
    /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
    (_all, /** @type {string} */ name, /** @type {string | undefined} */ one, /** @type {string} */ many) => {
      const value = values[name];
      if (typeof value !== 'number') return value ?? '';
      return one === undefined ? number(value) : `${number(value)} ${value === 1 ? one : many}`;
    },
  );
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options = {}) {
  return formatter('number', { maximumFractionDigits: 1, ...options }, Intl.NumberFormat).format(value);
}

/**
 * One that was made before, where there is one: lists write hundreds of numbers and times each time they are drawn, and these
 * objects are slow to make and slower to be rid of.
 * @template {object} Options
 * @template Formatter
 * @param {string} kind @param {Options} options
 * @param {new (locale: string, options: Options) => Formatter} Formatter
 * @returns {Formatter}
 */
function formatter(kind, options, Formatter) {
  const id = JSON.stringify([kind, language, options]);
  const known = /** @type {Formatter | undefined} */ (formatters.get(id));
  if (known !== undefined) return known;
  const made = new Formatter(LOCALES[language], options);
  formatters.set(id, made);
  return made;
}

/** Milliseconds as people say them: `1.2 ms`, `5.3 s`, `2:05`, `1:02:05`. @param {number} ms */
export function duration(ms) {
  if (ms < 1000) return `${number(ms, { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms`;
  if (ms < 10_000) return `${number(ms / 1000, { minimumFractionDigits: 1 })} s`;
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`;
  return clockDuration(ms);
}

/** A duration that is counted on: whole seconds. @param {number} ms */
export function running(ms) {
  const seconds = Math.max(Math.floor(ms / 1000), 0);
  return seconds < 60 ? `${seconds} s` : clockDuration(ms);
}

/** @param {number} ms */
function clockDuration(ms) {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (/** @type {number} */ part) => String(part).padStart(2, '0');
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** @param {number} time epoch milliseconds */
export function clock(time) {
  return formatter('time', CLOCK, Intl.DateTimeFormat).format(time);
}

/** The time, with the day where it is not today's. @param {number} time */
export function moment(time) {
  const isToday = new Date(time).toDateString() === new Date().toDateString();
  return isToday ? clock(time) : dayAndTime(time);
}

/** @param {number} time */
export function dayAndTime(time) {
  return formatter('time', DAY_AND_CLOCK, Intl.DateTimeFormat).format(time);
}

/** A day of the week by FreeSWITCH's name: `sat`. Any other text stays as it is. @param {string} name */
export function weekday(name) {
  const day = WEEKDAYS.indexOf(name);
  return day < 0 ? name : formatter('time', WEEKDAY, Intl.DateTimeFormat).format(Date.UTC(2023, 0, 1 + day));
}

/** @param {number} count */
export function bytes(count) {
  const mebi = count / 1024 / 1024;
  return `${number(mebi, { maximumFractionDigits: mebi < 10 ? 1 : 0 })} MiB`;
}

function htmlLanguage() {
  return language === 'zh' ? 'zh-CN' : 'en';
}

/** @param {string} code */
function isKnown(code) {
  return /^(en|zh)\b/i.test(code);
}

/** @returns {Language | undefined} */
function stored() {
  try {
    const value = localStorage.getItem(STORED_AS);
    return value === 'en' || value === 'zh' ? value : undefined;
  } catch {
    return undefined;
  }
}
