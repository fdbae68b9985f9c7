// Web Mercator (EPSG:3857) in whole units of the world square, as planner/maps/packed.py writes them.
// @ts-check

export const WORLD = 2 ** 26;
const MAX_LAT = 85.05112878;

/** @param {number} lonDeg */
export const unitX = (lonDeg) => (lonDeg / 360 + 0.5) * WORLD;

/** @param {number} latDeg */
export function unitY(latDeg) {
  const lat = (Math.max(-MAX_LAT, Math.min(MAX_LAT, latDeg)) * Math.PI) / 180;
  return (0.5 - Math.asinh(Math.tan(lat)) / (2 * Math.PI)) * WORLD;
}

/** @param {number} x */
export const lonOf = (x) => (x / WORLD - 0.5) * 360;

/** @param {number} y */
export const latOf = (y) => (Math.atan(Math.sinh((0.5 - y / WORLD) * 2 * Math.PI)) * 180) / Math.PI;

/**
 * Source row of each row of a picture whose rows are even in EPSG:3857 and that spans the same latitudes.
 * @param {number} north @param {number} pixel @param {number} rows
 */
export function warpRows(north, pixel, rows) {
  const top = unitY(north);
  const bottom = unitY(north - rows * pixel);
  const source = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const lat = latOf(top + ((i + 0.5) / rows) * (bottom - top));
    source[i] = Math.max(0, Math.min(rows - 1, Math.floor((north - lat) / pixel)));
  }
  return source;
}

/** Great-circle distance in km (haversine, mean radius 6371 km). @param {number} lon1 @param {number} lat1 @param {number} lon2 @param {number} lat2 */
export function distanceKm(lon1, lat1, lon2, lat2) {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(a)));
}
