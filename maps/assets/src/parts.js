// Pieces of the panel used by several views.
// @ts-check
import { el, svg } from "./dom.js";
import { sum } from "./measure.js";
import { plain } from "./words.js";

/** @typedef {import("./app.js").App} App @typedef {import("./classes.js").Class} Class */

/** Stacked bar of levels of service. @param {App} app @param {number[]} counts @param {boolean} [thin] */
export function levelBar(app, counts, thin = false) {
  const total = sum(counts);
  const label = app.data.levels.map((level, i) => `${app.words.t(`levels.${level}`)} ${app.words.share(total ? counts[i] / total : NaN)}`).join(", ");
  const bar = el("div", { class: thin ? "bar thin" : "bar", role: "img", "aria-label": label });
  counts.forEach((count, i) => {
    if (total && count > 0) {
      bar.append(el("span", { style: { width: `${(100 * count) / total}%`, background: app.levelColour(app.data.levels[i]) }, class: app.data.levels[i] === "unknown" ? "hatched" : "" }));
    }
  });
  return bar;
}

/** Rows of a list of facts; empty values stay away. @param {[string, string | Node | null][]} rows */
export function facts(rows) {
  const list = el("dl", { class: "facts" });
  for (const [name, value] of rows) {
    if (value === null || value === "" || value === "–") continue;
    list.append(el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  }
  return list;
}

/** @param {string} title @param {...(Node | string | null | false | undefined)} children */
export function section(title, ...children) {
  return el("section", { class: "block" }, el("h2", {}, title), ...children);
}

/** @param {string} text */
export const empty = (text) => el("p", { class: "empty" }, text);

/** @param {string} text @param {string} [kind] */
export const chip = (text, kind = "") => el("span", { class: `chip ${kind}` }, text);

const HATCH = "M2 12 L12 2 M8 12 L18 2 M14 12 L20 6 M2 6 L6 2";

/** Symbol of a legend class. @param {Class} item @param {string} kind */
export function glyph(item, kind) {
  const box = svg("svg", { width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true", class: "glyph" });
  if (kind === "lines") {
    box.append(svg("line", { x1: 1, y1: 7, x2: 21, y2: 7, stroke: item.colour, "stroke-width": item.width_px ?? 2, "stroke-dasharray": (item.dash_px ?? []).join(" ") || "none", "stroke-linecap": "round" }));
    return box;
  }
  if (kind === "polygons") {
    box.append(svg("rect", { x: 1.5, y: 1.5, width: 19, height: 11, rx: 2, fill: "#fff", stroke: item.colour, "stroke-width": item.width_px ?? 1.5, "stroke-dasharray": (item.dash_px ?? []).map((dash) => dash / 2).join(" ") || "none" }));
    if (item.is_hatched) box.append(svg("path", { d: HATCH, stroke: item.colour, "stroke-width": 1, opacity: 0.7 }));
    return box;
  }
  if (kind === "hatch") {
    box.append(svg("rect", { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: "#fff", stroke: "rgba(20,34,46,0.18)" }), svg("path", { d: HATCH, stroke: item.colour, "stroke-width": 1.2 }));
    return box;
  }
  if (kind === "fill" || kind === "raster" || kind === "cells") {
    box.append(svg("rect", { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: item.colour, stroke: "rgba(20,34,46,0.18)" }));
    if (item.is_hatched) box.append(svg("path", { d: HATCH, stroke: "#fff", "stroke-width": 1.4, opacity: 0.8 }));
    return box;
  }
  box.append(pointGlyph(item));
  return box;
}

/** @param {Class} item */
function pointGlyph(item) {
  const r = Math.max(2.5, Math.min(5.5, (item.size_px ?? 5) * 0.85));
  const solid = { fill: item.colour, stroke: item.rim ?? "#fff", "stroke-width": 1 };
  const open = { fill: "none", stroke: item.colour, "stroke-width": 1.8 };
  switch (item.shape ?? "circle") {
    case "square": return svg("rect", { x: 11 - r, y: 7 - r, width: 2 * r, height: 2 * r, ...solid });
    case "diamond": return svg("path", { d: `M11 ${7 - r * 1.2} L${11 + r * 1.2} 7 L11 ${7 + r * 1.2} L${11 - r * 1.2} 7 Z`, ...solid });
    case "triangle": return svg("path", { d: `M11 ${7 - r * 1.1} L${11 + r * 1.1} ${7 + r} L${11 - r * 1.1} ${7 + r} Z`, ...solid });
    case "pin": return svg("path", { d: `M${11 - r} ${7 + r} L${11 - r * 0.45} ${7 - r} L${11 + r * 0.45} ${7 - r} L${11 + r} ${7 + r} Z`, ...solid });
    case "cross": return svg("path", { d: `M${11 - r} ${7 - r} L${11 + r} ${7 + r} M${11 + r} ${7 - r} L${11 - r} ${7 + r}`, ...open });
    case "ring": return svg("circle", { cx: 11, cy: 7, r, ...open });
    default: return svg("circle", { cx: 11, cy: 7, r, ...solid });
  }
}

/** What a notice names, shares as percent. @param {App} app @param {Record<string, any>} fields */
export const spoken = (app, fields) => Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, ["share", "threshold"].includes(key) && typeof value === "number" ? app.words.share(value, Number.isInteger(Math.round(1000 * value) / 10) ? 0 : 1) : value]));

const SUFFIXES = /** @type {[RegExp, string, number][]} */ ([
  [/_idr_per_year$/, "idr", 0], [/_idr$/, "idr", 0], [/_share$/, "share", 1], [/_mbps$/, "Mbit/s", 1], [/_km2$/, "km²", 1],
  [/_km$/, "km", 1], [/_m$/, "m", 0], [/_dbm$/, "dBm", 1], [/_db$/, "dB", 1], [/_dbi$/, "dBi", 1], [/_mhz$/, "MHz", 0],
  [/_ghz$/, "GHz", 1], [/_deg$/, "°", 1], [/_ms$/, "ms", 0],
]);

/** A value by the unit its name ends in. @param {App} app @param {string} key @param {unknown} value @returns {string} */
export function valueByName(app, key, value) {
  if (typeof value === "boolean") return app.words.t(value ? "map.yes" : "map.no");
  if (typeof value !== "number") return value === null || value === undefined ? "–" : plain(String(value));
  const found = SUFFIXES.find(([pattern]) => pattern.test(key));
  if (!found) return app.words.n(value, Number.isInteger(value) ? 0 : 2);
  if (found[1] === "idr") return app.words.idr(value);
  if (found[1] === "share") return app.words.share(value);
  return `${app.words.n(value, found[2])} ${found[1]}`;
}

/** A field of a style file for a row. @param {App} app @param {Record<string, any>} field @param {import("./data.js").Table} table @param {number} row @returns {string} */
export function fieldValue(app, field, table, row) {
  const { words } = app;
  const unit = field.unit ? ` ${field.unit}` : "";
  switch (field.show ?? "text") {
    case "number": {
      const value = table.number(field.key, row);
      return Number.isFinite(value) ? words.n(value, field.digits ?? 0) + unit : "–";
    }
    case "idr": return words.idr(table.number(field.key, row));
    case "share": return words.share(table.number(field.key, row));
    case "date": return words.date(table.text(field.key, row)) || "–";
    case "spoken": return table.text(`${field.key}_${words.lang}`, row) || "–";
    case "words": return words.of(field.words ?? "", table.text(field.key, row));
    default: return table.text(field.key, row) || "–";
  }
}
