// One canvas for everything drawn on the map; Leaflet moves and scales it, painters fill it.
// @ts-check
import { WORLD } from "./mercator.js";

/**
 * @typedef {{ctx: CanvasRenderingContext2D, zoom: number, scale: number, ox: number, oy: number, width: number, height: number,
 *   ratio: number}} View
 * @typedef {(view: View) => void} Painter
 */

/** @param {() => Painter[]} painters what to draw, lowest first */
export function makeStage(painters) {
  const Stage = L.Renderer.extend({
    options: { padding: 0.25 },

    _initContainer() {
      const canvas = (this._container = document.createElement("canvas"));
      canvas.setAttribute("aria-hidden", "true");
      this._ctx = canvas.getContext("2d");
    },

    _destroyContainer() {
      this._container.remove();
      delete this._container;
      delete this._ctx;
    },

    _updatePaths() {},

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      /** @type {any} */ (L.Renderer.prototype)._update.call(this);
      const canvas = this._container;
      const size = this._bounds.getSize();
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = Math.round(ratio * size.x);
      canvas.height = Math.round(ratio * size.y);
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      this.paint();
    },

    paint() {
      if (!this._map || !this._bounds) return;
      const view = this.view();
      const { ctx, ratio, width, height } = view;
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, width, height);
      const start = performance.now();
      for (const painter of painters()) {
        ctx.save();
        painter(view);
        ctx.restore();
      }
      this.paintMs = performance.now() - start;
    },

    /** @returns {View} */
    view() {
      const origin = this._map.getPixelOrigin();
      const zoom = this._map.getZoom();
      const size = this._bounds.getSize();
      return {
        ctx: this._ctx,
        zoom,
        scale: (256 * 2 ** zoom) / WORLD,
        ox: origin.x + this._bounds.min.x,
        oy: origin.y + this._bounds.min.y,
        width: size.x,
        height: size.y,
        ratio: Math.min(window.devicePixelRatio || 1, 2),
      };
    },
  });
  return new /** @type {any} */ (Stage)();
}
