import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import test from "node:test";
import { Block, fromBase64, fromRowSteps, fromSteps, gunzip } from "./codec.js";

/** What planner/maps/packed.py writes. */
function toSteps(values) {
  const planes = new Uint8Array(values.length * 4);
  let last = 0;
  values.forEach((value, i) => {
    const step = value - last;
    const zigzag = ((step << 1) ^ (step >> 31)) >>> 0;
    for (let k = 0; k < 4; k++) planes[k * values.length + i] = (zigzag >>> (8 * k)) & 255;
    last = value;
  });
  return planes;
}

test("differences come back as the numbers they were made from", () => {
  const values = [0, 5, -7, 67108864, 67108863, -2, 1073741823, 0];
  assert.deepEqual([...fromSteps(toSteps(values), values.length)], values);
});

test("no numbers are no numbers", () => {
  assert.equal(fromSteps(new Uint8Array(0), 0).length, 0);
});

test("rows of a raster start afresh and wrap at 256", () => {
  const steps = Uint8Array.from([10, 250, 1, 200, 0, 56]);
  assert.deepEqual([...fromRowSteps(steps, 2, 3)], [10, 4, 5, 200, 200, 0]);
});

test("a block is unpacked from base64 of gzip and read by reference", async () => {
  const raw = new Uint8Array(24);
  new Float64Array(raw.buffer, 0, 1)[0] = 2.5;
  raw.set(toSteps([3, 1]), 8);
  raw.set([7, 8], 16);
  const block = new Block(await gunzip(fromBase64(gzipSync(raw).toString("base64"))));
  assert.equal(block.plain({ o: 0, n: 1, t: "f8" })[0], 2.5);
  assert.deepEqual([...block.steps({ o: 8, n: 2, t: "d" })], [3, 1]);
  assert.deepEqual([...block.plain({ o: 16, n: 2, t: "u1" })], [7, 8]);
  assert.throws(() => block.plain({ o: 0, n: 1, t: "x9" }), /unknown array type/);
});
