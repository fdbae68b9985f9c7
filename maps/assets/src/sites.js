// Lists of proposed sites: where, with what, for whom, at what cost.
// @ts-check
import { el } from "./dom.js";
import { pointClass } from "./paint.js";
import { glyph } from "./parts.js";

/** @typedef {import("./app.js").App} App */

/** Buttons of sites, the one that serves most first. @param {App} app @param {number[]} rows */
export function siteList(app, rows) {
  const { words, data } = app;
  const table = data.layers.get("sites");
  const style = data.style("sites");
  const list = el("ul", { class: "sites" });
  if (!table || !style) return list;
  const ordered = [...rows].sort((a, b) => table.number("n_umkm_new", b) - table.number("n_umkm_new", a) || (table.text("site_id", a) < table.text("site_id", b) ? -1 : 1));
  for (const row of ordered) {
    const desa = app.chain(table.text("area_code", row)).slice(0, 2).join(", ");
    list.append(el("li", {}, el("button", { type: "button", on: { click: () => app.openRow("sites", row) } },
      glyph(style.classes[Math.max(0, pointClass(style, table, row))], "points"),
      el("span", {}, table.text("name", row) || table.text("site_id", row), desa && el("small", {}, desa), el("small", {}, [words.of("map.site_type", table.text("site_type", row)), words.of("map.backhaul", table.text("backhaul", row)), Number.isFinite(table.number("year", row)) ? String(table.number("year", row)) : ""].filter(Boolean).join(" · "))),
      el("b", {}, words.t("map.plus_umkm", { n: words.n(table.number("n_umkm_new", row)) }), el("small", {}, words.idr(table.number("cost_idr", row)))))));
  }
  return list;
}
