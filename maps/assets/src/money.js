// The programme over years: what each year switches on and serves, and what it takes from each source of money.
// @ts-check
import { el } from "./dom.js";
import { section } from "./parts.js";
import { isWholePlan } from "./plans.js";

/** @typedef {import("./app.js").App} App */

/** @param {string[]} heads @param {(string | Node)[][]} rows */
function table(heads, rows) {
  const cells = (/** @type {(string | Node)[]} */ row) => row.map((text, i) => el("td", i ? { class: "num" } : {}, text));
  return el("div", { class: "wide" }, el("table", { class: "plain" }, el("thead", {}, el("tr", {}, ...heads.map((text, i) => el("th", { scope: "col", ...(i ? { class: "num" } : {}) }, text)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...cells(row))))));
}

/** Tables of the whole plan by year and source; none where the plan has no years. @param {App} app @returns {Node[]} */
export function programme(app) {
  const { words, data } = app;
  if (!isWholePlan(app)) return [];
  /** @type {Record<string, any>[]} */
  const years = data.json.plan.years ?? [];
  /** @type {Record<string, any>[]} */
  const money = data.json.plan.money ?? [];
  const billion = (/** @type {number} */ value) => words.fixed(value / 1e9, 1);
  const blocks = [];
  if (years.length > 1) {
    blocks.push(section(words.t("map.by_year"), table([words.t("map.year"), words.t("map.new_sites"), words.t("map.on_sites"), words.t("map.unit.umkm"), words.t("map.unit.people")],
      years.map((item) => [String(item.year), words.n(item.n_sites), words.n(item.n_sites_on), words.n(item.n_umkm_on), words.n(item.people_on)]))));
  }
  if (money.length > 1) {
    blocks.push(section(words.t("map.by_source"), el("p", { class: "note" }, words.t("map.by_source_why")), table([words.t("map.field.funding_source"), words.t("map.year"), words.t("map.plan_figure.ceiling_idr"), words.t("map.spent"), words.t("map.left")],
      money.map((item) => [el("span", {}, String(item.funding_source), el("small", {}, item.payer ? ` ${item.payer}` : "")), String(item.year), billion(item.ceiling_idr), billion(item.spent_idr), billion(item.left_idr)]))));
  }
  return blocks;
}
