// Which legend class a value belongs to.
// @ts-check

/** @typedef {{key?: string, from?: number, colour: string, shape?: string, size_px?: number, width_px?: number, dash_px?: number[],
 *   is_hatched?: boolean, rim?: string, words?: string}} Class */

/** Class of a text; −1 when the style has none for it. @param {Class[]} classes @param {string} value */
export function classOfText(classes, value) {
  const exact = classes.findIndex((item) => item.key === value);
  return exact >= 0 ? exact : classes.findIndex((item) => item.key === undefined && item.from === undefined);
}

/** Class of a number; the unknown class (or −1) when it is none. @param {Class[]} classes @param {number} value */
export function classOfNumber(classes, value) {
  if (!Number.isFinite(value)) return classes.findIndex((item) => item.key === "unknown");
  let found = -1;
  classes.forEach((item, i) => {
    if (item.from !== undefined && value >= item.from) found = i;
  });
  return found < 0 ? classes.findIndex((item) => item.from !== undefined) : found;
}

/** @param {string} hex @returns {[number, number, number]} */
export function rgb(hex) {
  return [parseInt(hex.slice(1, 3), 16), parseInt(hex.slice(3, 5), 16), parseInt(hex.slice(5, 7), 16)];
}
