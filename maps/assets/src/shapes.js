// Outlines on the canvas, and what lies inside or near them.
// @ts-check

/** @typedef {import("./data.js").Shapes} Shapes @typedef {import("./stage.js").View} View */

/** @param {Shapes} shapes @param {number} i @param {View} view */
export function isVisible(shapes, i, view) {
  const { box } = shapes;
  return (
    box[4 * i + 2] * view.scale - view.ox > -20 &&
    box[4 * i] * view.scale - view.ox < view.width + 20 &&
    box[4 * i + 3] * view.scale - view.oy > -20 &&
    box[4 * i + 1] * view.scale - view.oy < view.height + 20
  );
}

/**
 * Add the outline of shape `i` to the current path, skipping vertices less than a pixel apart.
 * @param {Shapes} shapes @param {number} i @param {View} view @param {boolean} closed
 */
export function trace(shapes, i, view, closed) {
  const { x, y, ringStart, partStart } = shapes;
  const { ctx, scale, ox, oy } = view;
  for (let ring = partStart[i]; ring < partStart[i + 1]; ring++) {
    const from = ringStart[ring];
    const to = ringStart[ring + 1];
    let px = x[from] * scale - ox;
    let py = y[from] * scale - oy;
    ctx.moveTo(px, py);
    for (let v = from + 1; v < to; v++) {
      const qx = x[v] * scale - ox;
      const qy = y[v] * scale - oy;
      if (v < to - 1 && Math.abs(qx - px) + Math.abs(qy - py) < 0.8) continue;
      ctx.lineTo(qx, qy);
      px = qx;
      py = qy;
    }
    if (closed) ctx.closePath();
  }
}

/** Even-odd test. @param {Shapes} shapes @param {number} i @param {number} ux @param {number} uy */
export function contains(shapes, i, ux, uy) {
  const { x, y, ringStart, partStart, box } = shapes;
  if (ux < box[4 * i] || ux > box[4 * i + 2] || uy < box[4 * i + 1] || uy > box[4 * i + 3]) return false;
  let inside = false;
  for (let ring = partStart[i]; ring < partStart[i + 1]; ring++) {
    const from = ringStart[ring];
    const to = ringStart[ring + 1];
    for (let a = from, b = to - 1; a < to; b = a++) {
      if (y[a] > uy !== y[b] > uy && ux < ((x[b] - x[a]) * (uy - y[a])) / (y[b] - y[a]) + x[a]) inside = !inside;
    }
  }
  return inside;
}

/** Squared distance from a place to line `i`, in units. @param {Shapes} shapes @param {number} i @param {number} ux @param {number} uy */
export function lineDistance2(shapes, i, ux, uy) {
  const { x, y, ringStart, partStart } = shapes;
  let best = Infinity;
  for (let ring = partStart[i]; ring < partStart[i + 1]; ring++) {
    for (let v = ringStart[ring] + 1; v < ringStart[ring + 1]; v++) {
      const dx = x[v] - x[v - 1];
      const dy = y[v] - y[v - 1];
      const length2 = dx * dx + dy * dy;
      const t = length2 ? Math.max(0, Math.min(1, ((ux - x[v - 1]) * dx + (uy - y[v - 1]) * dy) / length2)) : 0;
      const ex = ux - x[v - 1] - t * dx;
      const ey = uy - y[v - 1] - t * dy;
      best = Math.min(best, ex * ex + ey * ey);
    }
  }
  return best;
}

/**
 * Path of a point symbol.
 * @param {CanvasRenderingContext2D} ctx @param {string} shape @param {number} px @param {number} py @param {number} r
 */
export function symbol(ctx, shape, px, py, r) {
  switch (shape) {
    case "square":
      ctx.rect(px - r, py - r, 2 * r, 2 * r);
      break;
    case "diamond":
      ctx.moveTo(px, py - r * 1.2);
      ctx.lineTo(px + r * 1.2, py);
      ctx.lineTo(px, py + r * 1.2);
      ctx.lineTo(px - r * 1.2, py);
      ctx.closePath();
      break;
    case "triangle":
      ctx.moveTo(px, py - r * 1.15);
      ctx.lineTo(px + r * 1.1, py + r * 0.85);
      ctx.lineTo(px - r * 1.1, py + r * 0.85);
      ctx.closePath();
      break;
    case "pin": // a tower seen from the side
      ctx.moveTo(px - r, py + r);
      ctx.lineTo(px - r * 0.45, py - r);
      ctx.lineTo(px + r * 0.45, py - r);
      ctx.lineTo(px + r, py + r);
      ctx.closePath();
      break;
    case "cross":
      ctx.moveTo(px - r, py - r);
      ctx.lineTo(px + r, py + r);
      ctx.moveTo(px + r, py - r);
      ctx.lineTo(px - r, py + r);
      break;
    default:
      ctx.moveTo(px + r, py);
      ctx.arc(px, py, r, 0, 2 * Math.PI);
  }
}

export const isOpen = (/** @type {string} */ shape) => shape === "cross" || shape === "ring";
