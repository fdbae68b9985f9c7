import assert from "node:assert/strict";
import test from "node:test";
import { WORLD, distanceKm, latOf, lonOf, unitX, unitY, warpRows } from "./mercator.js";

const close = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b} within ${tolerance}`);

test("the middle of the world is the middle of the square", () => {
  assert.equal(unitX(0), WORLD / 2);
  assert.equal(unitY(0), WORLD / 2);
});

test("EPSG:3857 of Kupang as pyproj gives it", () => {
  // Transformer 4326 -> 3857 of (123.58, -10.17): 13756862.67, -1138111.28 m
  const metres = 2 * Math.PI * 6378137;
  close((unitX(123.58) / WORLD - 0.5) * metres, 13756862.67, 0.5);
  close((0.5 - unitY(-10.17) / WORLD) * metres, -1138111.28, 0.5);
});

test("there and back", () => {
  for (const lat of [-84, -11, 0, 6.5, 84]) close(latOf(unitY(lat)), lat, 1e-9);
  for (const lon of [-180, 95, 141]) close(lonOf(unitX(lon)), lon, 1e-9);
});

test("rows of a warped picture keep their order, both ends and their latitude", () => {
  const rows = warpRows(10, 0.1, 200);
  assert.equal(rows[0], 0);
  assert.equal(rows[199], 199);
  for (let i = 1; i < 200; i++) assert.ok(rows[i] >= rows[i - 1]);
  const middle = unitY(10) + (100.5 / 200) * (unitY(-10) - unitY(10));
  close(10 - (rows[100] + 0.5) * 0.1, latOf(middle), 0.1);
});

test("a picture beyond the map's latitude stays inside itself", () => {
  for (const row of warpRows(89, 1, 4)) assert.ok(row >= 0 && row < 4);
});

test("a degree of the equator is 111.19 km on the mean sphere", () => close(distanceKm(120, 0, 121, 0), 111.19, 0.01));
