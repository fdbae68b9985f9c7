// Shares of areas by the unit the reader counts in.
// @ts-check

/** @typedef {import("./data.js").Table} Table */

/** Counts by level in an area, NaN-free; null when the facts say nothing. @param {Table} table @param {number} row @param {string} unit @param {string[]} levels */
export function countsOf(table, row, unit, levels) {
  const counts = levels.map((level) => table.number(`${unit}_${level}`, row));
  return counts.every((value) => !Number.isFinite(value)) ? null : counts.map((value) => (Number.isFinite(value) ? value : 0));
}

/** @param {number[]} counts */
export const sum = (counts) => counts.reduce((total, value) => total + value, 0);

/** What is counted as missing. @param {number[]} counts served, limited, unserved, unknown @param {string} gap `unserved`, or `short` for limited as well */
export const missing = (counts, gap) => counts[2] + (gap === "short" ? counts[1] : 0);

/**
 * Share without (full) service; NaN when most of it is unknown or there is nobody.
 * @param {number[] | null} counts served, limited, unserved, unknown @param {string} gap
 */
export function missingShare(counts, gap) {
  if (!counts) return NaN;
  const total = sum(counts);
  return total <= 0 || counts[3] > total / 2 ? NaN : missing(counts, gap) / total;
}
