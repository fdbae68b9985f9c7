// Names on the map, the mark of what is selected, and the watermark.
// @ts-check
import { unitX, unitY } from "./mercator.js";
import { isVisible, symbol, trace } from "./shapes.js";
import { levelAt } from "./state.js";
import { pointClass, symbolScale } from "./paint.js";

/**
 * @typedef {import("./data.js").Data} Data @typedef {import("./stage.js").View} View @typedef {import("./state.js").State} State
 */

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';

const SMALL_SHIFTS = [[0, 0], [0, -12], [0, 12]];
const LARGE_SHIFTS = [0, -14, 14, -26, 26].flatMap((dy) => [0, -26, 26].map((dx) => [dx, dy])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

/** Short form of an area's name on the map. @param {string} name */
export function shortName(name) {
  const text = name.replace(/^(kabupaten|kab\.?|kecamatan|kec\.?|provinsi|desa|kelurahan)\s+/i, "").replace(/\s*\(skematis\)$/i, "");
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

/** @param {View} view @param {Data} data @param {State} state */
export function paintLabels(view, data, state) {
  const level = levelAt(state.now.areaLevel === "hexagon" ? "auto" : state.now.areaLevel, view.zoom, [...data.areas.keys()]);
  const table = data.areas.get(level);
  if (!table?.shapes || level === "hexagon" || !table.has("label_lon")) return;
  const { ctx, scale, ox, oy, width, height } = view;
  const large = level === "kabupaten" || level === "provinsi";
  const size = large ? (view.zoom < 7 ? 10 : 11.5) : 11;
  ctx.font = `${large ? 600 : 500} ${size}px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = "rgba(255,255,255,0.92)";
  ctx.fillStyle = large ? "#1d2935" : "#3a4653";
  const { box } = table.shapes;
  const rows = [...Array(table.n).keys()].sort((a, b) => span(box, b) - span(box, a) || a - b);
  /** @type {number[][]} */
  const taken = [];
  const sites = siteBoxes(view, data, state);
  for (const row of rows) {
    const px = unitX(table.number("label_lon", row)) * scale - ox;
    const py = unitY(table.number("label_lat", row)) * scale - oy;
    if (px < 0 || py < 0 || px > width || py > height || !isVisible(table.shapes, row, view)) continue;
    if (!large && (box[4 * row + 2] - box[4 * row]) * scale < 34) continue;
    const name = shortName(table.text("name", row));
    if (!name) continue;
    const half = ctx.measureText(name).width / 2 + 4;
    const boxAt = (/** @type {number[]} */ [dx, dy]) => [px + dx - half, py + dy - size * 0.8, px + dx + half, py + dy + size * 0.8];
    const shifts = (large ? LARGE_SHIFTS : SMALL_SHIFTS).filter((shift) => !hits(boxAt(shift), taken));
    if (!shifts.length) continue;
    const free = shifts.find((item) => !hits(boxAt(item), sites));
    if (free === undefined && view.zoom < 8.5) continue; // half a name is worse than none
    const shift = free ?? shifts[0];
    taken.push(boxAt(shift));
    ctx.strokeText(name, px + shift[0], py + shift[1]);
    ctx.fillText(name, px + shift[0], py + shift[1]);
  }
}

/** @param {number[]} area @param {number[][]} others */
const hits = (area, others) => others.some((t) => area[0] < t[2] && area[2] > t[0] && area[1] < t[3] && area[3] > t[1]);

/** Where sites stand, so that names keep off them. @param {View} view @param {Data} data @param {State} state */
function siteBoxes(view, data, state) {
  const table = data.layers.get("sites");
  /** @type {number[][]} */
  const boxes = [];
  if (!table || !state.now.on.has("sites")) return boxes;
  for (let row = 0; row < table.n; row++) {
    const px = table.x[row] * view.scale - view.ox;
    const py = table.y[row] * view.scale - view.oy;
    if (px > 0 && py > 0 && px < view.width && py < view.height) boxes.push([px - 6, py - 6, px + 6, py + 6]);
  }
  return boxes;
}

/** @param {Int32Array} box @param {number} row */
const span = (box, row) => (box[4 * row + 2] - box[4 * row]) * (box[4 * row + 3] - box[4 * row + 1]);

/** @param {View} view @param {Data} data @param {State} state */
export function paintSelection(view, data, state) {
  const chosen = state.now.selection;
  if (!chosen) return;
  const { ctx, scale, ox, oy } = view;
  const isOutline = chosen.kind === "row" && data.styleOf(chosen.layer)?.kind === "polygons";
  if (chosen.kind === "area" || (chosen.kind === "row" && isOutline)) {
    const shapes = (chosen.kind === "area" ? data.areas.get(chosen.level) : data.layers.get(chosen.layer))?.shapes;
    if (!shapes) return;
    ctx.beginPath();
    trace(shapes, chosen.row, view, true);
    ctx.lineJoin = "round";
    ctx.strokeStyle = "#ffffff";
    ctx.lineWidth = 5;
    ctx.stroke();
    ctx.strokeStyle = "#0f2233";
    ctx.lineWidth = 2.4;
    ctx.stroke();
    return;
  }
  const [ux, uy, radius] = placeOf(data, chosen, view.zoom);
  if (!Number.isFinite(ux)) return;
  const px = ux * scale - ox;
  const py = uy * scale - oy;
  for (const [colour, line] of /** @type {[string, number][]} */ ([["#ffffff", 5.5], ["#0f2233", 2.4]])) {
    ctx.beginPath();
    symbol(ctx, "circle", px, py, radius);
    ctx.strokeStyle = colour;
    ctx.lineWidth = line;
    ctx.stroke();
  }
}

/** @param {Data} data @param {import("./state.js").Selection} chosen @param {number} zoom @returns {[number, number, number]} */
function placeOf(data, chosen, zoom) {
  if (chosen.kind === "place") return [unitX(chosen.lon), unitY(chosen.lat), 7];
  if (chosen.kind !== "row") return [NaN, NaN, 0];
  const table = data.layers.get(chosen.layer);
  const style = data.styleOf(chosen.layer);
  if (!table || !style || !table.x.length) return [NaN, NaN, 0];
  const item = style.classes[Math.max(0, pointClass(style, table, chosen.row))];
  return [table.x[chosen.row], table.y[chosen.row], (item.size_px ?? 5) * symbolScale(zoom) + 5];
}

/** "Synthetic data" across the map, light enough to read through. @param {View} view @param {string} text */
export function paintWatermark(view, text) {
  const { ctx, width, height, ox, oy } = view;
  ctx.font = `700 15px ${FONT}`;
  ctx.fillStyle = "rgba(30,45,60,0.085)";
  ctx.textAlign = "center";
  const [dx, dy] = [430, 240];
  const startX = -(((ox % dx) + dx) % dx);
  const startY = -(((oy % (2 * dy)) + 2 * dy) % (2 * dy));
  for (let row = 0; startY + row * dy < height + dy; row++) {
    for (let x = startX + (row % 2 ? dx / 2 : 0); x < width + dx; x += dx) {
      ctx.save();
      ctx.translate(x, startY + row * dy);
      ctx.rotate(-0.32);
      ctx.fillText(text, 0, 0);
      ctx.restore();
    }
  }
}
