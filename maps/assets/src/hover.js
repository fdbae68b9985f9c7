// The area under the pointer: its totals, its score, what is proposed there. A card that asks for no click.
// @ts-check
import { el, fill } from "./dom.js";
import { countsOf, missingShare, sum } from "./measure.js";
import { unitX, unitY } from "./mercator.js";
import { levelBar } from "./parts.js";
import { areaAt } from "./pick.js";
import { sitesByArea, sumOf } from "./plans.js";
import { levelAt } from "./state.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app @param {HTMLElement} box */
export function watchPointer(app, box) {
  if (!window.matchMedia("(hover: hover)").matches) return;
  let waits = false;
  let shown = "";
  app.map.on("mousemove", (/** @type {any} */ event) => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      const { state, data, words } = app;
      const level = levelAt(state.now.areaLevel, app.map.getZoom(), [...data.areas.keys()]);
      const row = areaAt(data, level, unitX(event.latlng.lng), unitY(event.latlng.lat));
      const { unit, gap, point, year, priority } = state.now;
      const key = [level, row, unit, gap, words.lang, point, year, priority].join();
      if (key === shown) return;
      shown = key;
      fill(box, ...(row < 0 ? [] : card(app, level, row)));
    });
  });
  app.map.on("mouseout", () => {
    shown = "";
    fill(box);
  });
}

/** @param {App} app @param {string} level @param {number} row */
function card(app, level, row) {
  const { words, data, state } = app;
  const table = /** @type {import("./data.js").Table} */ (data.areas.get(level));
  const counts = countsOf(table, row, state.now.unit, data.levels);
  const above = level === "kecamatan" || level === "desa" ? app.chain(table.text("parent", row)).join(", ") : "";
  const score = table.number("score", row);
  const line = (/** @type {string} */ name, /** @type {string} */ value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
  const rows = [];
  if (counts && sum(counts) > 0) {
    rows.push(line(words.t(`map.unit.${state.now.unit}`), words.n(sum(counts))), line(words.t(`map.rank.${state.now.gap}`), words.share(missingShare(counts, state.now.gap))));
  }
  if (Number.isFinite(score)) rows.push(line(words.t("map.score"), words.n(score, 1)));
  const sites = level === "kabupaten" ? sitesByArea(app).get(table.text("code", row)) ?? [] : [];
  if (sites.length) rows.push(line(words.t("map.plan_sites"), `${words.n(sites.length)} · ${words.idr(sumOf(app, "cost_idr", sites))}`));
  return [el("b", {}, level === "hexagon" ? words.t("area_levels.hexagon") : app.areaLabel(level, row)), above && el("small", {}, above), counts && sum(counts) > 0 && levelBar(app, counts, true), el("dl", {}, ...rows)];
}
