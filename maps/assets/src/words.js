// Words of both languages, from the word files of the program.
// @ts-check
import * as format from "./format.js";

/** @typedef {import("./format.js").Lang} Lang */

export class Words {
  /** @param {Record<string, Record<string, string>>} texts @param {Lang} lang */
  constructor(texts, lang) {
    this.texts = texts;
    this.lang = lang;
  }

  /** @param {string} key @param {Record<string, string | number>} [fields] @returns {string} */
  t(key, fields = {}) {
    const text = this.texts[this.lang][key] ?? this.texts.id[key];
    if (text === undefined) return plain(key.slice(key.lastIndexOf(".") + 1));
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = fields[name];
      return value === undefined ? whole : typeof value === "number" ? this.n(value, 2) : value;
    });
  }

  /** Whether a key has words. @param {string} key */
  has(key) {
    return key in this.texts.id;
  }

  /** Word of a value of a vocabulary; the value itself where there is none. @param {string} group @param {string} value */
  of(group, value) {
    return value === "" ? "–" : this.has(`${group}.${value}`) ? this.t(`${group}.${value}`) : plain(value);
  }

  /** @param {number | null | undefined} value @param {number} [digits] */
  n(value, digits = 0) {
    return format.number(value, this.lang, digits);
  }

  /** @param {number | null | undefined} value @param {number} digits */
  fixed(value, digits) {
    return format.fixed(value, this.lang, digits);
  }

  /** @param {number | null | undefined} value @param {number} [digits] */
  share(value, digits = 1) {
    return format.share(value, this.lang, digits);
  }

  /** @param {number | null | undefined} value */
  idr(value) {
    return format.rupiah(value, this.lang);
  }

  /** @param {string} iso */
  date(iso) {
    return format.date(iso, this.lang);
  }

  /** @param {number} lon @param {number} lat */
  place(lon, lat) {
    return format.place(lon, lat, this.lang);
  }
}

/** A key as words, where a word file knows none. @param {string} key */
export function plain(key) {
  const text = key.replaceAll("_", " ").trim();
  return text ? text[0].toUpperCase() + text.slice(1) : "–";
}
