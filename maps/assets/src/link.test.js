import assert from "node:assert/strict";
import test from "node:test";
import { readLink, selectionOf, writeLink } from "./link.js";
import { freeSpaceDb } from "./signal.js";

const areas = { find: (/** @type {string} */ _, /** @type {string} */ value) => (value === "53.01" ? 4 : -1), text: () => "53.01", has: (/** @type {string} */ name) => name === "raw_three_t" };
const sites = { find: (/** @type {string} */ _, /** @type {string} */ value) => (value === "a:b/c" ? 1 : -1), text: () => "a:b/c", has: () => true };
const data = /** @type {any} */ ({ json: { totals: { umkm: {}, people: {} } }, areas: new Map([["kabupaten", areas]]), layers: new Map([["sites", sites]]), frontier: { own: 2, points: { n: 5 } } });
const now = /** @type {any} */ ({ lang: "en", on: new Set(["sites", "bts"]), unit: "people", gap: "short", areaLevel: "kabupaten", priority: "three_t", point: 3, year: 2027, tab: "detail", selection: { kind: "row", layer: "sites", row: 1 }, filters: { "bts.operator": "A & B/=" } });
const view = { zoom: 9, lat: -9.5, lng: 120.25 };

test("what an address says comes back", () => {
  const hash = writeLink(data, now, view);
  const found = readLink(hash, data);
  assert.deepEqual(found.view, [9, -9.5, 120.25]);
  for (const key of ["lang", "unit", "gap", "areaLevel", "priority", "point", "year", "filters"]) assert.deepEqual(/** @type {any} */ (found)[key], now[key], key);
  assert.deepEqual([...(found.on ?? [])].sort(), ["bts", "sites"]);
  assert.deepEqual(selectionOf(data, new URLSearchParams(hash.split("/").slice(5).join("/")).get("at") ?? ""), now.selection);
});

test("what a page cannot meet is left alone", () => {
  assert.deepEqual(readLink("#x/y/z", data), {});
  assert.deepEqual(readLink("", data), {});
  const found = readLink("#9/-9/120/xx//unit=gold&gap=all&level=rt&only=vip&budget=9&year=later&tab=secret", data);
  assert.deepEqual(Object.keys(found), ["view"]);
  for (const name of ["", "area:kabupaten:99", "row:sites:none", "row:nothing:1", "place:x:y", "place:999:0", "place:1"]) assert.equal(selectionOf(data, name), null, name);
});

test("usual choices stay out of the address", () => {
  const usual = { ...now, unit: "umkm", gap: "unserved", areaLevel: "auto", priority: "", point: 2, year: null, tab: "overview", selection: null, filters: {} };
  assert.equal(writeLink(data, usual, view), "#9.00/-9.5000/120.2500/en/bts+sites");
});

test("free-space loss as ITU-R P.525 gives it", () => {
  assert.ok(Math.abs(freeSpaceDb(10, 900) - 111.48) < 0.01);
  assert.ok(Number.isFinite(freeSpaceDb(0, 900)));
});
