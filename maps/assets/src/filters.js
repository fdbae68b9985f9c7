// Rows a reader has narrowed a layer to.
// @ts-check
import { el } from "./dom.js";

/** @typedef {import("./app.js").App} App @typedef {import("./data.js").Table} Table @typedef {Record<string, any>} Style */

/** Values of a column, as the reader may choose them. @param {App} app @param {Style} style @param {string} key @returns {string[]} */
function valuesOf(app, style, key) {
  const { data } = app;
  if (style.kind === "cells") return key === "level" ? data.levels : data.json.vocabulary.causes;
  if (style.kind === "mass") {
    const known = /** @type {Record<string, string[]>} */ ({ digital: data.json.vocabulary.digital, level: data.levels, sector: data.json.umkm?.sectors ?? [] });
    return known[key] ?? [];
  }
  return data.layers.get(style.source)?.known(key) ?? [];
}

/** Layers whose choices the reader has opened. @type {Set<string>} */
const opened = new Set();

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
  if (!box.childElementCount) return null;
  const chosen = inForce(app, style).map(([key, value]) => {
    const named = style.filters.find((/** @type {{key: string}} */ filter) => filter.key === key);
    return named.words ? words.of(named.words, value) : value.slice(0, 40);
  });
  return el("details", { class: "narrow", ...(opened.has(style.key) ? { open: true } : {}), on: { toggle: (/** @type {Event} */ event) => (/** @type {HTMLDetailsElement} */ (event.target).open ? opened.add(style.key) : opened.delete(style.key)) } },
    el("summary", {}, words.t("map.narrow"), chosen.length > 0 && ": ", chosen.length > 0 && el("b", {}, chosen.join(", "))), box);
}

/** Filters in force on a layer. @param {App} app @param {Style} style @returns {[string, string][]} */
function inForce(app, style) {
  const keys = (style.filters ?? []).map((/** @type {{key: string}} */ filter) => filter.key);
  return keys.map((/** @type {string} */ key) => [key, app.state.now.filters[`${style.key}.${key}`] ?? ""]).filter((/** @type {[string, string]} */ [, value]) => value !== "");
}

/** @param {App} app @param {Style} style @param {Table} table @returns {((row: number) => boolean) | null} */
export function keepRow(app, style, table) {
  const { year, priority } = app.state.now;
  /** @type {((row: number) => boolean)[]} */
  const tests = inForce(app, style).map(([key, value]) => (row) => table.text(key, row) === value);
  if (year !== null && ["sites", "links"].includes(style.source) && table.has("year")) tests.push((row) => !(table.number("year", row) > year));
  if (priority && table.has("area_code")) tests.push((row) => app.isPriority(table.text("area_code", row)));
  return tests.length ? (row) => tests.every((test) => test(row)) : null;
}

/** @param {App} app @param {Style} style @returns {((cell: number) => boolean) | null} */
export function keepCell(app, style) {
  const wanted = inForce(app, style);
  if (!wanted.length && !app.state.now.priority) return null;
  const { cells, levels, json } = app.data;
  if (!cells) return null;
  const lists = /** @type {Record<string, [Uint8Array, string[]]>} */ ({ level: [cells.level, levels], cause: [cells.cause, json.vocabulary.causes] });
  /** @type {((i: number) => boolean)[]} */
  const tests = wanted.map(([key, value]) => {
    const [column, names] = lists[key];
    const position = names.indexOf(value);
    return (i) => column[i] === position;
  });
  if (app.state.now.priority) {
    const kept = cells.area.known.map((code) => app.isPriority(code));
    tests.push((i) => kept[cells.area.index[i]]);
  }
  return (i) => tests.every((test) => test(i));
}

/** @param {App} app @param {Style} style @returns {((point: number) => boolean) | null} */
export function keepMass(app, style) {
  const wanted = inForce(app, style);
  const points = wanted.length ? app.data.umkm : null;
  if (!points) return null;
  const columns = /** @type {Record<string, Uint8Array>} */ ({ digital: points.digital, level: points.level, sector: points.sector });
  const tests = wanted.map(([key, value]) => /** @type {const} */ ([columns[key], valuesOf(app, style, key).indexOf(value)]));
  return (i) => tests.every(([column, position]) => column[i] === position);
}
