import assert from "node:assert/strict";
import test from "node:test";
import { date, fixed, number, place, rupiah, share } from "./format.js";

test("Indonesian numbers have a decimal comma and dots between thousands", () => {
  assert.equal(number(1234.5, "id", 1), "1.234,5");
  assert.equal(number(1234.5, "en", 1), "1,234.5");
  assert.equal(number(-97, "id"), "−97");
});

test("what is not a number is a dash", () => {
  for (const value of [NaN, null, undefined, Infinity]) assert.equal(number(value, "id"), "–");
  assert.equal(share(NaN, "id"), "–");
  assert.equal(rupiah(null, "en"), "–");
});

test("shares line up, and a small one is never shown as nothing", () => {
  assert.equal(share(0.17, "id"), "17,0%");
  assert.equal(share(0.404, "en"), "40.4%");
  assert.equal(share(0, "id"), "0%");
  assert.equal(share(1, "id"), "100%");
  assert.equal(share(0.0001, "id"), "<0,1%");
});

test("money is written in long form: miliar is never M", () => {
  assert.equal(rupiah(142.3e9, "id"), "Rp 142,3 miliar");
  assert.equal(rupiah(142.3e9, "en"), "IDR 142.3 billion");
  assert.equal(rupiah(2.14e9, "id"), "Rp 2,14 miliar");
  assert.equal(rupiah(1.5e12, "id"), "Rp 1,5 triliun");
  assert.equal(rupiah(7.5e5, "id"), "Rp 750.000");
});

test("dates and places", () => {
  assert.equal(date("2025-11-20", "id"), "20 November 2025");
  assert.equal(date("2025-08-01", "id"), "1 Agustus 2025");
  assert.equal(date("kapan saja", "id"), "kapan saja");
  assert.equal(place(123.58, -10.17, "id"), "10,17° LS, 123,58° BT");
  assert.equal(place(123.58, 1.5, "en"), "1.5° N, 123.58° E");
});

test("numbers of a column keep their digits", () => {
  assert.equal(fixed(60, "id", 1), "60,0");
  assert.equal(fixed(-0.25, "en", 1), "−0.3");
  assert.equal(fixed(NaN, "id", 1), "–");
});
