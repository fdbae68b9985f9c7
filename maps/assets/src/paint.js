// Painters: each draws one style of the style files on the stage.
// @ts-check
import { classOfNumber, classOfText, rgb } from "./classes.js";
import { meaning } from "./data.js";
import { countsOf, missingShare } from "./measure.js";
import { unitX, unitY, lonOf, latOf, warpRows } from "./mercator.js";
import { isOpen, isVisible, symbol, trace } from "./shapes.js";
import { levelAt } from "./state.js";

/**
 * @typedef {import("./data.js").Data} Data @typedef {import("./data.js").Table} Table @typedef {import("./data.js").Raster} Raster
 * @typedef {import("./stage.js").View} View @typedef {import("./state.js").State} State @typedef {import("./classes.js").Class} Class
 * @typedef {Record<string, any>} Style
 */

export const LAND = "#f6f4ee";
const SHORE = "#a9b6c0";
const PATH_SHAPES = 64; // one path of thousands of areas fills many times slower than many paths

/** @param {View} view @param {Data} data */
export function paintLand(view, data) {
  const { ctx } = view;
  paintGraticule(view);
  if (!data.coast) return;
  ctx.beginPath();
  for (let i = 0; i < data.coast.partStart.length - 1; i++) if (isVisible(data.coast, i, view)) trace(data.coast, i, view, true);
  ctx.lineJoin = "round";
  ctx.strokeStyle = "rgba(255,255,255,0.55)";
  ctx.lineWidth = 6;
  ctx.stroke();
  ctx.fillStyle = LAND;
  ctx.fill("evenodd");
  ctx.strokeStyle = SHORE;
  ctx.lineWidth = 0.8;
  ctx.stroke();
}

/** @param {View} view */
function paintGraticule(view) {
  const { ctx, zoom, scale, ox, oy, width, height } = view;
  const step = zoom < 6 ? 5 : zoom < 7.5 ? 2 : zoom < 8.5 ? 1 : zoom < 10 ? 0.5 : zoom < 12 ? 0.1 : 0.05;
  const [west, east] = [lonOf(ox / scale), lonOf((ox + width) / scale)];
  const [north, south] = [latOf(oy / scale), latOf((oy + height) / scale)];
  ctx.strokeStyle = "rgba(90,115,135,0.16)";
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let k = Math.ceil(west / step); k * step <= east; k++) {
    const px = Math.round(unitX(k * step) * scale - ox) + 0.5;
    ctx.moveTo(px, 0);
    ctx.lineTo(px, height);
  }
  for (let k = Math.ceil(south / step); k * step <= north; k++) {
    const py = Math.round(unitY(k * step) * scale - oy) + 0.5;
    ctx.moveTo(0, py);
    ctx.lineTo(width, py);
  }
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {string} colour @param {string} [line] */
function hatch(ctx, colour, line = "rgba(255,255,255,0.75)") {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = line;
  pen.lineWidth = 1.6;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
  return /** @type {CanvasPattern} */ (ctx.createPattern(tile, "repeat"));
}

/** @param {Data} data @param {Style} style @param {Table} table @param {number} row @param {State} state */
export function fillValue(data, style, table, row, state) {
  return style.by === "score" ? table.number("score", row) : missingShare(countsOf(table, row, state.now.unit, data.levels), state.now.gap);
}

/** Areas coloured by a share or a score. @param {View} view @param {Data} data @param {Style} style @param {State} state @param {boolean} faint @param {(code: string) => boolean} keep */
export function paintFill(view, data, style, state, faint, keep) {
  const level = levelAt(state.now.areaLevel, view.zoom, [...data.areas.keys()]);
  const table = data.areas.get(level);
  if (!table?.shapes) return;
  const { ctx } = view;
  /** @type {number[][]} */
  const byClass = style.classes.map(() => []);
  for (let row = 0; row < table.n; row++) {
    const found = classOfNumber(style.classes, fillValue(data, style, table, row, state));
    if (found >= 0 && isVisible(table.shapes, row, view) && keep(table.text("code", row))) byClass[found].push(row);
  }
  ctx.globalAlpha = (style.opacity ?? 1) * (faint ? 0.3 : 1);
  byClass.forEach((rows, k) => {
    if (!rows.length) return;
    const item = style.classes[k];
    ctx.fillStyle = item.is_hatched ? hatch(ctx, item.colour) : item.colour;
    for (let from = 0; from < rows.length; from += PATH_SHAPES) {
      ctx.beginPath();
      for (const row of rows.slice(from, from + PATH_SHAPES)) trace(/** @type {any} */ (table.shapes), row, view, true);
      ctx.fill("evenodd");
    }
  });
}

/** Areas that rest on less evidence than the run asks for, hatched over their colour. @param {View} view @param {Data} data @param {Style} style @param {State} state */
export function paintDoubt(view, data, style, state) {
  const table = data.areas.get(levelAt(state.now.areaLevel, view.zoom, [...data.areas.keys()]));
  if (!table?.shapes || !table.has("confidence_share")) return;
  const { ctx } = view;
  ctx.fillStyle = hatch(ctx, "rgba(0,0,0,0)", style.classes[0].colour);
  const fill = data.styles.find((item) => item.kind === "fill" && state.now.on.has(item.key));
  for (let row = 0; row < table.n; row++) {
    if (fill && !Number.isFinite(fillValue(data, fill, table, row, state))) continue; // hatched already: nothing is known there
    if (!(table.number("confidence_share", row) < data.meta.confidence) || !isVisible(table.shapes, row, view)) continue;
    ctx.beginPath();
    trace(table.shapes, row, view, true);
    ctx.fill("evenodd");
  }
}

/** Borders of areas: the level in view finely, kabupaten above it. @param {View} view @param {Data} data @param {State} state */
export function paintBorders(view, data, state) {
  const fine = levelAt(state.now.areaLevel, view.zoom, [...data.areas.keys()]);
  const { ctx } = view;
  for (const [level, colour, width] of [
    [fine, fine === "kabupaten" ? "rgba(70,84,98,0.75)" : "rgba(90,104,120,0.35)", fine === "kabupaten" ? 1 : 0.6],
    ["kabupaten", "rgba(60,74,88,0.8)", 1.1],
  ]) {
    const shapes = data.areas.get(String(level))?.shapes;
    if (level === "hexagon") continue; // a honeycomb of lines would hide its own colours
    if (!shapes || (level === "kabupaten" && fine === "kabupaten" && width === 1.1)) continue;
    const seen = [...Array(shapes.partStart.length - 1).keys()].filter((row) => isVisible(shapes, row, view));
    ctx.strokeStyle = String(colour);
    ctx.lineWidth = Number(width);
    ctx.lineJoin = "round";
    for (let from = 0; from < seen.length; from += PATH_SHAPES) {
      ctx.beginPath();
      for (const row of seen.slice(from, from + PATH_SHAPES)) trace(shapes, row, view, true);
      ctx.stroke();
    }
  }
}

/** @type {Map<string, HTMLCanvasElement>} */
const pictures = new Map();

/** Raster that a style shows: of all operators together, or of the one asked for. @param {Data} data @param {Style} style @param {State} state */
export function rasterOf(data, style, state) {
  const operator = state.now.filters[`${style.key}.operator`];
  return data.rasters.get(operator ? `${style.source}:${operator}` : style.source);
}

/** @param {Raster} raster @param {Style} style @param {string} name */
function picture(raster, style, name) {
  const found = pictures.get(name);
  if (found) return found;
  const canvas = document.createElement("canvas");
  canvas.width = raster.cols;
  canvas.height = raster.rows;
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = ctx.createImageData(raster.cols, raster.rows);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = new Uint32Array(256);
  for (let value = 1; value < 256; value++) {
    const position = style.by === "operator" ? (value - 1) % style.classes.length : classOfNumber(style.classes, meaning(raster, value) + raster.step / 100);
    const [r, g, b] = rgb(style.classes[position].colour);
    colours[value] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  const source = warpRows(raster.north, raster.pixel, raster.rows);
  for (let row = 0; row < raster.rows; row++) {
    const from = source[row] * raster.cols;
    for (let col = 0; col < raster.cols; col++) pixels[row * raster.cols + col] = colours[raster.values[from + col]];
  }
  ctx.putImageData(image, 0, 0);
  pictures.set(name, canvas);
  return canvas;
}

/** @param {View} view @param {Data} data @param {Style} style @param {State} state */
export function paintRaster(view, data, style, state) {
  const raster = rasterOf(data, style, state);
  if (!raster) return;
  const { ctx, scale, ox, oy } = view;
  const left = unitX(raster.west) * scale - ox;
  const right = unitX(raster.west + raster.cols * raster.pixel) * scale - ox;
  const top = unitY(raster.north) * scale - oy;
  const bottom = unitY(raster.north - raster.rows * raster.pixel) * scale - oy;
  ctx.globalAlpha = style.opacity ?? 1;
  ctx.imageSmoothingEnabled = right - left < raster.cols;
  ctx.drawImage(picture(raster, style, `${style.key} ${state.now.filters[`${style.key}.operator`] ?? ""}`), left, top, right - left, bottom - top);
}

/** @typedef {{canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, image: ImageData, pixels: Uint32Array, width: number, height: number}} Sheet */

/** @type {Sheet | null} */
let sheet = null;

/** A cleared sheet of pixels as large as the view; drawing many squares into it is far quicker than path by path. @param {View} view @returns {Sheet} */
function clearSheet(view) {
  const width = Math.round(view.width * view.ratio);
  const height = Math.round(view.height * view.ratio);
  if (!sheet || sheet.width !== width || sheet.height !== height) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = pen.createImageData(width, height);
    sheet = { canvas, pen, image, pixels: new Uint32Array(image.data.buffer), width, height };
  } else sheet.pixels.fill(0);
  return sheet;
}

/** @param {View} view @param {Sheet} made */
function showSheet(view, made) {
  made.pen.putImageData(made.image, 0, 0);
  view.ctx.drawImage(made.canvas, 0, 0, view.width, view.height);
}

/** Colours of the levels as pixels. @param {Data} data @param {Style} style @param {number} alpha */
function levelPixels(data, style, alpha) {
  return Uint32Array.from(data.levels, (name) => {
    const [r, g, b] = rgb(style.classes.find((/** @type {Class} */ item) => item.key === name)?.colour ?? "#888888");
    return ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
}

/** Cells as squares of their true size. @param {View} view @param {Data} data @param {Style} style @param {((i: number) => boolean) | null} keep */
export function paintCells(view, data, style, keep) {
  const cells = data.cells;
  if (!cells) return;
  const made = clearSheet(view);
  const { pixels, width, height } = made;
  const colours = levelPixels(data, style, 230);
  const [s, tx, ty] = [view.scale * view.ratio, view.ox * view.ratio, view.oy * view.ratio];
  const side = Math.max(2.2 * view.ratio, 2 * cells.half * s);
  const inset = side > 6 ? 1 : 0;
  for (let i = 0; i < cells.n; i++) {
    const px = cells.x[i] * s - tx - side / 2;
    const py = cells.y[i] * s - ty - side / 2;
    const left = Math.max(0, Math.round(px));
    const right = Math.min(width, Math.round(px + side) - inset);
    const top = Math.max(0, Math.round(py));
    const bottom = Math.min(height, Math.round(py + side) - inset);
    if (left >= right || top >= bottom || (keep && !keep(i))) continue;
    const colour = colours[cells.level[i]];
    for (let row = top * width; row < bottom * width; row += width) {
      for (let at = row + left; at < row + right; at++) pixels[at] = colour;
    }
  }
  showSheet(view, made);
}

/** Very many points, written straight into pixels. @param {View} view @param {Data} data @param {Style} style @param {((i: number) => boolean) | null} keep */
export function paintMass(view, data, style, keep) {
  const points = data.umkm;
  if (!points) return;
  const made = clearSheet(view);
  const { pixels, width, height } = made;
  const colours = levelPixels(data, style, 230);
  const size = Math.round(view.ratio * (view.zoom < 10 ? 1 : view.zoom < 12 ? 2 : view.zoom < 14 ? 3 : 5));
  const [s, tx, ty] = [view.scale * view.ratio, view.ox * view.ratio, view.oy * view.ratio];
  const { x, y, level, n } = points;
  for (let i = 0; i < n; i++) {
    const px = (x[i] * s - tx) | 0;
    const py = (y[i] * s - ty) | 0;
    if (px < 0 || py < 0 || px + size > width || py + size > height || (keep && !keep(i))) continue;
    const colour = colours[level[i]];
    const end = (py + size) * width;
    for (let row = py * width; row < end; row += width) for (let at = row + px; at < row + px + size; at++) pixels[at] = colour;
  }
  showSheet(view, made);
}

/** Areas of a layer as outlines, hatched where the class says so: what lies below stays legible. @param {View} view @param {Table} table @param {Style} style @param {((row: number) => boolean) | null} keep */
export function paintPolygons(view, table, style, keep) {
  const { ctx } = view;
  const shapes = table.shapes;
  if (!shapes) return;
  ctx.globalAlpha = style.opacity ?? 1;
  ctx.lineJoin = "round";
  style.classes.forEach((/** @type {Class} */ item, /** @type {number} */ k) => {
    const lines = item.is_hatched ? hatch(ctx, `${item.colour}14`, `${item.colour}99`) : "";
    for (let row = 0; row < table.n; row++) {
      if (pointClass(style, table, row) !== k || !isVisible(shapes, row, view) || (keep && !keep(row))) continue;
      ctx.beginPath();
      trace(shapes, row, view, true);
      if (lines) {
        ctx.fillStyle = lines;
        ctx.fill("evenodd");
      }
      ctx.setLineDash([]);
      ctx.strokeStyle = "rgba(255,255,255,0.8)";
      ctx.lineWidth = (item.width_px ?? 1.5) + 2;
      if (!item.dash_px) ctx.stroke();
      ctx.setLineDash(item.dash_px ?? []);
      ctx.strokeStyle = item.colour;
      ctx.lineWidth = item.width_px ?? 1.5;
      ctx.stroke();
    }
  });
}

/** @param {View} view @param {Table} table @param {Style} style @param {((row: number) => boolean) | null} keep */
export function paintLines(view, table, style, keep) {
  const { ctx } = view;
  const shapes = table.shapes;
  if (!shapes) return;
  /** @type {number[][]} */
  const byClass = style.classes.map(() => []);
  for (let row = 0; row < table.n; row++) {
    const found = classOfText(style.classes, table.text(style.by ?? "", row));
    if (found >= 0 && isVisible(shapes, row, view) && (!keep || keep(row))) byClass[found].push(row);
  }
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  byClass.forEach((rows, k) => {
    if (!rows.length) return;
    const item = style.classes[k];
    ctx.beginPath();
    for (const row of rows) trace(shapes, row, view, false);
    ctx.setLineDash([]);
    ctx.strokeStyle = "rgba(255,255,255,0.8)";
    ctx.lineWidth = (item.width_px ?? 2) + 2;
    if (!item.dash_px) ctx.stroke();
    ctx.setLineDash(item.dash_px ?? []);
    ctx.strokeStyle = item.colour;
    ctx.lineWidth = item.width_px ?? 2;
    ctx.stroke();
  });
}

/** Operators in the order in which the whole page colours them. @type {string[]} */
const operators = [];

/** @param {string[]} names */
export function orderOperators(names) {
  operators.splice(0, operators.length, ...names);
}

/** @param {Style} style @param {string} name */
function operatorClass(style, name) {
  const at = operators.indexOf(name);
  return at < 0 ? -1 : at % style.classes.length;
}

/** Symbols grow a little with zoom. @param {number} zoom */
export const symbolScale = (zoom) => Math.max(0.55, Math.min(1.25, 0.55 + (zoom - 6) * 0.12));

/** Class of a row of a point layer. @param {Style} style @param {Table} table @param {number} row @returns {number} */
export function pointClass(style, table, row) {
  if (!style.by) return 0;
  if (style.by === "operator") return operatorClass(style, table.text("operator", row));
  const numeric = style.classes.some((/** @type {Class} */ item) => item.from !== undefined);
  return numeric ? classOfNumber(style.classes, table.number(style.by, row)) : classOfText(style.classes, table.text(style.by, row));
}

/** @param {View} view @param {Table} table @param {Style} style @param {((row: number) => boolean) | null} keep */
export function paintPoints(view, table, style, keep) {
  const { ctx, scale, ox, oy, width, height } = view;
  const grow = symbolScale(view.zoom);
  const halo = style.key === "sites" ? 2 : 1;
  style.classes.forEach((/** @type {Class} */ item, /** @type {number} */ k) => {
    const shape = item.shape ?? "circle";
    const radius = (item.size_px ?? 5) * grow;
    ctx.beginPath();
    let some = false;
    for (let row = 0; row < table.n; row++) {
      if (pointClass(style, table, row) !== k || (keep && !keep(row))) continue;
      const px = table.x[row] * scale - ox;
      const py = table.y[row] * scale - oy;
      if (px < -20 || py < -20 || px > width + 20 || py > height + 20) continue;
      symbol(ctx, shape, px, py, radius);
      some = true;
    }
    if (!some) return;
    ctx.lineJoin = "round";
    if (isOpen(shape)) {
      ctx.strokeStyle = "rgba(255,255,255,0.9)";
      ctx.lineWidth = 3.4;
      ctx.stroke();
      ctx.strokeStyle = item.colour;
      ctx.lineWidth = 1.6;
      ctx.stroke();
    } else {
      ctx.strokeStyle = item.rim ?? "#ffffff";
      ctx.lineWidth = halo * 2;
      ctx.stroke();
      ctx.fillStyle = item.colour;
      ctx.fill();
    }
  });
}
