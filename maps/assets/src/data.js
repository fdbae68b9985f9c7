// The data island of the page as tables the other modules read.
// @ts-check
import { Block, fromBase64, fromRowSteps, gunzip } from "./codec.js";
import { WORLD, lonOf, latOf, unitX, unitY } from "./mercator.js";

/**
 * @typedef {Record<string, any>} Json
 * @typedef {Float64Array | Float32Array | Uint8Array | Uint16Array | Uint32Array | Int32Array | Int8Array} Numbers
 * @typedef {{x: Int32Array, y: Int32Array, ringStart: Int32Array, partStart: Int32Array, box: Int32Array}} Shapes
 * @typedef {{west: number, north: number, pixel: number, rows: number, cols: number, values: Uint8Array | Uint16Array, low: number, step: number, operators: string[]}} Raster
 * @typedef {{n: number, x: Int32Array, y: Int32Array, level: Uint8Array, digital: Uint8Array, sector: Uint8Array, sectors: string[]}} Mass
 * @typedef {{west: number, north: number, pixel: number, cols: number, n: number, id: Int32Array, x: Int32Array, y: Int32Array,
 *   level: Uint8Array, cause: Uint8Array, rest: Uint8Array | null, umkm: Float32Array, people: Float32Array, facilities: Uint8Array, rsrp: Uint8Array,
 *   served: Uint8Array, confidence: Uint8Array, operators: Uint8Array, indoor: Uint8Array,
 *   server: Text, area: Text, half: number, halfRow: Int32Array}} Cells
 */

/** A text column: positions into a list of known texts. */
export class Text {
  /** @param {string[]} known @param {Int32Array} index */
  constructor(known, index) {
    this.known = known;
    this.index = index;
  }

  /** @param {number} row */
  at(row) {
    return this.known[this.index[row]] ?? "";
  }
}

/** @param {Json} column @param {Block} block */
const text = (column, block) => new Text(column.k ?? block.texts(column.t), block.steps(column.i));

/** @template {Numbers} T @param {T} values @param {number[]} rows @returns {T} */
const taken = (values, rows) => /** @type {T} */ (/** @type {any} */ (values.constructor).from(rows, (/** @type {number} */ row) => values[row]));

/** A table: named columns of equal length, with places or shapes when it has any. */
export class Table {
  /** @param {Json} packed @param {Block} block */
  constructor(packed, block) {
    /** @type {number} */
    this.n = packed.n;
    /** @type {Map<string, Text | Numbers>} */
    this.columns = new Map();
    for (const [name, column] of Object.entries(packed.c)) {
      this.columns.set(name, column.i ? text(column, block) : block.plain(column));
    }
    /** @type {Int32Array} */
    this.x = packed.x ? block.steps(packed.x) : new Int32Array(0);
    /** @type {Int32Array} */
    this.y = packed.y ? block.steps(packed.y) : new Int32Array(0);
    /** @type {Shapes | null} */
    this.shapes = packed.shapes ? unpackShapes(packed.shapes, block) : null;
  }

  /** @param {string} name */
  has(name) {
    return this.columns.has(name);
  }

  /** @param {string} name @param {number} row @returns {string} */
  text(name, row) {
    const column = this.columns.get(name);
    if (!column) return "";
    return column instanceof Text ? column.at(row) : String(column[row]);
  }

  /** Values of a text column. @param {string} name @returns {string[]} */
  known(name) {
    const column = this.columns.get(name);
    return column instanceof Text ? column.known : [];
  }

  /** NaN where there is no number. @param {string} name @param {number} row @returns {number} */
  number(name, row) {
    const column = this.columns.get(name);
    return !column || column instanceof Text ? NaN : column[row];
  }

  /** @param {string} name @param {string} value @returns {number} row, −1 when there is none */
  find(name, value) {
    const column = this.columns.get(name);
    if (!(column instanceof Text)) return -1;
    const position = column.known.indexOf(value);
    return position < 0 ? -1 : column.index.indexOf(position);
  }

  /** The same columns for some of the rows. @param {number[]} rows @returns {Table} */
  pick(rows) {
    /** @type {Table} */
    const part = Object.create(Table.prototype);
    part.n = rows.length;
    part.columns = new Map([...this.columns].map(([name, column]) => [name, column instanceof Text ? new Text(column.known, taken(column.index, rows)) : taken(column, rows)]));
    part.x = this.x.length ? taken(this.x, rows) : this.x;
    part.y = this.y.length ? taken(this.y, rows) : this.y;
    part.shapes = this.shapes && pickShapes(this.shapes, rows);
    return part;
  }

  /** @param {number} row */
  lon(row) {
    return lonOf(this.x[row]);
  }

  /** @param {number} row */
  lat(row) {
    return latOf(this.y[row]);
  }
}

/** @param {Json} packed @param {Block} block @returns {Shapes} */
function unpackShapes(packed, block) {
  const x = block.steps(packed.x);
  const y = block.steps(packed.y);
  const ringStart = starts(block.steps(packed.rings));
  const partStart = starts(block.steps(packed.parts));
  const n = partStart.length - 1;
  const box = new Int32Array(4 * n);
  for (let i = 0; i < n; i++) {
    let [w, s, e, t] = [WORLD * 2, WORLD * 2, -WORLD, -WORLD];
    for (let v = ringStart[partStart[i]]; v < ringStart[partStart[i + 1]]; v++) {
      if (x[v] < w) w = x[v];
      if (x[v] > e) e = x[v];
      if (y[v] < s) s = y[v];
      if (y[v] > t) t = y[v];
    }
    box.set([w, s, e, t], 4 * i);
  }
  return { x, y, ringStart, partStart, box };
}

/** @param {Shapes} shapes @param {number[]} rows @returns {Shapes} */
function pickShapes(shapes, rows) {
  /** @type {number[]} */
  const vertices = [];
  /** @type {number[]} */
  const rings = [];
  for (const row of rows) {
    for (let ring = shapes.partStart[row]; ring < shapes.partStart[row + 1]; ring++) {
      for (let v = shapes.ringStart[ring]; v < shapes.ringStart[ring + 1]; v++) vertices.push(v);
      rings.push(shapes.ringStart[ring + 1] - shapes.ringStart[ring]);
    }
  }
  const parts = rows.map((row) => shapes.partStart[row + 1] - shapes.partStart[row]);
  const box = Int32Array.from(rows.flatMap((row) => [...shapes.box.subarray(4 * row, 4 * row + 4)]));
  return { x: taken(shapes.x, vertices), y: taken(shapes.y, vertices), ringStart: starts(Int32Array.from(rings)), partStart: starts(Int32Array.from(parts)), box };
}

/** @param {Int32Array} counts */
function starts(counts) {
  const out = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) out[i + 1] = out[i] + counts[i];
  return out;
}

/** @param {Json} packed @param {Block} block @returns {Cells} */
function unpackCells(packed, block) {
  const id = block.steps(packed.cell);
  const x = new Int32Array(packed.n);
  const y = new Int32Array(packed.n);
  for (let i = 0; i < packed.n; i++) {
    const row = Math.floor(id[i] / packed.cols);
    x[i] = unitX(packed.west + (id[i] - row * packed.cols + 0.5) * packed.pixel);
    y[i] = unitY(packed.north - (row + 0.5) * packed.pixel);
  }
  /** @type {any} */
  const cells = { west: packed.west, north: packed.north, pixel: packed.pixel, cols: packed.cols, n: packed.n, id, x, y };
  for (const name of ["level", "cause", "umkm", "people", "facilities", "rsrp", "served", "confidence", "operators", "indoor"]) {
    cells[name] = block.plain(packed[name]);
  }
  cells.rest = packed.rest ? block.plain(packed.rest) : null;
  cells.server = text(packed.server, block);
  cells.area = text(packed.area, block);
  cells.half = ((packed.pixel / 360) * WORLD) / 2;
  return cells;
}

/** Row of the cell at a place, −1 when nobody lives there. @param {Cells} cells @param {number} lon @param {number} lat */
export function cellAt(cells, lon, lat) {
  const col = Math.floor((lon - cells.west) / cells.pixel);
  const row = Math.floor((cells.north - lat) / cells.pixel);
  if (col < 0 || col >= cells.cols || row < 0) return -1;
  const wanted = row * cells.cols + col;
  let low = 0;
  let high = cells.n - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (cells.id[middle] === wanted) return middle;
    if (cells.id[middle] < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * UMKM of a cell by level, as the facts count them: what is served by its share, and what a served cell lacks under limited.
 * @param {Cells} cells @param {string[]} levels @param {number} i @returns {number[]}
 */
export function umkmByLevel(cells, levels, i) {
  const served = (cells.umkm[i] * cells.served[i]) / 100;
  const rest = levels[cells.level[i]] === "served" ? levels.indexOf("limited") : cells.level[i];
  return levels.map((name, k) => (name === "served" ? served : 0) + (k === rest ? cells.umkm[i] - served : 0));
}

/** @param {Raster} raster @param {number} lon @param {number} lat */
export function rasterAt(raster, lon, lat) {
  const col = Math.floor((lon - raster.west) / raster.pixel);
  const row = Math.floor((raster.north - lat) / raster.pixel);
  return col < 0 || row < 0 || col >= raster.cols || row >= raster.rows ? 0 : raster.values[row * raster.cols + col];
}

/** What a byte of a raster stands for; NaN for none. @param {Raster} raster @param {number} byte */
export const meaning = (raster, byte) => (byte ? raster.low + (byte - 1) * raster.step : NaN);

/** Plans at other ceilings: points, and the sites and links of each. */
export class Frontier {
  /** @param {Json} packed @param {Block} block @param {Map<string, Table>} own layers of the page's own plan */
  constructor(packed, block, own) {
    this.points = new Table(packed.points, block);
    /** Ceilings asked for that no plan was found for. @type {number} */
    this.leftOut = packed.left_out ?? 0;
    this.years = packed.years ? new Table(packed.years, block) : null;
    /** @type {number} */
    this.own = packed.own;
    this.all = Object.fromEntries(["sites", "links"].map((name) => [name, packed[name] ? new Table(packed[name], block) : null]));
    this.ownLayers = { sites: own.get("sites"), links: own.get("links") };
  }

  /** What stands and serves at a point by the end of each year; empty for plans without years. @param {number} at @returns {{year: number, n_sites_on: number, n_umkm_on: number}[]} */
  yearsAt(at) {
    const { years } = this;
    if (!years) return [];
    const point = this.points.number("point", at);
    const rows = [...Array(years.n).keys()].filter((row) => years.number("point", row) === point);
    return rows.map((row) => ({ year: years.number("year", row), n_sites_on: years.number("n_sites_on", row), n_umkm_on: years.number("n_umkm_on", row) }));
  }

  /** Sites and links at a point; undefined where it has none. @param {number} at @returns {{sites: Table | undefined, links: Table | undefined}} */
  layersAt(at) {
    if (at < 0 || at === this.own) return this.ownLayers;
    const point = this.points.number("point", at);
    const rowsOf = (/** @type {Table | null} */ table) => {
      const rows = table ? [...Array(table.n).keys()].filter((row) => table.number("point", row) === point) : [];
      return rows.length && table ? table.pick(rows) : undefined;
    };
    return { sites: rowsOf(this.all.sites), links: rowsOf(this.all.links) };
  }
}

/** Everything the page knows. */
export class Data {
  /** @param {Json} json @param {Block} block */
  constructor(json, block) {
    this.json = json;
    this.meta = json.meta;
    /** @type {Json[]} */
    this.styles = json.styles;
    /** @type {string[]} */
    this.levels = json.vocabulary.levels;
    /** @type {Map<string, Table>} */
    this.areas = new Map(Object.entries(json.areas).map(([key, packed]) => [key, new Table(packed, block)]));
    /** @type {Map<string, Table>} */
    this.layers = new Map(Object.entries(json.layers).map(([key, packed]) => [key, new Table(packed, block)]));
    /** @type {Shapes | null} */
    this.coast = json.coast ? unpackShapes(json.coast, block) : null;
    this.readCells = late(() => (json.cells ? unpackCells(json.cells, block) : null));
    this.readMass = late(() => (json.umkm ? unpackMass(json.umkm, block) : null));
    /** @type {Map<string, Raster>} */
    this.rasters = new Map(Object.entries(json.rasters).map(([key, packed]) => [key, unpackRaster(packed, block)]));
    /** @type {Table | null} */
    this.servers = json.servers ? new Table(json.servers, block) : null;
    /** @type {Frontier | null} */
    this.frontier = json.frontier ? new Frontier(json.frontier, block, this.layers) : null;
    /** Operators, in one order for every layer that colours by them. @type {string[]} */
    this.operators = this.rasters.get("coverage_operator")?.operators ?? [];
    const others = (this.layers.get("bts")?.known("operator") ?? []).filter((name) => name !== "" && !this.operators.includes(name));
    this.operators = [...this.operators, ...others];
  }

  /** @type {Cells | null} */
  get cells() {
    return this.json.cells ? this.readCells() : null;
  }

  /** @type {Mass | null} */
  get umkm() {
    return this.json.umkm ? this.readMass() : null;
  }

  /** The style that describes the rows of a layer: the one of its name, else the first. @param {string} source */
  styleOf(source) {
    return this.style(source) ?? this.styles.find((style) => style.source === source);
  }

  /** @param {string} key */
  style(key) {
    return this.styles.find((style) => style.key === key);
  }
}

/** @param {Json} packed @param {Block} block @returns {Mass} */
function unpackMass(packed, block) {
  const x = block.steps(packed.x).map((value) => value * packed.scale);
  const y = block.steps(packed.y).map((value) => value * packed.scale);
  const [level, digital, sector] = ["level", "digital", "sector"].map((name) => /** @type {Uint8Array} */ (block.plain(packed[name])));
  return { n: packed.n, x, y, level, digital, sector, sectors: packed.sectors };
}

/** A raster whose values are worked out when first asked for. @param {Json} packed @param {Block} block @returns {Raster} */
function unpackRaster(packed, block) {
  const { west, north, pixel, rows, cols } = packed;
  const plane = (/** @type {any} */ ref) => fromRowSteps(/** @type {Uint8Array} */ (block.plain(ref)), rows, cols);
  const read = late(() => {
    const low = plane(packed.v);
    if (!packed.high) return low;
    const high = plane(packed.high);
    const wide = new Uint16Array(low.length);
    for (let i = 0; i < wide.length; i++) wide[i] = low[i] | (high[i] << 8);
    return wide;
  });
  return { west, north, pixel, rows, cols, get values() { return read(); }, low: packed.low ?? -199, step: packed.step ?? 1, operators: packed.operators ?? [] };
}

/** A value made when first asked for. @template T @param {() => T} make @returns {() => T} */
function late(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made ??= make());
}

/** @param {Document} page */
export async function readData(page) {
  const read = (/** @type {string} */ id) => JSON.parse(page.getElementById(id)?.textContent ?? "null");
  const json = read("merata-data");
  const packed = read("merata-pack");
  const buffer = await gunzip(fromBase64(packed));
  return new Data(json, new Block(buffer));
}
