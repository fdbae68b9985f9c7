// Rows a reader has narrowed a layer to.
// @ts-check
import { el } from "./dom.js";

/** @typedef {import("./app.js").App} App @typedef {import("./data.js").Table} Table @typedef {Record<string, any>} Style */

/** Values of a column, as the reader may choose them. @param {App} app @param {Style} style @param {string} key @returns {string[]} */
function valuesOf(app, style, key) {
  const { data } = app;
  if (style.kind === "mass") {
    const known = /** @type {Record<string, string[]>} */ ({ digital: data.json.vocabulary.digital, level: data.levels, sector: data.umkm?.sectors ?? [] });
    return known[key] ?? [];
  }
  return data.layers.get(style.source)?.known(key) ?? [];
}

/** Selects of a layer; a column with one value offers no choice. @param {App} app @param {Style} style */
export function filterBox(app, style) {
  const { words, state } = app;
  const box = el("div", { class: "filters" });
  for (const filter of style.filters ?? []) {
    const values = valuesOf(app, style, filter.key).filter((value) => value !== "");
    if (values.length < 2) continue;
    const name = `${style.key}.${filter.key}`;
    const id = `filter-${style.key}-${filter.key}`;
    const chosen = state.now.filters[name] ?? "";
    const select = /** @type {HTMLSelectElement} */ (el("select", { id, on: { change: () => state.set({ filters: { ...state.now.filters, [name]: select.value } }) } },
      el("option", { value: "" }, words.t("map.all")),
      ...values.map((value) => el("option", { value, ...(value === chosen ? { selected: true } : {}) }, filter.words ? words.of(filter.words, value) : value.slice(0, 60)))));
    box.append(el("label", { for: id }, words.t(`map.field.${filter.key}`)), select);
  }
  return box.childElementCount ? box : null;
}

/** Filters in force on a layer. @param {App} app @param {Style} style @returns {[string, string][]} */
function inForce(app, style) {
  const keys = (style.filters ?? []).map((/** @type {{key: string}} */ filter) => filter.key);
  return keys.map((/** @type {string} */ key) => [key, app.state.now.filters[`${style.key}.${key}`] ?? ""]).filter((/** @type {[string, string]} */ [, value]) => value !== "");
}

/** @param {App} app @param {Style} style @param {Table} table @returns {((row: number) => boolean) | null} */
export function keepRow(app, style, table) {
  const wanted = inForce(app, style);
  return wanted.length ? (row) => wanted.every(([key, value]) => table.text(key, row) === value) : null;
}

/** @param {App} app @param {Style} style @returns {((point: number) => boolean) | null} */
export function keepMass(app, style) {
  const points = app.data.umkm;
  const wanted = inForce(app, style);
  if (!points || !wanted.length) return null;
  const columns = /** @type {Record<string, Uint8Array>} */ ({ digital: points.digital, level: points.level, sector: points.sector });
  const tests = wanted.map(([key, value]) => /** @type {const} */ ([columns[key], valuesOf(app, style, key).indexOf(value)]));
  return (i) => tests.every(([column, position]) => column[i] === position);
}
