// Layers and legend in one: a layer's classes stand below its switch while it is on.
// @ts-check
import { el, fill } from "./dom.js";
import { filterBox } from "./filters.js";
import { chip, glyph } from "./parts.js";

/** @typedef {import("./app.js").App} App @typedef {import("./classes.js").Class} Class */

const GROUPS = ["fill", "service", "coverage", "plan", "network", "data"];
const ALONE = ["fill", "coverage"]; // groups of which one layer at most is on

/** @param {App} app @param {HTMLElement} host */
export function legend(app, host) {
  const { words, data } = app;
  const open = /** @type {HTMLDetailsElement | null} */ (host.querySelector("details.card"))?.open ?? true;
  const body = el("div", { class: "layers" });
  for (const group of GROUPS) {
    const styles = data.styles.filter((style) => style.group === group).sort((a, b) => b.order - a.order);
    const present = styles.filter((style) => app.hasRows(style));
    if (!present.length) continue;
    const box = el("fieldset", {}, el("legend", {}, words.t(`map.group.${group}`)));
    for (const style of present) box.append(layerRow(app, style, ALONE.includes(group) ? present.map((item) => item.key) : []));
    if (group === "fill") box.append(levelPicker(app));
    body.append(box);
  }
  const absent = data.styles.filter((style) => !app.hasRows(style) && !["umkm", "measurements", "quarantined", "proposals"].includes(style.key));
  if (absent.length) body.append(el("p", { class: "note absent" }, words.t("map.absent_layers", { names: absent.map((style) => words.t(`map.layer.${style.key}`)).join(", ") })));
  if (app.isPhone()) fill(host, body);
  else fill(host, el("details", { class: "card", open }, el("summary", {}, words.t("map.layers")), body));
}

/** @param {App} app @param {Record<string, any>} style @param {string[]} rivals */
function layerRow(app, style, rivals) {
  const { words, state, map } = app;
  const on = state.now.on.has(style.key);
  const far = on && (style.min_zoom ?? 0) > map.getZoom();
  const id = `layer-${style.key}`;
  const box = el("input", { type: "checkbox", id, ...(on ? { checked: true } : {}), on: { change: () => state.turn(style.key, !on, rivals.filter((key) => key !== style.key)) } });
  return el("div", { class: "layer" }, el("label", { for: id }, box, el("span", {}, words.t(`map.layer.${style.key}`)), far && chip(words.t("map.zoom_in"), "quiet")), on && classList(app, style), on && filterBox(app, style));
}

/** @param {App} app @param {Record<string, any>} style */
function classList(app, style) {
  const { words, data } = app;
  const raster = data.rasters.get(style.source);
  const operators = raster?.operators ?? [];
  const numeric = style.classes.filter((/** @type {Class} */ item) => item.from !== undefined);
  if (numeric.length > 2) return ramp(app, style, numeric);
  const list = el("ul", { class: "classes" });
  if (style.by === "operator") operators.forEach((name, i) => list.append(el("li", {}, glyph(style.classes[i % style.classes.length], style.kind), name)));
  else for (const item of app.classesPresent(style)) list.append(el("li", {}, glyph(item, style.kind), words.t(item.words ?? `map.layer.${style.key}`)));
  return list;
}

/** Numeric classes as one ramp with its limits below. @param {App} app @param {Record<string, any>} style @param {Class[]} numeric */
function ramp(app, style, numeric) {
  const { words } = app;
  const percent = style.by === "unserved_share";
  const write = (/** @type {number} */ value) => (percent ? words.share(value, 0) : words.n(value));
  const strip = el("div", { class: "ramp", role: "img", "aria-label": numeric.map((item) => `≥ ${write(item.from ?? 0)}`).join(", ") });
  numeric.forEach((item, i) => strip.append(el("span", {}, el("i", { style: { background: item.colour } }), el("small", {}, i ? write(item.from ?? 0) : percent ? words.share(0) : style.unit ? `<${write(numeric[1].from ?? 0)}` : write(0)))));
  const rest = style.classes.filter((/** @type {Class} */ item) => item.from === undefined);
  const list = rest.length ? el("ul", { class: "classes" }, ...rest.map((/** @type {Class} */ item) => el("li", {}, glyph(item, style.kind), words.t(item.words ?? "")))) : null;
  const unit = percent ? words.t(`${app.state.now.gap === "short" ? "map.share_short" : "map.share_of"}.${app.state.now.unit}`) : style.unit ?? "";
  return el("div", { class: "ramp-box" }, strip, unit && el("p", { class: "note" }, unit), list);
}

/** @param {App} app */
function levelPicker(app) {
  const { words, data, state } = app;
  const known = ["kabupaten", "kecamatan", "desa", "hexagon"].filter((level) => data.areas.has(level));
  if (known.length < 2) return document.createTextNode("");
  const select = /** @type {HTMLSelectElement} */ (el("select", { id: "area-level", on: { change: () => state.set({ areaLevel: select.value }) } },
    ...["auto", ...known].map((level) => el("option", { value: level, ...(state.now.areaLevel === level ? { selected: true } : {}) }, level === "auto" ? words.t("map.level_auto") : words.t(`area_levels.${level}`)))));
  return el("label", { class: "level", for: "area-level" }, el("span", {}, words.t("map.level")), select);
}
