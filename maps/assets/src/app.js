// What every part of the page shares: data, choices, words, and ways to move about.
// @ts-check
import { ID_OF } from "./link.js";
import { latOf, lonOf } from "./mercator.js";
import { pointClass } from "./paint.js";

/**
 * @typedef {import("./data.js").Data} Data @typedef {import("./state.js").State} State @typedef {import("./words.js").Words} Words
 */

export const PHONE = "screen and (max-width: 900px)";

export class App {
  /** @param {Data} data @param {State} state @param {Words} words @param {any} map */
  constructor(data, state, words, map) {
    this.data = data;
    this.state = state;
    this.words = words;
    this.map = map;
    /** @type {Map<string, Set<number>>} */
    this.present = new Map();
    /** @type {Map<string, boolean>} */
    this.judged = new Map();
    this.isPhone = () => window.matchMedia(PHONE).matches;
  }

  /** @param {string} level */
  levelColour(level) {
    return this.data.style("cells")?.classes.find((/** @type {any} */ item) => item.key === level)?.colour ?? "#888888";
  }

  /** Whether a style has anything to draw. @param {Record<string, any>} style */
  hasRows(style) {
    const { data } = this;
    switch (style.kind) {
      case "fill": return style.by === "score" ? [...data.areas.values()].some((table) => table.has("score")) : [...data.areas.values()].some((table) => table.has(`${this.state.now.unit}_served`));
      case "hatch": return this.hasDoubt();
      case "raster": return data.rasters.has(style.source);
      case "cells": return Boolean(data.json.cells);
      case "mass": return Boolean(data.json.umkm);
      default: return data.layers.has(style.source);
    }
  }

  /** Legend classes a layer's rows fall in, in the order of the style. @param {Record<string, any>} style @returns {import("./classes.js").Class[]} */
  classesPresent(style) {
    const table = this.data.layers.get(style.source);
    if (!table || !["points", "lines", "polygons"].includes(style.kind)) return style.classes;
    let seen = this.present.get(style.key);
    if (!seen) {
      seen = new Set();
      for (let row = 0; row < table.n; row++) seen.add(pointClass(style, table, row));
      this.present.set(style.key, seen);
    }
    const found = seen;
    return style.classes.filter((/** @type {unknown} */ _, /** @type {number} */ i) => found.has(i));
  }

  /** Name of an area by its code; the code itself where it is not on the page. @param {string} code */
  areaName(code) {
    const found = this.areaRow(code);
    return found ? this.areaLabel(found.level, found.row) : code;
  }

  /** @param {string} level @param {number} row */
  areaLabel(level, row) {
    const table = this.data.areas.get(level);
    const name = table?.text("name", row) ?? "";
    if (name) return name;
    return `${this.words.t(`area_levels.${level}`)} ${table?.text("code", row) ?? ""}`;
  }

  /** @param {string} code @returns {{level: string, row: number} | null} */
  areaRow(code) {
    for (const [level, table] of this.data.areas) {
      const row = table.find("code", code);
      if (row >= 0) return { level, row };
    }
    return null;
  }

  /** Kabupaten of a Kemendagri code. @param {string} code */
  static kabupatenOf(code) {
    return code.split(".").slice(0, 2).join(".");
  }

  /** Names from the finest area of a code up to its kabupaten. @param {string} code */
  chain(code) {
    const parts = code.split(".");
    const names = [];
    for (let n = parts.length; n >= 2; n--) {
      const found = this.areaRow(parts.slice(0, n).join("."));
      if (found) names.push(this.areaLabel(found.level, found.row));
    }
    return names;
  }

  /** Kinds of priority areas that the score of this run knows. @returns {string[]} */
  priorities() {
    const tables = [...this.data.areas.values()];
    return ["three_t", "lokpri", "outermost_islands", "priority_destinations"].filter((key) => tables.some((table) => {
      for (let row = 0; table.has(`raw_${key}`) && row < table.n; row++) if (table.number(`raw_${key}`, row) > 0) return true;
      return false;
    }));
  }

  /** Whether an area, or the nearest one above it that is judged, is of the priority asked for. @param {string} code @returns {boolean} */
  isPriority(code) {
    const key = this.state.now.priority;
    if (!key) return true;
    const known = this.judged.get(`${key} ${code}`);
    if (known !== undefined) return known;
    const found = this.areaRow(code);
    const raw = found ? this.data.areas.get(found.level)?.number(`raw_${key}`, found.row) ?? NaN : NaN;
    const above = code.includes(".") ? code.slice(0, code.lastIndexOf(".")) : "";
    const answer = Number.isFinite(raw) ? raw > 0 : above !== "" && this.isPriority(above);
    this.judged.set(`${key} ${code}`, answer);
    return answer;
  }

  /** Whether some area rests on less evidence than the run asks for. */
  hasDoubt() {
    const least = this.data.meta.confidence;
    return typeof least === "number" && [...this.data.areas.values()].some((table) => {
      for (let row = 0; table.has("confidence_share") && row < table.n; row++) if (table.number("confidence_share", row) < least) return true;
      return false;
    });
  }

  /** Show the plan of another ceiling; what was chosen stays chosen where that plan has it too. @param {number} at */
  choosePoint(at) {
    const { data, state } = this;
    if (!data.frontier) return;
    const { selection, tab } = state.now;
    const id = selection?.kind === "row" && selection.layer in ID_OF ? data.layers.get(selection.layer)?.text(ID_OF[selection.layer], selection.row) ?? "" : "";
    for (const [name, table] of Object.entries(data.frontier.layersAt(at))) {
      if (table) data.layers.set(name, table);
      else data.layers.delete(name);
    }
    for (const style of data.styles) if (["sites", "links"].includes(style.source)) this.present.delete(style.key);
    /** @type {import("./state.js").Selection | null} */
    let kept = selection;
    if (selection?.kind === "row" && ["sites", "links"].includes(selection.layer)) {
      const row = data.layers.get(selection.layer)?.find(ID_OF[selection.layer], id) ?? -1;
      kept = row < 0 ? null : { ...selection, row };
    }
    state.set({ point: at, selection: kept, tab: tab === "detail" && !kept ? "overview" : tab });
  }

  /** @param {string} level @param {number} row */
  openArea(level, row) {
    const shapes = this.data.areas.get(level)?.shapes;
    if (shapes) {
      const [w, n, e, s] = shapes.box.subarray(4 * row, 4 * row + 4);
      this.fit(lonOf(w), latOf(s), lonOf(e), latOf(n));
    }
    this.state.set({ selection: { kind: "area", level, row }, tab: "detail" });
  }

  /** @param {string} layer @param {number} row */
  openRow(layer, row) {
    const table = this.data.layers.get(layer);
    if (!table) return;
    const style = this.data.styleOf(layer);
    const isShown = this.data.styles.some((item) => item.source === layer && this.state.now.on.has(item.key));
    if (style && !isShown) this.state.turn(style.key, true);
    if (table.x.length) this.moveTo(table.lon(row), table.lat(row), Math.max(11, this.map.getZoom()));
    else if (table.shapes) {
      const [w, n, e, s] = table.shapes.box.subarray(4 * row, 4 * row + 4);
      this.fit(lonOf(w), latOf(s), lonOf(e), latOf(n));
    }
    this.state.set({ selection: { kind: "row", layer, row }, tab: "detail" });
  }

  /** Space the bottom sheet takes away on a phone. */
  hidden() {
    return this.isPhone() ? Math.round(window.innerHeight * 0.5) : 0;
  }

  /** @param {number} west @param {number} south @param {number} east @param {number} north @param {boolean} [still] */
  fit(west, south, east, north, still = false) {
    const pad = this.isPhone() ? 14 : 24;
    const low = this.isPhone() ? 0 : document.getElementById("dock")?.offsetHeight ?? 0;
    const right = this.isPhone() ? pad : window.innerWidth > 1240 ? 296 : 60;
    const calm = still || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds([[south, west], [north, east]], {
      paddingTopLeft: [pad, pad], paddingBottomRight: [right, pad + low + this.hidden()], maxZoom: 13, animate: !calm, duration: 0.5,
    });
  }

  /** @param {number} lon @param {number} lat @param {number} zoom */
  moveTo(lon, lat, zoom) {
    const aside = this.isPhone() || window.innerWidth <= 1240 ? 0 : 130;
    const target = this.map.project([lat, lon], zoom).add([aside, this.hidden() / 2]);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.setView(this.map.unproject(target, zoom), zoom, { animate: !calm });
  }
}
