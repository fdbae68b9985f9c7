// The plan in view: at which ceiling of the frontier, up to which year, and what it reaches.
// @ts-check
import { keepRow } from "./filters.js";

/** @typedef {import("./app.js").App} App @typedef {import("./data.js").Table} Table */

/** Years in which a plan's sites are switched on, first to last; empty unless there are two. @param {App} app @param {Table} [sites] @returns {number[]} */
export function yearsOf(app, sites) {
  const table = sites ?? app.data.layers.get("sites");
  if (!table?.has("year")) return [];
  const found = new Set();
  for (let row = 0; row < table.n; row++) if (Number.isFinite(table.number("year", row))) found.add(table.number("year", row));
  return found.size < 2 ? [] : [...found].sort((a, b) => a - b);
}

/** Rows of the sites in view: of the chosen ceiling, up to the chosen year, within the chosen areas. @param {App} app @returns {number[]} */
export function siteRows(app) {
  const table = app.data.layers.get("sites");
  const style = app.data.style("sites");
  if (!table || !style) return [];
  const keep = keepRow(app, style, table);
  return [...Array(table.n).keys()].filter((row) => !keep || keep(row));
}

/** Whether the sites in view are all of the page's own plan, so that its facts hold. @param {App} app */
export function isWholePlan(app) {
  const { data, state } = app;
  const { point, year } = state.now;
  return (!data.frontier || point === data.frontier.own || point < 0) && year === null && siteRows(app).length === (data.layers.get("sites")?.n ?? 0);
}

/** Sites per kabupaten code, of those in view. @param {App} app @returns {Map<string, number[]>} */
export function sitesByArea(app) {
  const table = app.data.layers.get("sites");
  /** @type {Map<string, number[]>} */
  const found = new Map();
  for (const row of table ? siteRows(app) : []) {
    const code = /** @type {Table} */ (table).text("area_code", row).split(".").slice(0, 2).join(".");
    const rows = found.get(code);
    if (rows) rows.push(row);
    else found.set(code, [row]);
  }
  return found;
}

/** Sum of a column over some sites. @param {App} app @param {string} name @param {number[]} rows */
export function sumOf(app, name, rows) {
  const table = app.data.layers.get("sites");
  return rows.reduce((total, row) => total + (table?.number(name, row) || 0), 0);
}

/** Newly served at a point of the frontier. @param {Table} points @param {string} unit @param {number} at */
export function newAt(points, unit, at) {
  const name = [`${unit}_new`, `n_${unit}_new`, unit].find((column) => points.has(column));
  return name ? points.number(name, at) : NaN;
}

/** What each year of the plan in view brings: the facts' own word, or the frontier's for another ceiling. @param {App} app @returns {{year: number, n_sites_on: number, n_umkm_on: number}[]} */
function yearsTold(app) {
  const { data, state } = app;
  const { frontier } = data;
  return frontier && state.now.point >= 0 && state.now.point !== frontier.own ? frontier.yearsAt(state.now.point) : data.json.plan.years ?? [];
}

/** What is told of the plan at the end of a year; undefined where nothing is, or the reader looks at other sites. @param {App} app @param {number | null} year @param {number} n sites in view */
function yearRecord(app, year, n) {
  const record = year !== null ? yearsTold(app).find((item) => item.year === year) : undefined;
  return record && record.n_sites_on === n ? record : undefined;
}

/** UMKM that each year adds: as told where it is, else from the sites in view. @param {App} app @param {number[]} years @returns {number[]} */
export function gainsOf(app, years) {
  const told = yearsTold(app);
  const served = years.map((year) => told.find((item) => item.year === year)?.n_umkm_on ?? NaN);
  if (served.every(Number.isFinite)) return served.map((value, i) => value - (i ? served[i - 1] : 0));
  const table = app.data.layers.get("sites");
  return years.map((year) => sumOf(app, "n_umkm_new", [...Array(table?.n ?? 0).keys()].filter((row) => table?.number("year", row) === year)));
}

/** What the plan in view is: its size, cost and gain. @param {App} app */
export function planNow(app) {
  const { data, state } = app;
  const { frontier } = data;
  const rows = siteRows(app);
  const at = state.now.point;
  const isOwn = !frontier || at < 0 || at === frontier.own;
  const plan = data.json.plan;
  const isWhole = rows.length === (data.layers.get("sites")?.n ?? 0);
  const point = (/** @type {string} */ name) => (frontier && !isOwn ? frontier.points.number(name, at) : NaN);
  const record = yearRecord(app, state.now.year, rows.length);
  const figure = (/** @type {string} */ own, /** @type {number} */ other) => (isOwn ? (typeof plan[own] === "number" ? plan[own] : NaN) : other);
  return {
    n: rows.length, isOwn, isWhole,
    ceiling: figure("ceiling_idr", point("ceiling_idr")),
    cost: isWhole ? figure("cost_idr", point("spent_idr")) : sumOf(app, "cost_idr", rows),
    umkm: isWhole ? figure("n_umkm_new", frontier && !isOwn ? newAt(frontier.points, "umkm", at) : NaN) : record?.n_umkm_on ?? sumOf(app, "n_umkm_new", rows),
    gap: isWhole ? figure("gap_share", point("gap_share")) : NaN,
  };
}
