// The area under the pointer, with the share the colours show.
// @ts-check
import { fillValue } from "./paint.js";
import { el, fill } from "./dom.js";
import { unitX, unitY } from "./mercator.js";
import { areaAt } from "./pick.js";
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
      const key = `${level}${row}${state.now.unit}${state.now.gap}${words.lang}${[...state.now.on].join()}`;
      if (key === shown) return;
      shown = key;
      const table = data.areas.get(level);
      const style = data.styles.find((item) => item.kind === "fill" && state.now.on.has(item.key));
      if (row < 0 || !table) return fill(box);
      const value = style ? fillValue(data, style, table, row, state) : NaN;
      const text = style && Number.isFinite(value) ? (style.by === "score" ? words.n(value, 1) : words.share(value)) : "";
      const above = level === "kecamatan" || level === "desa" ? app.chain(table.text("parent", row)).join(", ") : "";
      fill(box, [level === "hexagon" ? words.t("area_levels.hexagon") : app.areaLabel(level, row), above].filter(Boolean).join(" · "), text && el("b", {}, text));
    });
  });
  app.map.on("mouseout", () => {
    shown = "";
    fill(box);
  });
}
