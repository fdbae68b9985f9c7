// Undoes planner/maps/packed.py: base64 + gzip, typed arrays, zigzag differences with bytes set apart.
// @ts-check

/** @typedef {{o: number, n: number, t: string}} Ref */

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function fromBase64(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<ArrayBuffer>} */
export async function gunzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/**
 * Whole numbers from zigzag differences whose four byte planes lie one after the other.
 * @param {Uint8Array} planes @param {number} n @returns {Int32Array<ArrayBuffer>}
 */
export function fromSteps(planes, n) {
  const out = new Int32Array(n);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const z = (planes[i] | (planes[n + i] << 8) | (planes[2 * n + i] << 16) | (planes[3 * n + i] << 24)) >>> 0;
    value = (value + ((z >>> 1) ^ -(z & 1))) | 0;
    out[i] = value;
  }
  return out;
}

/**
 * Bytes of a raster from row-wise differences.
 * @param {Uint8Array} steps @param {number} rows @param {number} cols @returns {Uint8Array}
 */
export function fromRowSteps(steps, rows, cols) {
  const out = new Uint8Array(steps.length);
  for (let r = 0; r < rows; r++) {
    let value = 0;
    for (let i = r * cols; i < (r + 1) * cols; i++) out[i] = value = (value + steps[i]) & 255;
  }
  return out;
}

/** Reads references of a block. */
export class Block {
  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    this.buffer = buffer;
  }

  /** @param {Ref} ref @returns {Int32Array<ArrayBuffer>} */
  steps(ref) {
    return fromSteps(new Uint8Array(this.buffer, ref.o, ref.n * 4), ref.n);
  }

  /** @param {Ref} ref @returns {string[]} */
  texts(ref) {
    return JSON.parse(new TextDecoder().decode(new Uint8Array(this.buffer, ref.o, ref.n)));
  }

  /** @param {Ref} ref @returns {Float64Array | Float32Array | Uint8Array | Uint16Array | Uint32Array | Int32Array | Int8Array} */
  plain(ref) {
    const { o, n } = ref;
    switch (ref.t) {
      case "f8": return new Float64Array(this.buffer, o, n);
      case "f4": return new Float32Array(this.buffer, o, n);
      case "u1": return new Uint8Array(this.buffer, o, n);
      case "u2": return new Uint16Array(this.buffer, o, n);
      case "u4": return new Uint32Array(this.buffer, o, n);
      case "i4": return new Int32Array(this.buffer, o, n);
      case "i1": return new Int8Array(this.buffer, o, n);
      case "d": return this.steps(ref);
      default: throw new Error(`unknown array type ${ref.t}`);
    }
  }
}
