import assert from "node:assert/strict";
import test from "node:test";
import { classOfNumber, classOfText, rgb } from "./classes.js";
import { meaning, umkmByLevel } from "./data.js";
import { missing, missingShare } from "./measure.js";
import { fold, match } from "./search.js";
import { State, levelAt } from "./state.js";
import { Words, plain } from "./words.js";

const RAMP = [{ from: 0, colour: "#fdeee0" }, { from: 0.25, colour: "#f4a869" }, { key: "unknown", colour: "#c9ccd1" }];

test("a number falls in the class that opens at or below it", () => {
  assert.equal(classOfNumber(RAMP, 0), 0);
  assert.equal(classOfNumber(RAMP, 0.2499), 0);
  assert.equal(classOfNumber(RAMP, 0.25), 1);
  assert.equal(classOfNumber(RAMP, NaN), 2);
  assert.equal(classOfNumber(RAMP, -5), 0);
});

test("a text without a class of its own takes the open class or none", () => {
  assert.equal(classOfText([{ key: "a", colour: "#000000" }], "b"), -1);
  assert.equal(classOfText([{ key: "a", colour: "#000000" }, { colour: "#ffffff" }], "b"), 1);
  assert.deepEqual(rgb("#0a10ff"), [10, 16, 255]);
});

test("shares: mostly unknown areas have none, capacity counts when asked", () => {
  assert.equal(missingShare([50, 20, 30, 0], "unserved"), 0.3);
  assert.equal(missingShare([50, 20, 30, 0], "short"), 0.5);
  assert.ok(Number.isNaN(missingShare([1, 0, 2, 9], "unserved")));
  assert.ok(Number.isNaN(missingShare([0, 0, 0, 0], "unserved")));
  assert.ok(Number.isNaN(missingShare(null, "unserved")));
  assert.equal(missing([1, 2, 3, 4], "short"), 5);
});

test("the level of areas follows the zoom unless one is asked for", () => {
  const known = ["provinsi", "kabupaten", "kecamatan", "desa", "hexagon"];
  assert.deepEqual([7, 9.5, 12].map((zoom) => levelAt("auto", zoom, known)), ["kabupaten", "kecamatan", "desa"]);
  assert.equal(levelAt("hexagon", 7, known), "hexagon");
  assert.equal(levelAt("auto", 12, ["kabupaten"]), "kabupaten");
  assert.equal(levelAt("auto", 12, []), "");
});

test("search needs every word, knows codes with and without dots, and ranks beginnings first", () => {
  const entries = [
    { folded: fold("Kecamatan Kupang Timur 53.01.06 530106"), weight: 2 },
    { folded: fold("Kota Kupang 53.71 5371"), weight: 0 },
    { folded: fold("Kupang 53.01 5301"), weight: 0 },
    { folded: fold("Café Sōé"), weight: 3 },
  ];
  assert.equal(match(entries, "kupang", 5)[0], entries[2]);
  assert.deepEqual(match(entries, "kupang timur", 5), [entries[0]]);
  assert.equal(match(entries, "5371", 5)[0], entries[1]);
  assert.deepEqual(match(entries, "cafe soe", 5), [entries[3]]);
  assert.deepEqual(match(entries, "  ", 5), []);
  assert.deepEqual(match(entries, "</script>", 5), []);
});

test("layers of one group take turns", () => {
  const state = new State(/** @type {any} */ ({ on: new Set(["area_unserved", "bts"]) }));
  const heard = [];
  state.listen((changed) => heard.push([...changed]));
  state.turn("area_score", true, ["area_unserved"]);
  assert.deepEqual([...state.now.on].sort(), ["area_score", "bts"]);
  assert.deepEqual(heard, [["on"]]);
});

test("words: fields, fallback and values without a word", () => {
  const words = new Words({ id: { "map.a": "{n} dari {x}", "v.on": "nyala" }, en: { "map.a": "{n} of {x}" } }, "en");
  assert.equal(words.t("map.a", { n: 1234, x: "${alert(1)}" }), "1,234 of ${alert(1)}");
  assert.equal(words.t("map.a", { n: 1 }), "1 of {x}");
  assert.equal(words.of("v", "on"), "nyala");
  assert.equal(words.of("v", "switch_off"), "Switch off");
  assert.equal(words.of("v", ""), "–");
  assert.equal(plain("___"), "–");
});

test("bytes of a raster in steps mean the start of their step, 0 means none", () => {
  const raster = /** @type {any} */ ({ low: -12, step: 4 });
  assert.deepEqual([1, 4, 11].map((byte) => meaning(raster, byte)), [-12, 0, 28]);
  assert.ok(Number.isNaN(meaning(raster, 0)));
});

test("a cell counts as served by its share, and what a served one lacks as limited", () => {
  const levels = ["served", "limited", "unserved", "unknown"];
  const cells = /** @type {any} */ ({ umkm: [10, 10, 10, 10], served: [70, 20, 0, 0], level: [0, 1, 2, 3] });
  assert.deepEqual([0, 1, 2, 3].map((i) => umkmByLevel(cells, levels, i)), [[7, 3, 0, 0], [2, 8, 0, 0], [0, 0, 10, 0], [0, 0, 0, 10]]);
});
