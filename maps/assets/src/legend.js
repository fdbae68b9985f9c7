// Layers and legend in one: a layer's classes stand below its switch while it is on.
// @ts-check
import { el, fill } from "./dom.js";
import { filterBox } from "./filters.js";
import { chip, glyph } from "./parts.js";

/** @typedef {import("./app.js").App} App @typedef {import("./classes.js").Class} Class */

const GROUPS = ["fill", "service", "coverage", "plan", "network", "data"];
const ALONE = ["fill", "coverage"]; // groups of which one layer at most is on
const RARE = ["umkm", "measurements", "quarantined", "proposals", "area_confidence", "bts_operator"]; // nobody misses them where they are not

/** @param {App} app @param {HTMLElement} host */
export function legend(app, host) {
  const { words, data } = app;
  const open = /** @type {HTMLDetailsElement | null} */ (host.querySelector("details.card"))?.open ?? window.innerWidth > 1240;
  const body = el("div", { class: "layers" });
  for (const group of GROUPS) {
    const styles = data.styles.filter((style) => style.group === group).sort((a, b) => b.order - a.order);
    const present = styles.filter((style) => app.hasRows(style));
    if (!present.length) continue;
    const box = el("fieldset", {}, el("legend", {}, words.t(`map.group.${group}`)));
    for (const style of present) box.append(layerRow(app, style, present.filter((item) => item.kind === style.kind && (ALONE.includes(group) || item.source === style.source)).map((item) => item.key)));
    if (group === "fill") for (const choice of [levelPicker(app), priorityPicker(app)]) if (choice) box.append(choice);
    body.append(box);
  }
  const absent = data.styles.filter((style) => !app.hasRows(style) && !RARE.includes(style.key));
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
  return el("div", { class: "layer" }, el("label", { for: id }, box, el("span", {}, words.t(`map.layer.${style.key}`)), far && chip(words.t("map.zoom_in"), "quiet"), !far && evidenceChip(app, style)), on && style.kind === "raster" && operatorPicker(app, style), on && !far && classList(app, style), on && !far && noteOf(app, style), on && !far && filterBox(app, style));
}

/** What a layer is worth: for whom it was judged, and what it is not. @param {App} app @param {Record<string, any>} style */
function noteOf(app, style) {
  const { words, data } = app;
  const texts = [];
  if (style.key === "measurements") texts.push(words.t("map.note.measured"));
  const whole = data.json.layers[style.source]?.of;
  if (whole) texts.push(words.t("map.note.thinned", { n: words.n(data.layers.get(style.source)?.n), total: words.n(whole) }));
  if (style.kind === "raster") texts.push(words.t("map.note.modelled"));
  if (style.key === "coverage_probability") texts.push(words.t(`map.note.${data.meta.place}`));
  if (style.key === "coverage_sinr") texts.push(words.t(`map.note.sinr_${data.meta.place}`));
  if (style.key === "coverage_rsrp" && data.meta.interference === "fixed") texts.push(words.t("map.note.coverage_only"));
  return texts.length ? el("p", { class: "note" }, texts.join(" ")) : null;
}

/** What a layer rests on, where no row of it was observed. @param {App} app @param {Record<string, any>} style */
function evidenceChip(app, style) {
  const known = app.data.layers.get(style.source)?.known("evidence") ?? [];
  return known.length === 1 && ["synthetic", "estimate", "schematic"].includes(known[0]) ? chip(app.words.t(`evidence.${known[0]}`), "quiet mark-off") : null;
}

/** @param {App} app @param {Record<string, any>} style */
function classList(app, style) {
  const { words } = app;
  if (style.by === "operator") return operatorList(app, style);
  const numeric = style.classes.filter((/** @type {Class} */ item) => item.from !== undefined);
  if (numeric.length > 2) return ramp(app, style, numeric);
  const list = el("ul", { class: "classes" });
  for (const item of app.classesPresent(style)) list.append(el("li", {}, glyph(item, style.kind), words.t(item.words ?? `map.layer.${style.key}`)));
  return list;
}

/** Operators that the layer shows, in the colours they have everywhere. @param {App} app @param {Record<string, any>} style */
function operatorList(app, style) {
  const { data } = app;
  const shown = data.rasters.get(style.source)?.operators ?? data.layers.get(style.source)?.known("operator") ?? [];
  const names = data.operators.filter((name) => shown.includes(name));
  return el("ul", { class: "classes" }, ...names.map((name) => el("li", {}, glyph(style.classes[data.operators.indexOf(name) % style.classes.length], style.kind), name)));
}

/** Numeric classes as one ramp with its limits below. @param {App} app @param {Record<string, any>} style @param {Class[]} numeric */
function ramp(app, style, numeric) {
  const { words } = app;
  const percent = style.by === "unserved_share" || style.unit === "share";
  const write = (/** @type {number} */ value) => (percent ? words.share(value, 0) : words.n(value));
  const strip = el("div", { class: "ramp", role: "img", "aria-label": numeric.map((item) => `≥ ${write(item.from ?? 0)}`).join(", ") });
  numeric.forEach((item, i) => strip.append(el("span", {}, el("i", { style: { background: item.colour } }), el("small", {}, i ? write(item.from ?? 0) : percent ? words.share(0) : style.unit ? `<${write(numeric[1].from ?? 0)}` : write(0)))));
  const rest = style.classes.filter((/** @type {Class} */ item) => item.from === undefined);
  const list = rest.length ? el("ul", { class: "classes" }, ...rest.map((/** @type {Class} */ item) => el("li", {}, glyph(item, style.kind), words.t(item.words ?? "")))) : null;
  const unit = style.unit === "share" ? "" : percent ? words.t(`${app.state.now.gap === "short" ? "map.share_short" : "map.share_of"}.${app.state.now.unit}`) : style.unit ?? "";
  return el("div", { class: "ramp-box" }, strip, unit && el("p", { class: "note" }, unit), list);
}

/** A labelled choice below a group. @param {string} id @param {string} label @param {[string, string][]} options @param {string} chosen @param {(value: string) => void} choose */
function picker(id, label, options, chosen, choose) {
  const select = /** @type {HTMLSelectElement} */ (el("select", { id, on: { change: () => choose(select.value) } },
    ...options.map(([value, text]) => el("option", { value, ...(chosen === value ? { selected: true } : {}) }, text))));
  return el("label", { class: "level", for: id }, el("span", {}, label), select);
}

/** Whose signal a raster shows, where the page holds each operator's alone. @param {App} app @param {Record<string, any>} style */
function operatorPicker(app, style) {
  const { words, data, state } = app;
  const known = data.operators.filter((name) => data.rasters.has(`${style.source}:${name}`));
  if (!known.length) return null;
  const name = `${style.key}.operator`;
  const options = /** @type {[string, string][]} */ ([["", words.t("map.best_of_all")], ...known.map((operator) => [operator, operator.slice(0, 60)])]);
  return picker(`of-${style.key}`, words.t("map.field.operator"), options, state.now.filters[name] ?? "", (value) => state.set({ filters: { ...state.now.filters, [name]: value } }));
}

/** @param {App} app */
function levelPicker(app) {
  const { words, data, state } = app;
  const known = ["kabupaten", "kecamatan", "desa", "hexagon"].filter((level) => data.areas.has(level));
  if (known.length < 2) return null;
  const options = /** @type {[string, string][]} */ (["auto", ...known].map((level) => [level, level === "auto" ? words.t("map.level_auto") : words.t(`area_levels.${level}`)]));
  return picker("area-level", words.t("map.level"), options, state.now.areaLevel, (areaLevel) => state.set({ areaLevel }));
}

/** @param {App} app */
function priorityPicker(app) {
  const { words, state } = app;
  const known = app.priorities();
  if (!known.length) return null;
  const options = /** @type {[string, string][]} */ ([["", words.t("map.all")], ...known.map((key) => [key, words.t(`map.priority.${key}`)])]);
  return picker("only-priority", words.t("map.only"), options, state.now.priority, (priority) => state.set({ priority }));
}

/** On phones, where the layers have a tab of their own: the colours of the raster or the areas in view, on one line over the map. @param {App} app @param {HTMLElement} host */
export function shortLegend(app, host) {
  const shown = (/** @type {string} */ kind) => app.data.styles.find((item) => item.kind === kind && app.state.now.on.has(item.key) && app.hasRows(item));
  const style = shown("raster") ?? shown("fill"); // a raster lies over the colours of areas
  fill(host, style && el("div", { class: "card short" }, el("p", {}, app.words.t(`map.layer.${style.key}`)), classList(app, style)));
}
