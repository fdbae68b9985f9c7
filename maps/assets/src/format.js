// Numbers as readers of each language write them. No short forms: "M" means miliar here and million there.
// @ts-check

/** @typedef {"id" | "en"} Lang */

/** @type {Map<string, Intl.NumberFormat>} */
const made = new Map();

/** @param {Lang} lang @param {number} digits @param {"decimal" | "percent" | "fixed"} style */
function formatter(lang, digits, style) {
  const key = `${lang}${digits}${style}`;
  const least = style === "decimal" ? 0 : digits; // what stands in columns: 17,0% below 40,4%
  let found = made.get(key);
  if (!found) {
    const locale = lang === "id" ? "id-ID" : "en-GB";
    found = new Intl.NumberFormat(locale, { style: style === "percent" ? style : "decimal", minimumFractionDigits: least, maximumFractionDigits: digits });
    made.set(key, found);
  }
  return found;
}

/** @param {number | null | undefined} value @param {Lang} lang @param {number} [digits] */
export function number(value, lang, digits = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const text = formatter(lang, digits, "decimal").format(value);
  return text.replace(/^-/, "−");
}

/** @param {number | null | undefined} value @param {Lang} lang @param {number} [digits] */
export function share(value, lang, digits = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const shown = value > 0 && value < 0.0005 ? 0.001 : value;
  const text = formatter(lang, shown >= 0.9995 || shown < 0.0005 ? 0 : digits, "percent").format(shown);
  const tight = text.replace(/\s/g, "");
  return value > 0 && value < 0.0005 ? `<${tight}` : tight;
}

/** A number of a column: always the same digits. @param {number | null | undefined} value @param {Lang} lang @param {number} digits */
export function fixed(value, lang, digits) {
  return value === null || value === undefined || !Number.isFinite(value) ? "–" : formatter(lang, digits, "fixed").format(value).replace(/^-/, "−");
}

const SCALES = /** @type {const} */ ([
  [1e12, "triliun", "trillion"],
  [1e9, "miliar", "billion"],
  [1e6, "juta", "million"],
]);

/** Rupiah in long form. @param {number | null | undefined} value @param {Lang} lang */
export function rupiah(value, lang) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const prefix = lang === "id" ? "Rp " : "IDR ";
  for (const [scale, id, en] of SCALES) {
    if (Math.abs(value) >= scale) {
      const part = value / scale;
      return `${prefix}${number(part, lang, Math.abs(part) < 100 ? 2 : 1)} ${lang === "id" ? id : en}`;
    }
  }
  return prefix + number(value, lang);
}

const MONTHS = {
  id: ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
  en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
};

/** @param {string} iso @param {Lang} lang */
export function date(iso, lang) {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (!found) return iso;
  const month = MONTHS[lang][Number(found[2]) - 1];
  return month ? `${Number(found[3])} ${month} ${found[1]}` : iso;
}

/** @param {number} lon @param {number} lat @param {Lang} lang */
export function place(lon, lat, lang) {
  const south = lang === "id" ? "LS" : "S";
  const north = lang === "id" ? "LU" : "N";
  const east = lang === "id" ? "BT" : "E";
  const west = lang === "id" ? "BB" : "W";
  const ns = `${number(Math.abs(lat), lang, 4)}° ${lat < 0 ? south : north}`;
  return `${ns}, ${number(Math.abs(lon), lang, 4)}° ${lon < 0 ? west : east}`;
}
