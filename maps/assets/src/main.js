// Starts the page on the map that folium made.
// @ts-check
import { App, PHONE } from "./app.js";
import { readData } from "./data.js";
import { el, fill, keepFocus } from "./dom.js";
import { makeDock } from "./dock.js";
import { keepCell, keepMass, keepRow } from "./filters.js";
import { watchPointer } from "./hover.js";
import { paintLabels, paintSelection, paintWatermark } from "./labels.js";
import { legend, shortLegend } from "./legend.js";
import { askedFor, readLink, selectionOf, writeLink } from "./link.js";
import { unitX, unitY, WORLD } from "./mercator.js";
import { makePanel } from "./panel.js";
import { orderOperators, paintBorders, paintCells, paintDoubt, paintFill, paintLand, paintLines, paintMass, paintPoints, paintPolygons, paintRaster } from "./paint.js";
import { pick } from "./pick.js";
import { makeStage } from "./stage.js";
import { State } from "./state.js";
import { Words } from "./words.js";

/** @typedef {import("./stage.js").View} View */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

async function start() {
  /** @type {any} */
  const map = /** @type {any} */ (window).map_merata;
  const data = await readData(document);
  orderOperators(data.operators);
  const { view: linkedView, ...linked } = readLink(window.location.hash, data);
  const on = new Set(data.styles.filter((style) => style.is_on).map((style) => style.key));
  const unit = ["umkm", "people", "desa", "facilities"].find((name) => data.json.totals[name]) ?? "umkm";
  const state = new State({
    lang: data.meta.language, unit, gap: firstGap(data, unit), areaLevel: "auto", on, tab: "overview", selection: null, filters: {},
    point: data.frontier?.own ?? -1, year: null, priority: "", ...linked,
  });
  const words = new Words(data.json.words, state.now.lang);
  const app = new App(data, state, words, map);
  state.listen(() => {
    words.lang = state.now.lang;
  });

  const faint = () => [...state.now.on].some((key) => data.style(key)?.kind === "raster" || (["cells", "umkm"].includes(key) && map.getZoom() >= 9));
  const visible = () => data.styles.filter((style) => state.now.on.has(style.key) && app.hasRows(style) && (style.min_zoom ?? 0) <= map.getZoom());
  const stage = makeStage(() => {
    const list = [(/** @type {View} */ view) => paintLand(view, data)];
    let isBordered = false;
    let isNamed = false;
    for (const style of visible()) {
      if (style.kind === "points" && !isNamed && isBordered) {
        list.push((view) => paintLabels(view, data, state));
        isNamed = true;
      }
      if (style.order >= 40 && !isBordered) {
        list.push((view) => paintBorders(view, data, state));
        isBordered = true;
      }
      list.push((view) => {
        const table = data.layers.get(style.source);
        if (style.kind === "fill") paintFill(view, data, style, state, faint(), (code) => app.isPriority(code));
        else if (style.kind === "hatch") paintDoubt(view, data, style, state);
        else if (style.kind === "raster") paintRaster(view, data, style, state);
        else if (style.kind === "cells") paintCells(view, data, style, keepCell(app, style));
        else if (style.kind === "mass") paintMass(view, data, style, keepMass(app, style));
        else if (style.kind === "polygons" && table) paintPolygons(view, table, style, keepRow(app, style, table));
        else if (style.kind === "lines" && table) paintLines(view, table, style, keepRow(app, style, table));
        else if (style.kind === "points" && table) paintPoints(view, table, style, keepRow(app, style, table));
      });
    }
    if (!isBordered) list.push((view) => paintBorders(view, data, state));
    if (!isNamed) list.push((view) => paintLabels(view, data, state));
    list.push((view) => paintSelection(view, data, state));
    if (data.meta.synthetic) list.push((view) => paintWatermark(view, "DATA SINTETIS · SYNTHETIC DATA"));
    return list;
  });
  stage.addTo(map);

  L.control.zoom({ position: "topleft" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  const asked = askedFor(window.location.hash);
  if (data.frontier && state.now.point >= 0 && state.now.point !== data.frontier.own) app.choosePoint(state.now.point);
  const selection = selectionOf(data, asked);
  if (selection) state.set({ selection, tab: "detail" });
  makePanel(app, byId("panel"));
  const sliders = byId("dock");
  const placeDock = () => (app.isPhone() ? document.querySelector(".dock-place") : byId("stage"))?.append(sliders);
  placeDock();
  makeDock(app, sliders);
  const [west, south, east, north] = data.meta.bounds;
  if (linkedView) map.setView([linkedView[1], linkedView[2]], linkedView[0], { animate: false });
  else app.fit(west, south, east, north, true);
  const host = byId("legend-host");
  const keepLink = () => {
    const { lat, lng } = map.getCenter();
    try {
      window.history.replaceState(null, "", writeLink(data, state.now, { zoom: map.getZoom(), lat, lng }));
    } catch {
      // some viewers forbid it; the page works without
    }
  };
  const drawAround = () => {
    if (!app.isPhone()) keepFocus(host, () => legend(app, host));
    else shortLegend(app, host);
    drawCredits(app);
    for (const node of document.querySelectorAll("[data-word]")) node.textContent = words.t(/** @type {HTMLElement} */ (node).dataset.word ?? "");
    byId("map_merata").setAttribute("aria-label", words.t("map.aria"));
    const buttons = /** @type {[string, string][]} */ ([[".leaflet-control-zoom-in", "map.zoom_plus"], [".leaflet-control-zoom-out", "map.zoom_minus"]]);
    for (const [selector, key] of buttons) {
      const button = document.querySelector(selector);
      button?.setAttribute("title", words.t(key));
      button?.setAttribute("aria-label", words.t(key));
    }
  };
  drawAround();
  state.listen((changed) => {
    if (["lang", "on", "unit", "gap", "areaLevel", "filters", "priority", "point"].some((key) => changed.has(key))) drawAround();
    if (["on", "unit", "gap", "areaLevel", "filters", "selection", "lang", "priority", "point", "year"].some((key) => changed.has(key))) stage.paint();
    keepLink();
  });
  window.matchMedia(PHONE).addEventListener("change", () => {
    placeDock();
    drawAround();
  });
  map.on("zoomend", () => {
    if (!app.isPhone()) keepFocus(host, () => legend(app, host));
  });
  map.on("moveend", keepLink);
  watchPointer(app, byId("hover"));
  map.on("click", (/** @type {any} */ event) => {
    const { lat, lng } = event.latlng;
    const scale = (256 * 2 ** map.getZoom()) / WORLD;
    const styles = visible().filter((style) => style.kind === "points" || style.kind === "lines").reverse();
    const found = pick(data, styles, unitX(lng), unitY(lat), scale, map.getZoom(), app.isPhone() ? 8 : 4, (style, table) => keepRow(app, style, table));
    state.set({ selection: found ?? { kind: "place", lon: lng, lat }, tab: "detail" });
  });
  document.addEventListener("pointerdown", () => delete document.documentElement.dataset.keys);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") document.documentElement.dataset.keys = "";
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key === "/" && !["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName)) {
      event.preventDefault();
      byId("search").focus();
    } else if (event.key === "Enter" && target === map.getContainer()) {
      const { lat, lng } = map.getCenter(); // the place below the cross that shows where the keyboard is
      state.set({ selection: { kind: "place", lon: lng, lat }, tab: "detail" });
    } else if (event.key === "Escape" && state.now.tab === "detail") state.set({ tab: "overview", selection: null });
  });
  state.listen((changed) => {
    if (changed.has("selection")) byId("status").textContent = document.querySelector(".detail-head")?.textContent ?? "";
  });
  window.matchMedia("print").addEventListener("change", () => {
    const seen = map.getBounds();
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(seen.pad(-0.12), { animate: false });
  });
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
  /** @type {any} */ (window).merata = { map, state, stage, layers: data.styles.filter((style) => app.hasRows(style)).map((style) => style.key) };
}

/** Where hardly anybody is without signal, short capacity is the story to open with. @param {import("./data.js").Data} data @param {string} unit */
function firstGap(data, unit) {
  const totals = data.json.totals[unit] ?? {};
  const whole = data.levels.reduce((total, level) => total + (totals[level] ?? 0), 0);
  return whole > 0 && totals.unserved < 0.02 * whole && totals.limited > totals.unserved ? "short" : "unserved";
}

/** @param {App} app */
function drawCredits(app) {
  const { words, data } = app;
  const n = data.meta.credits.length;
  const open = () => app.state.set({ tab: "about", selection: null });
  const sources = n ? el("button", { type: "button", on: { click: open } }, words.t("map.sources_n", { n })) : null;
  fill(byId("credits"), el("span", {}, words.t("map.indicative_line")), el("span", {}, sources, sources ? " · " : "", "Leaflet"));
  fill(byId("badges"), data.meta.synthetic && el("strong", { class: "badge" }, words.t("map.synthetic_badge")));
}

start().catch((error) => {
  const box = byId("fault");
  box.hidden = false;
  box.textContent = `Halaman ini memerlukan peramban yang lebih baru (2023 ke atas). / This page needs a newer browser (2023 or later). [${error}]`;
});
