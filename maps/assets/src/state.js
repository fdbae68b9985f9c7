// What the reader has chosen; listeners hear of every change.
// @ts-check

/**
 * @typedef {{kind: "area", level: string, row: number} | {kind: "row", layer: string, row: number} | {kind: "place", lon: number, lat: number}} Selection
 * @typedef {{lang: import("./format.js").Lang, unit: string, gap: string, areaLevel: string, on: Set<string>, tab: string, selection: Selection | null,
 *   filters: Record<string, string>, point: number, year: number | null, priority: string}} Choices
 * `point` is a row of the frontier (−1: the page's own plan), `year` the last year shown (null: all), `priority` a criterion
 * whose areas alone are shown.
 */

export class State {
  /** @param {Choices} choices */
  constructor(choices) {
    this.now = choices;
    /** @type {((changed: Set<string>) => void)[]} */
    this.listeners = [];
  }

  /** @param {Partial<Choices>} changes */
  set(changes) {
    const changed = new Set(Object.keys(changes));
    this.now = { ...this.now, ...changes };
    for (const listener of this.listeners) listener(changed);
  }

  /** @param {string} layer @param {boolean} on @param {string[]} others layers that cannot be on with it */
  turn(layer, on, others = []) {
    const next = new Set(this.now.on);
    for (const other of others) next.delete(other);
    if (on) next.add(layer);
    else next.delete(layer);
    this.set({ on: next });
  }

  /** @param {(changed: Set<string>) => void} listener */
  listen(listener) {
    this.listeners.push(listener);
  }
}

/** Level of areas drawn at a zoom. @param {string} wanted @param {number} zoom @param {string[]} known finest last */
export function levelAt(wanted, zoom, known) {
  if (wanted !== "auto" && known.includes(wanted)) return wanted;
  const order = ["kabupaten", "kecamatan", "desa"].filter((level) => known.includes(level));
  if (!order.length) return known[0] ?? "";
  const step = zoom < 9 ? 0 : zoom < 10.75 ? 1 : 2;
  return order[Math.min(step, order.length - 1)];
}
