// What is at a place: the topmost symbol near it, else a line, else the place itself.
// @ts-check
import { pointClass, symbolScale } from "./paint.js";
import { contains, lineDistance2 } from "./shapes.js";

/**
 * @typedef {import("./data.js").Data} Data @typedef {import("./state.js").Selection} Selection
 */

/**
 * @param {Data} data @param {Record<string, any>[]} styles visible point and line styles, topmost first
 * @param {number} ux @param {number} uy @param {number} scale pixels per unit @param {number} zoom @param {number} slack pixels
 * @param {(style: Record<string, any>, table: import("./data.js").Table) => ((row: number) => boolean) | null} filter
 * @returns {Selection | null}
 */
export function pick(data, styles, ux, uy, scale, zoom, slack, filter) {
  for (const style of styles) {
    const table = data.layers.get(style.source);
    if (!table) continue;
    const found = style.kind === "points" ? nearestPoint(table, style, [ux, uy], scale, zoom, slack, filter(style, table)) : nearestLine(table, [ux, uy], scale, slack, filter(style, table));
    if (found >= 0) return { kind: "row", layer: style.source, row: found };
  }
  return null;
}

/** @param {import("./data.js").Table} table @param {Record<string, any>} style @param {[number, number]} at @param {number} scale @param {number} zoom @param {number} slack @param {((row: number) => boolean) | null} keep */
function nearestPoint(table, style, [ux, uy], scale, zoom, slack, keep) {
  const largest = Math.max(...style.classes.map((/** @type {any} */ item) => item.size_px ?? 5));
  let best = ((largest * symbolScale(zoom) + slack) / scale) ** 2;
  let found = -1;
  for (let row = 0; row < table.n; row++) {
    const distance = (table.x[row] - ux) ** 2 + (table.y[row] - uy) ** 2;
    if (distance < best && pointClass(style, table, row) >= 0 && (!keep || keep(row))) {
      best = distance;
      found = row;
    }
  }
  return found;
}

/** @param {import("./data.js").Table} table @param {[number, number]} at @param {number} scale @param {number} slack @param {((row: number) => boolean) | null} keep */
function nearestLine(table, [ux, uy], scale, slack, keep) {
  if (!table.shapes) return -1;
  let best = ((slack + 1) / scale) ** 2;
  let found = -1;
  for (let row = 0; row < table.n; row++) {
    if (keep && !keep(row)) continue;
    const distance = lineDistance2(table.shapes, row, ux, uy);
    if (distance < best) {
      best = distance;
      found = row;
    }
  }
  return found;
}

/** Row of the area of a level at a place, −1 outside all. @param {Data} data @param {string} level @param {number} ux @param {number} uy */
export function areaAt(data, level, ux, uy) {
  const shapes = data.areas.get(level)?.shapes;
  if (!shapes) return -1;
  for (let row = 0; row < shapes.partStart.length - 1; row++) if (contains(shapes, row, ux, uy)) return row;
  return -1;
}
