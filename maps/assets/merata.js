// Made by scripts/bundle_assets.py from maps/assets/src (sha256 47a77579faf1fb64eb357549ffcb2d9b610e373ebd8e6a49adbea77cb58dc359): do not edit.
"use strict";
(() => {
  // maps/assets/src/link.js
  var ID_OF = (
    /** @type {Record<string, string>} */
    {
      sites: "site_id",
      bts: "bts_id",
      candidates: "candidate_id",
      fiber_nodes: "node_id",
      gateways: "gateway_id",
      proposals: "proposal_id",
      links: "link_id",
      surveys: "area_code",
      exclusions: "exclusion_id",
      beams: "beam_id"
    }
  );
  var TABS = ["overview", "areas", "sites", "layers", "about"];
  function nameOf(data, chosen) {
    if (!chosen) return "";
    if (chosen.kind === "place") return `place:${chosen.lon.toFixed(5)}:${chosen.lat.toFixed(5)}`;
    if (chosen.kind === "area") return `area:${chosen.level}:${data.areas.get(chosen.level)?.text("code", chosen.row) ?? ""}`;
    const id = ID_OF[chosen.layer] ? data.layers.get(chosen.layer)?.text(ID_OF[chosen.layer], chosen.row) ?? "" : "";
    return id ? `row:${chosen.layer}:${id}` : "";
  }
  function selectionOf(data, name) {
    const [kind, of, ...rest] = name.split(":");
    const id = rest.join(":");
    if (kind === "place") {
      const [lon, lat] = [Number(of), Number(id)];
      return id !== "" && Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? { kind, lon, lat } : null;
    }
    const table2 = kind === "area" ? data.areas.get(of) : kind === "row" ? data.layers.get(of) : void 0;
    const row = table2?.find(kind === "area" ? "code" : ID_OF[of] ?? "", id) ?? -1;
    if (row < 0) return null;
    return kind === "area" ? { kind, level: of, row } : { kind: "row", layer: of, row };
  }
  function writeLink(data, now, view) {
    const more = new URLSearchParams();
    const put = (key, value, usual) => {
      if (value !== null && value !== "" && value !== usual) more.set(key, String(value));
    };
    put("unit", now.unit, "umkm");
    put("gap", now.gap, "unserved");
    put("level", now.areaLevel, "auto");
    put("only", now.priority, "");
    put("budget", now.point, data.frontier?.own ?? -1);
    put("year", now.year, "");
    if (TABS.includes(now.tab)) put("tab", now.tab, "overview");
    put("at", now.tab === "detail" ? nameOf(data, now.selection) : "", "");
    for (const [key, value] of Object.entries(now.filters)) put(`f.${key}`, value, "");
    const parts = [view.zoom.toFixed(2), view.lat.toFixed(4), view.lng.toFixed(4), now.lang, [...now.on].sort().join("+")];
    const text2 = more.toString();
    return `#${parts.join("/")}${text2 ? `/${text2}` : ""}`;
  }
  function readLink(hash, data) {
    const parts = hash.replace(/^#/, "").split("/");
    const [zoom, lat, lng] = parts.slice(0, 3).map(Number);
    if (parts.length < 3 || ![zoom, lat, lng].every(Number.isFinite) || Math.abs(lat) > 85 || zoom < 1 || zoom > 18) return {};
    const asked = new URLSearchParams(parts.slice(5).join("/"));
    const found = { view: [zoom, lat, lng] };
    if (parts[3] === "en" || parts[3] === "id") found.lang = parts[3];
    if (parts[4]) found.on = new Set(parts[4].split("+"));
    const unit = asked.get("unit") ?? "";
    if (data.json.totals[unit]) found.unit = unit;
    const gap = asked.get("gap") ?? "";
    if (["unserved", "short"].includes(gap)) found.gap = gap;
    const level = asked.get("level") ?? "";
    if (data.areas.has(level)) found.areaLevel = level;
    const only = asked.get("only") ?? "";
    if ([...data.areas.values()].some((table2) => table2.has(`raw_${only}`))) found.priority = only;
    const point = Number(asked.get("budget") ?? NaN);
    if (data.frontier && Number.isInteger(point) && point >= 0 && point < data.frontier.points.n) found.point = point;
    const year = Number(asked.get("year") ?? NaN);
    if (Number.isInteger(year) && data.layers.get("sites")?.has("year")) found.year = year;
    const tab = asked.get("tab") ?? "";
    if (TABS.includes(tab)) found.tab = tab;
    const filters = [...asked].filter(([key]) => key.startsWith("f.")).map(([key, value]) => [key.slice(2), value]);
    if (filters.length) found.filters = Object.fromEntries(filters);
    return found;
  }
  var askedFor = (hash) => new URLSearchParams(hash.split("/").slice(5).join("/")).get("at") ?? "";

  // maps/assets/src/mercator.js
  var WORLD = 2 ** 26;
  var MAX_LAT = 85.05112878;
  var unitX = (lonDeg) => (lonDeg / 360 + 0.5) * WORLD;
  function unitY(latDeg) {
    const lat = Math.max(-MAX_LAT, Math.min(MAX_LAT, latDeg)) * Math.PI / 180;
    return (0.5 - Math.asinh(Math.tan(lat)) / (2 * Math.PI)) * WORLD;
  }
  var lonOf = (x) => (x / WORLD - 0.5) * 360;
  var latOf = (y) => Math.atan(Math.sinh((0.5 - y / WORLD) * 2 * Math.PI)) * 180 / Math.PI;
  function warpRows(north, pixel, rows) {
    const top = unitY(north);
    const bottom = unitY(north - rows * pixel);
    const source = new Int32Array(rows);
    for (let i = 0; i < rows; i++) {
      const lat = latOf(top + (i + 0.5) / rows * (bottom - top));
      source[i] = Math.max(0, Math.min(rows - 1, Math.floor((north - lat) / pixel)));
    }
    return source;
  }
  function distanceKm(lon1, lat1, lon2, lat2) {
    const rad = Math.PI / 180;
    const a = Math.sin((lat2 - lat1) * rad / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin((lon2 - lon1) * rad / 2) ** 2;
    return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(a)));
  }

  // maps/assets/src/classes.js
  function classOfText(classes, value) {
    const exact = classes.findIndex((item) => item.key === value);
    return exact >= 0 ? exact : classes.findIndex((item) => item.key === void 0 && item.from === void 0);
  }
  function classOfNumber(classes, value) {
    if (!Number.isFinite(value)) return classes.findIndex((item) => item.key === "unknown");
    let found = -1;
    classes.forEach((item, i) => {
      if (item.from !== void 0 && value >= item.from) found = i;
    });
    return found < 0 ? classes.findIndex((item) => item.from !== void 0) : found;
  }
  function rgb(hex) {
    return [parseInt(hex.slice(1, 3), 16), parseInt(hex.slice(3, 5), 16), parseInt(hex.slice(5, 7), 16)];
  }

  // maps/assets/src/codec.js
  function fromBase64(text2) {
    const raw = atob(text2);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }
  async function gunzip(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }
  function fromSteps(planes, n) {
    const out = new Int32Array(n);
    let value = 0;
    for (let i = 0; i < n; i++) {
      const z = (planes[i] | planes[n + i] << 8 | planes[2 * n + i] << 16 | planes[3 * n + i] << 24) >>> 0;
      value = value + (z >>> 1 ^ -(z & 1)) | 0;
      out[i] = value;
    }
    return out;
  }
  function fromRowSteps(steps, rows, cols) {
    const out = new Uint8Array(steps.length);
    for (let r = 0; r < rows; r++) {
      let value = 0;
      for (let i = r * cols; i < (r + 1) * cols; i++) out[i] = value = value + steps[i] & 255;
    }
    return out;
  }
  var Block = class {
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
        case "f8":
          return new Float64Array(this.buffer, o, n);
        case "f4":
          return new Float32Array(this.buffer, o, n);
        case "u1":
          return new Uint8Array(this.buffer, o, n);
        case "u2":
          return new Uint16Array(this.buffer, o, n);
        case "u4":
          return new Uint32Array(this.buffer, o, n);
        case "i4":
          return new Int32Array(this.buffer, o, n);
        case "i1":
          return new Int8Array(this.buffer, o, n);
        case "d":
          return this.steps(ref);
        default:
          throw new Error(`unknown array type ${ref.t}`);
      }
    }
  };

  // maps/assets/src/data.js
  var Text = class {
    /** @param {string[]} known @param {Int32Array} index */
    constructor(known, index) {
      this.known = known;
      this.index = index;
    }
    /** @param {number} row */
    at(row) {
      return this.known[this.index[row]] ?? "";
    }
  };
  var text = (column, block) => new Text(column.k ?? block.texts(column.t), block.steps(column.i));
  var taken = (values, rows) => (
    /** @type {T} */
    /** @type {any} */
    values.constructor.from(rows, (row) => values[row])
  );
  var Table = class _Table {
    /** @param {Json} packed @param {Block} block */
    constructor(packed, block) {
      this.n = packed.n;
      this.columns = /* @__PURE__ */ new Map();
      for (const [name, column] of Object.entries(packed.c)) {
        this.columns.set(name, column.i ? text(column, block) : block.plain(column));
      }
      this.x = packed.x ? block.steps(packed.x) : new Int32Array(0);
      this.y = packed.y ? block.steps(packed.y) : new Int32Array(0);
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
      const part = Object.create(_Table.prototype);
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
  };
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
  function pickShapes(shapes, rows) {
    const vertices = [];
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
  function starts(counts) {
    const out = new Int32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) out[i + 1] = out[i] + counts[i];
    return out;
  }
  function unpackCells(packed, block) {
    const id = block.steps(packed.cell);
    const x = new Int32Array(packed.n);
    const y = new Int32Array(packed.n);
    for (let i = 0; i < packed.n; i++) {
      const row = Math.floor(id[i] / packed.cols);
      x[i] = unitX(packed.west + (id[i] - row * packed.cols + 0.5) * packed.pixel);
      y[i] = unitY(packed.north - (row + 0.5) * packed.pixel);
    }
    const cells = { west: packed.west, north: packed.north, pixel: packed.pixel, cols: packed.cols, n: packed.n, id, x, y };
    for (const name of ["level", "cause", "umkm", "people", "facilities", "rsrp", "served", "confidence", "operators", "indoor"]) {
      cells[name] = block.plain(packed[name]);
    }
    cells.rest = packed.rest ? block.plain(packed.rest) : null;
    cells.server = text(packed.server, block);
    cells.area = text(packed.area, block);
    cells.half = packed.pixel / 360 * WORLD / 2;
    return cells;
  }
  function cellAt(cells, lon, lat) {
    const col = Math.floor((lon - cells.west) / cells.pixel);
    const row = Math.floor((cells.north - lat) / cells.pixel);
    if (col < 0 || col >= cells.cols || row < 0) return -1;
    const wanted = row * cells.cols + col;
    let low = 0;
    let high = cells.n - 1;
    while (low <= high) {
      const middle = low + high >> 1;
      if (cells.id[middle] === wanted) return middle;
      if (cells.id[middle] < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
  function umkmByLevel(cells, levels, i) {
    const served = cells.umkm[i] * cells.served[i] / 100;
    const rest = levels[cells.level[i]] === "served" ? levels.indexOf("limited") : cells.level[i];
    return levels.map((name, k) => (name === "served" ? served : 0) + (k === rest ? cells.umkm[i] - served : 0));
  }
  function rasterAt(raster, lon, lat) {
    const col = Math.floor((lon - raster.west) / raster.pixel);
    const row = Math.floor((raster.north - lat) / raster.pixel);
    return col < 0 || row < 0 || col >= raster.cols || row >= raster.rows ? 0 : raster.values[row * raster.cols + col];
  }
  var meaning = (raster, byte) => byte ? raster.low + (byte - 1) * raster.step : NaN;
  var Frontier = class {
    /** @param {Json} packed @param {Block} block @param {Map<string, Table>} own layers of the page's own plan */
    constructor(packed, block, own) {
      this.points = new Table(packed.points, block);
      this.leftOut = packed.left_out ?? 0;
      this.years = packed.years ? new Table(packed.years, block) : null;
      this.own = packed.own;
      this.all = Object.fromEntries(["sites", "links"].map((name) => [name, packed[name] ? new Table(packed[name], block) : null]));
      this.ownLayers = { sites: own.get("sites"), links: own.get("links") };
    }
    /** What stands and serves at a point by the end of each year; empty for plans without years. @param {number} at @returns {{year: number, n_sites_on: number, n_umkm_on: number}[]} */
    yearsAt(at) {
      const { years: years2 } = this;
      if (!years2) return [];
      const point = this.points.number("point", at);
      const rows = [...Array(years2.n).keys()].filter((row) => years2.number("point", row) === point);
      return rows.map((row) => ({ year: years2.number("year", row), n_sites_on: years2.number("n_sites_on", row), n_umkm_on: years2.number("n_umkm_on", row) }));
    }
    /** Sites and links at a point; undefined where it has none. @param {number} at @returns {{sites: Table | undefined, links: Table | undefined}} */
    layersAt(at) {
      if (at < 0 || at === this.own) return this.ownLayers;
      const point = this.points.number("point", at);
      const rowsOf = (table2) => {
        const rows = table2 ? [...Array(table2.n).keys()].filter((row) => table2.number("point", row) === point) : [];
        return rows.length && table2 ? table2.pick(rows) : void 0;
      };
      return { sites: rowsOf(this.all.sites), links: rowsOf(this.all.links) };
    }
  };
  var Data = class {
    /** @param {Json} json @param {Block} block */
    constructor(json, block) {
      this.json = json;
      this.meta = json.meta;
      this.styles = json.styles;
      this.levels = json.vocabulary.levels;
      this.areas = new Map(Object.entries(json.areas).map(([key, packed]) => [key, new Table(packed, block)]));
      this.layers = new Map(Object.entries(json.layers).map(([key, packed]) => [key, new Table(packed, block)]));
      this.coast = json.coast ? unpackShapes(json.coast, block) : null;
      this.readCells = late(() => json.cells ? unpackCells(json.cells, block) : null);
      this.readMass = late(() => json.umkm ? unpackMass(json.umkm, block) : null);
      this.rasters = new Map(Object.entries(json.rasters).map(([key, packed]) => [key, unpackRaster(packed, block)]));
      this.servers = json.servers ? new Table(json.servers, block) : null;
      this.frontier = json.frontier ? new Frontier(json.frontier, block, this.layers) : null;
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
  };
  function unpackMass(packed, block) {
    const x = block.steps(packed.x).map((value) => value * packed.scale);
    const y = block.steps(packed.y).map((value) => value * packed.scale);
    const [level, digital, sector] = ["level", "digital", "sector"].map((name) => (
      /** @type {Uint8Array} */
      block.plain(packed[name])
    ));
    return { n: packed.n, x, y, level, digital, sector, sectors: packed.sectors };
  }
  function unpackRaster(packed, block) {
    const { west, north, pixel, rows, cols } = packed;
    const plane = (ref) => fromRowSteps(
      /** @type {Uint8Array} */
      block.plain(ref),
      rows,
      cols
    );
    const read = late(() => {
      const low = plane(packed.v);
      if (!packed.high) return low;
      const high = plane(packed.high);
      const wide = new Uint16Array(low.length);
      for (let i = 0; i < wide.length; i++) wide[i] = low[i] | high[i] << 8;
      return wide;
    });
    return { west, north, pixel, rows, cols, get values() {
      return read();
    }, low: packed.low ?? -199, step: packed.step ?? 1, operators: packed.operators ?? [] };
  }
  function late(make) {
    let made2;
    return () => made2 ??= make();
  }
  async function readData(page) {
    const read = (id) => JSON.parse(page.getElementById(id)?.textContent ?? "null");
    const json = read("merata-data");
    const packed = read("merata-pack");
    const buffer = await gunzip(fromBase64(packed));
    return new Data(json, new Block(buffer));
  }

  // maps/assets/src/measure.js
  function countsOf(table2, row, unit, levels) {
    const counts = levels.map((level) => table2.number(`${unit}_${level}`, row));
    return counts.every((value) => !Number.isFinite(value)) ? null : counts.map((value) => Number.isFinite(value) ? value : 0);
  }
  var sum = (counts) => counts.reduce((total, value) => total + value, 0);
  var missing = (counts, gap) => counts[2] + (gap === "short" ? counts[1] : 0);
  function missingShare(counts, gap) {
    if (!counts) return NaN;
    const total = sum(counts);
    return total <= 0 || counts[3] > total / 2 ? NaN : missing(counts, gap) / total;
  }

  // maps/assets/src/shapes.js
  function isVisible(shapes, i, view) {
    const { box } = shapes;
    return box[4 * i + 2] * view.scale - view.ox > -20 && box[4 * i] * view.scale - view.ox < view.width + 20 && box[4 * i + 3] * view.scale - view.oy > -20 && box[4 * i + 1] * view.scale - view.oy < view.height + 20;
  }
  function trace(shapes, i, view, closed) {
    const { x, y, ringStart, partStart } = shapes;
    const { ctx, scale, ox, oy } = view;
    for (let ring = partStart[i]; ring < partStart[i + 1]; ring++) {
      const from = ringStart[ring];
      const to = ringStart[ring + 1];
      let px = x[from] * scale - ox;
      let py = y[from] * scale - oy;
      ctx.moveTo(px, py);
      for (let v = from + 1; v < to; v++) {
        const qx = x[v] * scale - ox;
        const qy = y[v] * scale - oy;
        if (v < to - 1 && Math.abs(qx - px) + Math.abs(qy - py) < 0.8) continue;
        ctx.lineTo(qx, qy);
        px = qx;
        py = qy;
      }
      if (closed) ctx.closePath();
    }
  }
  function contains(shapes, i, ux, uy) {
    const { x, y, ringStart, partStart, box } = shapes;
    if (ux < box[4 * i] || ux > box[4 * i + 2] || uy < box[4 * i + 1] || uy > box[4 * i + 3]) return false;
    let inside = false;
    for (let ring = partStart[i]; ring < partStart[i + 1]; ring++) {
      const from = ringStart[ring];
      const to = ringStart[ring + 1];
      for (let a = from, b = to - 1; a < to; b = a++) {
        if (y[a] > uy !== y[b] > uy && ux < (x[b] - x[a]) * (uy - y[a]) / (y[b] - y[a]) + x[a]) inside = !inside;
      }
    }
    return inside;
  }
  function lineDistance2(shapes, i, ux, uy) {
    const { x, y, ringStart, partStart } = shapes;
    let best = Infinity;
    for (let ring = partStart[i]; ring < partStart[i + 1]; ring++) {
      for (let v = ringStart[ring] + 1; v < ringStart[ring + 1]; v++) {
        const dx = x[v] - x[v - 1];
        const dy = y[v] - y[v - 1];
        const length2 = dx * dx + dy * dy;
        const t = length2 ? Math.max(0, Math.min(1, ((ux - x[v - 1]) * dx + (uy - y[v - 1]) * dy) / length2)) : 0;
        const ex = ux - x[v - 1] - t * dx;
        const ey = uy - y[v - 1] - t * dy;
        best = Math.min(best, ex * ex + ey * ey);
      }
    }
    return best;
  }
  function symbol(ctx, shape, px, py, r) {
    switch (shape) {
      case "square":
        ctx.rect(px - r, py - r, 2 * r, 2 * r);
        break;
      case "diamond":
        ctx.moveTo(px, py - r * 1.2);
        ctx.lineTo(px + r * 1.2, py);
        ctx.lineTo(px, py + r * 1.2);
        ctx.lineTo(px - r * 1.2, py);
        ctx.closePath();
        break;
      case "triangle":
        ctx.moveTo(px, py - r * 1.15);
        ctx.lineTo(px + r * 1.1, py + r * 0.85);
        ctx.lineTo(px - r * 1.1, py + r * 0.85);
        ctx.closePath();
        break;
      case "pin":
        ctx.moveTo(px - r, py + r);
        ctx.lineTo(px - r * 0.45, py - r);
        ctx.lineTo(px + r * 0.45, py - r);
        ctx.lineTo(px + r, py + r);
        ctx.closePath();
        break;
      case "cross":
        ctx.moveTo(px - r, py - r);
        ctx.lineTo(px + r, py + r);
        ctx.moveTo(px + r, py - r);
        ctx.lineTo(px - r, py + r);
        break;
      default:
        ctx.moveTo(px + r, py);
        ctx.arc(px, py, r, 0, 2 * Math.PI);
    }
  }
  var isOpen = (shape) => shape === "cross" || shape === "ring";

  // maps/assets/src/state.js
  var State = class {
    /** @param {Choices} choices */
    constructor(choices) {
      this.now = choices;
      this.listeners = [];
    }
    /** @param {Partial<Choices>} changes */
    set(changes) {
      const changed = new Set(Object.keys(changes));
      this.now = { ...this.now, ...changes };
      for (const listener of this.listeners) listener(changed);
    }
    /** @param {string} layer @param {boolean} on @param {string[]} others layers that cannot be on with it */
    turn(layer, on, others = []) {
      const next = new Set(this.now.on);
      for (const other of others) next.delete(other);
      if (on) next.add(layer);
      else next.delete(layer);
      this.set({ on: next });
    }
    /** @param {(changed: Set<string>) => void} listener */
    listen(listener) {
      this.listeners.push(listener);
    }
  };
  function levelAt(wanted, zoom, known) {
    if (wanted !== "auto" && known.includes(wanted)) return wanted;
    const order = ["kabupaten", "kecamatan", "desa"].filter((level) => known.includes(level));
    if (!order.length) return known[0] ?? "";
    const step = zoom < 9 ? 0 : zoom < 10.75 ? 1 : 2;
    return order[Math.min(step, order.length - 1)];
  }

  // maps/assets/src/paint.js
  var LAND = "#f6f4ee";
  var SHORE = "#a9b6c0";
  var PATH_SHAPES = 64;
  function paintLand(view, data) {
    const { ctx } = view;
    paintGraticule(view);
    if (!data.coast) return;
    ctx.beginPath();
    for (let i = 0; i < data.coast.partStart.length - 1; i++) if (isVisible(data.coast, i, view)) trace(data.coast, i, view, true);
    ctx.lineJoin = "round";
    ctx.strokeStyle = "rgba(255,255,255,0.55)";
    ctx.lineWidth = 6;
    ctx.stroke();
    ctx.fillStyle = LAND;
    ctx.fill("evenodd");
    ctx.strokeStyle = SHORE;
    ctx.lineWidth = 0.8;
    ctx.stroke();
  }
  function paintGraticule(view) {
    const { ctx, zoom, scale, ox, oy, width, height } = view;
    const step = zoom < 6 ? 5 : zoom < 7.5 ? 2 : zoom < 8.5 ? 1 : zoom < 10 ? 0.5 : zoom < 12 ? 0.1 : 0.05;
    const [west, east] = [lonOf(ox / scale), lonOf((ox + width) / scale)];
    const [north, south] = [latOf(oy / scale), latOf((oy + height) / scale)];
    ctx.strokeStyle = "rgba(90,115,135,0.16)";
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let k = Math.ceil(west / step); k * step <= east; k++) {
      const px = Math.round(unitX(k * step) * scale - ox) + 0.5;
      ctx.moveTo(px, 0);
      ctx.lineTo(px, height);
    }
    for (let k = Math.ceil(south / step); k * step <= north; k++) {
      const py = Math.round(unitY(k * step) * scale - oy) + 0.5;
      ctx.moveTo(0, py);
      ctx.lineTo(width, py);
    }
    ctx.stroke();
  }
  function hatch(ctx, colour, line = "rgba(255,255,255,0.75)") {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = (
      /** @type {CanvasRenderingContext2D} */
      tile.getContext("2d")
    );
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = line;
    pen.lineWidth = 1.6;
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift - 1, 9);
      pen.lineTo(shift + 9, -1);
    }
    pen.stroke();
    return (
      /** @type {CanvasPattern} */
      ctx.createPattern(tile, "repeat")
    );
  }
  function fillValue(data, style, table2, row, state) {
    return style.by === "score" ? table2.number("score", row) : missingShare(countsOf(table2, row, state.now.unit, data.levels), state.now.gap);
  }
  function paintFill(view, data, style, state, faint, keep) {
    const level = levelAt(state.now.areaLevel, view.zoom, [...data.areas.keys()]);
    const table2 = data.areas.get(level);
    if (!table2?.shapes) return;
    const { ctx } = view;
    const byClass = style.classes.map(() => []);
    for (let row = 0; row < table2.n; row++) {
      const found = classOfNumber(style.classes, fillValue(data, style, table2, row, state));
      if (found >= 0 && isVisible(table2.shapes, row, view) && keep(table2.text("code", row))) byClass[found].push(row);
    }
    ctx.globalAlpha = (style.opacity ?? 1) * (faint ? 0.3 : 1);
    byClass.forEach((rows, k) => {
      if (!rows.length) return;
      const item = style.classes[k];
      ctx.fillStyle = item.is_hatched ? hatch(ctx, item.colour) : item.colour;
      for (let from = 0; from < rows.length; from += PATH_SHAPES) {
        ctx.beginPath();
        for (const row of rows.slice(from, from + PATH_SHAPES)) trace(
          /** @type {any} */
          table2.shapes,
          row,
          view,
          true
        );
        ctx.fill("evenodd");
      }
    });
  }
  function paintDoubt(view, data, style, state) {
    const table2 = data.areas.get(levelAt(state.now.areaLevel, view.zoom, [...data.areas.keys()]));
    if (!table2?.shapes || !table2.has("confidence_share")) return;
    const { ctx } = view;
    ctx.fillStyle = hatch(ctx, "rgba(0,0,0,0)", style.classes[0].colour);
    const fill2 = data.styles.find((item) => item.kind === "fill" && state.now.on.has(item.key));
    for (let row = 0; row < table2.n; row++) {
      if (fill2 && !Number.isFinite(fillValue(data, fill2, table2, row, state))) continue;
      if (!(table2.number("confidence_share", row) < data.meta.confidence) || !isVisible(table2.shapes, row, view)) continue;
      ctx.beginPath();
      trace(table2.shapes, row, view, true);
      ctx.fill("evenodd");
    }
  }
  function paintBorders(view, data, state) {
    const fine = levelAt(state.now.areaLevel, view.zoom, [...data.areas.keys()]);
    const { ctx } = view;
    for (const [level, colour, width] of [
      [fine, fine === "kabupaten" ? "rgba(70,84,98,0.75)" : "rgba(90,104,120,0.35)", fine === "kabupaten" ? 1 : 0.6],
      ["kabupaten", "rgba(60,74,88,0.8)", 1.1]
    ]) {
      const shapes = data.areas.get(String(level))?.shapes;
      if (level === "hexagon") continue;
      if (!shapes || level === "kabupaten" && fine === "kabupaten" && width === 1.1) continue;
      const seen = [...Array(shapes.partStart.length - 1).keys()].filter((row) => isVisible(shapes, row, view));
      ctx.strokeStyle = String(colour);
      ctx.lineWidth = Number(width);
      ctx.lineJoin = "round";
      for (let from = 0; from < seen.length; from += PATH_SHAPES) {
        ctx.beginPath();
        for (const row of seen.slice(from, from + PATH_SHAPES)) trace(shapes, row, view, true);
        ctx.stroke();
      }
    }
  }
  var pictures = /* @__PURE__ */ new Map();
  function rasterOf(data, style, state) {
    const operator = state.now.filters[`${style.key}.operator`];
    return data.rasters.get(operator ? `${style.source}:${operator}` : style.source);
  }
  function picture(raster, style, name) {
    const found = pictures.get(name);
    if (found) return found;
    const canvas = document.createElement("canvas");
    canvas.width = raster.cols;
    canvas.height = raster.rows;
    const ctx = (
      /** @type {CanvasRenderingContext2D} */
      canvas.getContext("2d")
    );
    const image = ctx.createImageData(raster.cols, raster.rows);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = new Uint32Array(256);
    for (let value = 1; value < 256; value++) {
      const position = style.by === "operator" ? (value - 1) % style.classes.length : classOfNumber(style.classes, meaning(raster, value) + raster.step / 100);
      const [r, g, b] = rgb(style.classes[position].colour);
      colours[value] = 255 << 24 | b << 16 | g << 8 | r;
    }
    const source = warpRows(raster.north, raster.pixel, raster.rows);
    for (let row = 0; row < raster.rows; row++) {
      const from = source[row] * raster.cols;
      for (let col = 0; col < raster.cols; col++) pixels[row * raster.cols + col] = colours[raster.values[from + col]];
    }
    ctx.putImageData(image, 0, 0);
    pictures.set(name, canvas);
    return canvas;
  }
  function paintRaster(view, data, style, state) {
    const raster = rasterOf(data, style, state);
    if (!raster) return;
    const { ctx, scale, ox, oy } = view;
    const left = unitX(raster.west) * scale - ox;
    const right = unitX(raster.west + raster.cols * raster.pixel) * scale - ox;
    const top = unitY(raster.north) * scale - oy;
    const bottom = unitY(raster.north - raster.rows * raster.pixel) * scale - oy;
    ctx.globalAlpha = style.opacity ?? 1;
    ctx.imageSmoothingEnabled = right - left < raster.cols;
    ctx.drawImage(picture(raster, style, `${style.key} ${state.now.filters[`${style.key}.operator`] ?? ""}`), left, top, right - left, bottom - top);
  }
  var sheet = null;
  function clearSheet(view) {
    const width = Math.round(view.width * view.ratio);
    const height = Math.round(view.height * view.ratio);
    if (!sheet || sheet.width !== width || sheet.height !== height) {
      const canvas = document.createElement("canvas");
      canvas.width = width;
      canvas.height = height;
      const pen = (
        /** @type {CanvasRenderingContext2D} */
        canvas.getContext("2d")
      );
      const image = pen.createImageData(width, height);
      sheet = { canvas, pen, image, pixels: new Uint32Array(image.data.buffer), width, height };
    } else sheet.pixels.fill(0);
    return sheet;
  }
  function showSheet(view, made2) {
    made2.pen.putImageData(made2.image, 0, 0);
    view.ctx.drawImage(made2.canvas, 0, 0, view.width, view.height);
  }
  function levelPixels(data, style, alpha) {
    return Uint32Array.from(data.levels, (name) => {
      const [r, g, b] = rgb(style.classes.find((item) => item.key === name)?.colour ?? "#888888");
      return (alpha << 24 | b << 16 | g << 8 | r) >>> 0;
    });
  }
  function paintCells(view, data, style, keep) {
    const cells = data.cells;
    if (!cells) return;
    const made2 = clearSheet(view);
    const { pixels, width, height } = made2;
    const colours = levelPixels(data, style, 230);
    const [s, tx, ty] = [view.scale * view.ratio, view.ox * view.ratio, view.oy * view.ratio];
    const side = Math.max(2.2 * view.ratio, 2 * cells.half * s);
    const inset = side > 6 ? 1 : 0;
    for (let i = 0; i < cells.n; i++) {
      const px = cells.x[i] * s - tx - side / 2;
      const py = cells.y[i] * s - ty - side / 2;
      const left = Math.max(0, Math.round(px));
      const right = Math.min(width, Math.round(px + side) - inset);
      const top = Math.max(0, Math.round(py));
      const bottom = Math.min(height, Math.round(py + side) - inset);
      if (left >= right || top >= bottom || keep && !keep(i)) continue;
      const colour = colours[cells.level[i]];
      for (let row = top * width; row < bottom * width; row += width) {
        for (let at = row + left; at < row + right; at++) pixels[at] = colour;
      }
    }
    showSheet(view, made2);
  }
  function paintMass(view, data, style, keep) {
    const points = data.umkm;
    if (!points) return;
    const made2 = clearSheet(view);
    const { pixels, width, height } = made2;
    const colours = levelPixels(data, style, 230);
    const size = Math.round(view.ratio * (view.zoom < 10 ? 1 : view.zoom < 12 ? 2 : view.zoom < 14 ? 3 : 5));
    const [s, tx, ty] = [view.scale * view.ratio, view.ox * view.ratio, view.oy * view.ratio];
    const { x, y, level, n } = points;
    for (let i = 0; i < n; i++) {
      const px = x[i] * s - tx | 0;
      const py = y[i] * s - ty | 0;
      if (px < 0 || py < 0 || px + size > width || py + size > height || keep && !keep(i)) continue;
      const colour = colours[level[i]];
      const end = (py + size) * width;
      for (let row = py * width; row < end; row += width) for (let at = row + px; at < row + px + size; at++) pixels[at] = colour;
    }
    showSheet(view, made2);
  }
  function paintPolygons(view, table2, style, keep) {
    const { ctx } = view;
    const shapes = table2.shapes;
    if (!shapes) return;
    ctx.globalAlpha = style.opacity ?? 1;
    ctx.lineJoin = "round";
    style.classes.forEach((item, k) => {
      const lines = item.is_hatched ? hatch(ctx, `${item.colour}14`, `${item.colour}99`) : "";
      for (let row = 0; row < table2.n; row++) {
        if (pointClass(style, table2, row) !== k || !isVisible(shapes, row, view) || keep && !keep(row)) continue;
        ctx.beginPath();
        trace(shapes, row, view, true);
        if (lines) {
          ctx.fillStyle = lines;
          ctx.fill("evenodd");
        }
        ctx.setLineDash([]);
        ctx.strokeStyle = "rgba(255,255,255,0.8)";
        ctx.lineWidth = (item.width_px ?? 1.5) + 2;
        if (!item.dash_px) ctx.stroke();
        ctx.setLineDash(item.dash_px ?? []);
        ctx.strokeStyle = item.colour;
        ctx.lineWidth = item.width_px ?? 1.5;
        ctx.stroke();
      }
    });
  }
  function paintLines(view, table2, style, keep) {
    const { ctx } = view;
    const shapes = table2.shapes;
    if (!shapes) return;
    const byClass = style.classes.map(() => []);
    for (let row = 0; row < table2.n; row++) {
      const found = classOfText(style.classes, table2.text(style.by ?? "", row));
      if (found >= 0 && isVisible(shapes, row, view) && (!keep || keep(row))) byClass[found].push(row);
    }
    ctx.lineCap = "round";
    ctx.lineJoin = "round";
    byClass.forEach((rows, k) => {
      if (!rows.length) return;
      const item = style.classes[k];
      ctx.beginPath();
      for (const row of rows) trace(shapes, row, view, false);
      ctx.setLineDash([]);
      ctx.strokeStyle = "rgba(255,255,255,0.8)";
      ctx.lineWidth = (item.width_px ?? 2) + 2;
      if (!item.dash_px) ctx.stroke();
      ctx.setLineDash(item.dash_px ?? []);
      ctx.strokeStyle = item.colour;
      ctx.lineWidth = item.width_px ?? 2;
      ctx.stroke();
    });
  }
  var operators = [];
  function orderOperators(names) {
    operators.splice(0, operators.length, ...names);
  }
  function operatorClass(style, name) {
    const at = operators.indexOf(name);
    return at < 0 ? -1 : at % style.classes.length;
  }
  var symbolScale = (zoom) => Math.max(0.55, Math.min(1.25, 0.55 + (zoom - 6) * 0.12));
  function pointClass(style, table2, row) {
    if (!style.by) return 0;
    if (style.by === "operator") return operatorClass(style, table2.text("operator", row));
    const numeric = style.classes.some((item) => item.from !== void 0);
    return numeric ? classOfNumber(style.classes, table2.number(style.by, row)) : classOfText(style.classes, table2.text(style.by, row));
  }
  function paintPoints(view, table2, style, keep) {
    const { ctx, scale, ox, oy, width, height } = view;
    const grow = symbolScale(view.zoom);
    const halo = style.key === "sites" ? 2 : 1;
    style.classes.forEach((item, k) => {
      const shape = item.shape ?? "circle";
      const radius = (item.size_px ?? 5) * grow;
      ctx.beginPath();
      let some = false;
      for (let row = 0; row < table2.n; row++) {
        if (pointClass(style, table2, row) !== k || keep && !keep(row)) continue;
        const px = table2.x[row] * scale - ox;
        const py = table2.y[row] * scale - oy;
        if (px < -20 || py < -20 || px > width + 20 || py > height + 20) continue;
        symbol(ctx, shape, px, py, radius);
        some = true;
      }
      if (!some) return;
      ctx.lineJoin = "round";
      if (isOpen(shape)) {
        ctx.strokeStyle = "rgba(255,255,255,0.9)";
        ctx.lineWidth = 3.4;
        ctx.stroke();
        ctx.strokeStyle = item.colour;
        ctx.lineWidth = 1.6;
        ctx.stroke();
      } else {
        ctx.strokeStyle = item.rim ?? "#ffffff";
        ctx.lineWidth = halo * 2;
        ctx.stroke();
        ctx.fillStyle = item.colour;
        ctx.fill();
      }
    });
  }

  // maps/assets/src/app.js
  var PHONE = "screen and (max-width: 900px)";
  var App = class {
    /** @param {Data} data @param {State} state @param {Words} words @param {any} map */
    constructor(data, state, words, map) {
      this.data = data;
      this.state = state;
      this.words = words;
      this.map = map;
      this.present = /* @__PURE__ */ new Map();
      this.judged = /* @__PURE__ */ new Map();
      this.isPhone = () => window.matchMedia(PHONE).matches;
    }
    /** @param {string} level */
    levelColour(level) {
      return this.data.style("cells")?.classes.find((item) => item.key === level)?.colour ?? "#888888";
    }
    /** Whether a style has anything to draw. @param {Record<string, any>} style */
    hasRows(style) {
      const { data } = this;
      switch (style.kind) {
        case "fill":
          return style.by === "score" ? [...data.areas.values()].some((table2) => table2.has("score")) : [...data.areas.values()].some((table2) => table2.has(`${this.state.now.unit}_served`));
        case "hatch":
          return this.hasDoubt();
        case "raster":
          return data.rasters.has(style.source);
        case "cells":
          return Boolean(data.json.cells);
        case "mass":
          return Boolean(data.json.umkm);
        default:
          return data.layers.has(style.source);
      }
    }
    /** Legend classes a layer's rows fall in, in the order of the style. @param {Record<string, any>} style @returns {import("./classes.js").Class[]} */
    classesPresent(style) {
      const table2 = this.data.layers.get(style.source);
      if (!table2 || !["points", "lines", "polygons"].includes(style.kind)) return style.classes;
      let seen = this.present.get(style.key);
      if (!seen) {
        seen = /* @__PURE__ */ new Set();
        for (let row = 0; row < table2.n; row++) seen.add(pointClass(style, table2, row));
        this.present.set(style.key, seen);
      }
      const found = seen;
      return style.classes.filter((_, i) => found.has(i));
    }
    /** Name of an area by its code; the code itself where it is not on the page. @param {string} code */
    areaName(code) {
      const found = this.areaRow(code);
      return found ? this.areaLabel(found.level, found.row) : code;
    }
    /** @param {string} level @param {number} row */
    areaLabel(level, row) {
      const table2 = this.data.areas.get(level);
      const name = table2?.text("name", row) ?? "";
      if (name) return name;
      return `${this.words.t(`area_levels.${level}`)} ${table2?.text("code", row) ?? ""}`;
    }
    /** @param {string} code @returns {{level: string, row: number} | null} */
    areaRow(code) {
      for (const [level, table2] of this.data.areas) {
        const row = table2.find("code", code);
        if (row >= 0) return { level, row };
      }
      return null;
    }
    /** Kabupaten of a Kemendagri code. @param {string} code */
    static kabupatenOf(code) {
      return code.split(".").slice(0, 2).join(".");
    }
    /** Names from the finest area of a code up to its kabupaten. @param {string} code */
    chain(code) {
      const parts = code.split(".");
      const names = [];
      for (let n = parts.length; n >= 2; n--) {
        const found = this.areaRow(parts.slice(0, n).join("."));
        if (found) names.push(this.areaLabel(found.level, found.row));
      }
      return names;
    }
    /** Kinds of priority areas that the score of this run knows. @returns {string[]} */
    priorities() {
      const tables = [...this.data.areas.values()];
      return ["three_t", "lokpri", "outermost_islands", "priority_destinations"].filter((key) => tables.some((table2) => {
        for (let row = 0; table2.has(`raw_${key}`) && row < table2.n; row++) if (table2.number(`raw_${key}`, row) > 0) return true;
        return false;
      }));
    }
    /** Whether an area, or the nearest one above it that is judged, is of the priority asked for. @param {string} code @returns {boolean} */
    isPriority(code) {
      const key = this.state.now.priority;
      if (!key) return true;
      const known = this.judged.get(`${key} ${code}`);
      if (known !== void 0) return known;
      const found = this.areaRow(code);
      const raw = found ? this.data.areas.get(found.level)?.number(`raw_${key}`, found.row) ?? NaN : NaN;
      const above = code.includes(".") ? code.slice(0, code.lastIndexOf(".")) : "";
      const answer = Number.isFinite(raw) ? raw > 0 : above !== "" && this.isPriority(above);
      this.judged.set(`${key} ${code}`, answer);
      return answer;
    }
    /** Whether some area rests on less evidence than the run asks for. */
    hasDoubt() {
      const least = this.data.meta.confidence;
      return typeof least === "number" && [...this.data.areas.values()].some((table2) => {
        for (let row = 0; table2.has("confidence_share") && row < table2.n; row++) if (table2.number("confidence_share", row) < least) return true;
        return false;
      });
    }
    /** Show the plan of another ceiling; what was chosen stays chosen where that plan has it too. @param {number} at */
    choosePoint(at) {
      const { data, state } = this;
      if (!data.frontier) return;
      const { selection, tab } = state.now;
      const id = selection?.kind === "row" && selection.layer in ID_OF ? data.layers.get(selection.layer)?.text(ID_OF[selection.layer], selection.row) ?? "" : "";
      for (const [name, table2] of Object.entries(data.frontier.layersAt(at))) {
        if (table2) data.layers.set(name, table2);
        else data.layers.delete(name);
      }
      for (const style of data.styles) if (["sites", "links"].includes(style.source)) this.present.delete(style.key);
      let kept = selection;
      if (selection?.kind === "row" && ["sites", "links"].includes(selection.layer)) {
        const row = data.layers.get(selection.layer)?.find(ID_OF[selection.layer], id) ?? -1;
        kept = row < 0 ? null : { ...selection, row };
      }
      state.set({ point: at, selection: kept, tab: tab === "detail" && !kept ? "overview" : tab });
    }
    /** @param {string} level @param {number} row */
    openArea(level, row) {
      const shapes = this.data.areas.get(level)?.shapes;
      if (shapes) {
        const [w, n, e, s] = shapes.box.subarray(4 * row, 4 * row + 4);
        this.fit(lonOf(w), latOf(s), lonOf(e), latOf(n));
      }
      this.state.set({ selection: { kind: "area", level, row }, tab: "detail" });
    }
    /** @param {string} layer @param {number} row */
    openRow(layer, row) {
      const table2 = this.data.layers.get(layer);
      if (!table2) return;
      const style = this.data.styleOf(layer);
      const isShown = this.data.styles.some((item) => item.source === layer && this.state.now.on.has(item.key));
      if (style && !isShown) this.state.turn(style.key, true);
      if (table2.x.length) this.moveTo(table2.lon(row), table2.lat(row), Math.max(11, this.map.getZoom()));
      else if (table2.shapes) {
        const [w, n, e, s] = table2.shapes.box.subarray(4 * row, 4 * row + 4);
        this.fit(lonOf(w), latOf(s), lonOf(e), latOf(n));
      }
      this.state.set({ selection: { kind: "row", layer, row }, tab: "detail" });
    }
    /** Space the bottom sheet takes away on a phone. */
    hidden() {
      return this.isPhone() ? Math.round(window.innerHeight * 0.5) : 0;
    }
    /** @param {number} west @param {number} south @param {number} east @param {number} north @param {boolean} [still] */
    fit(west, south, east, north, still = false) {
      const pad = this.isPhone() ? 14 : 24;
      const low = this.isPhone() ? 0 : document.getElementById("dock")?.offsetHeight ?? 0;
      const right = this.isPhone() ? pad : window.innerWidth > 1240 ? 296 : 60;
      const calm = still || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.map.fitBounds([[south, west], [north, east]], {
        paddingTopLeft: [pad, pad],
        paddingBottomRight: [right, pad + low + this.hidden()],
        maxZoom: 13,
        animate: !calm,
        duration: 0.5
      });
    }
    /** @param {number} lon @param {number} lat @param {number} zoom */
    moveTo(lon, lat, zoom) {
      const aside = this.isPhone() || window.innerWidth <= 1240 ? 0 : 130;
      const target = this.map.project([lat, lon], zoom).add([aside, this.hidden() / 2]);
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.map.setView(this.map.unproject(target, zoom), zoom, { animate: !calm });
    }
  };

  // maps/assets/src/dom.js
  function el(tag, props = {}, ...children2) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
      if (value === null || value === void 0 || value === false) continue;
      if (key === "class") node.className = value;
      else if (key === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
      else if (key === "style") for (const [name, text2] of Object.entries(value)) node.style.setProperty(name, String(text2));
      else node.setAttribute(key, value === true ? "" : String(value));
    }
    for (const child of children2) if (child !== null && child !== void 0 && child !== false) node.append(child);
    return node;
  }
  var SVG = "http://www.w3.org/2000/svg";
  function svg(tag, props, ...children2) {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
    node.append(...children2);
    return node;
  }
  function fill(node, ...children2) {
    node.replaceChildren(...children2.filter((child) => child !== null && child !== void 0 && child !== false).map((child) => (
      /** @type {Node | string} */
      child
    )));
  }
  var FOCUSABLE = "button, input, select, summary, [tabindex]";
  function keepFocus(host, draw) {
    const active = document.activeElement;
    const at = active && host.contains(active) ? [...host.querySelectorAll(FOCUSABLE)].indexOf(active) : -1;
    const id = at >= 0 ? active?.id : "";
    draw();
    if (at < 0) return;
    const found = id ? document.getElementById(id) : host.querySelectorAll(FOCUSABLE)[at];
    if (found instanceof HTMLElement) found.focus({ preventScroll: true });
  }

  // maps/assets/src/filters.js
  function valuesOf(app, style, key) {
    const { data } = app;
    if (style.kind === "cells") return key === "level" ? data.levels : data.json.vocabulary.causes;
    if (style.kind === "mass") {
      const known = (
        /** @type {Record<string, string[]>} */
        { digital: data.json.vocabulary.digital, level: data.levels, sector: data.json.umkm?.sectors ?? [] }
      );
      return known[key] ?? [];
    }
    return data.layers.get(style.source)?.known(key) ?? [];
  }
  var opened = /* @__PURE__ */ new Set();
  function filterBox(app, style) {
    const { words, state } = app;
    const box = el("div", { class: "filters" });
    for (const filter of style.filters ?? []) {
      const values = valuesOf(app, style, filter.key).filter((value) => value !== "");
      if (values.length < 2) continue;
      const name = `${style.key}.${filter.key}`;
      const id = `filter-${style.key}-${filter.key}`;
      const chosen2 = state.now.filters[name] ?? "";
      const select = (
        /** @type {HTMLSelectElement} */
        el(
          "select",
          { id, on: { change: () => state.set({ filters: { ...state.now.filters, [name]: select.value } }) } },
          el("option", { value: "" }, words.t("map.all")),
          ...values.map((value) => el("option", { value, ...value === chosen2 ? { selected: true } : {} }, filter.words ? words.of(filter.words, value) : value.slice(0, 60)))
        )
      );
      box.append(el("label", { for: id }, words.t(`map.field.${filter.key}`)), select);
    }
    if (!box.childElementCount) return null;
    const chosen = inForce(app, style).map(([key, value]) => {
      const named = style.filters.find((filter) => filter.key === key);
      return named.words ? words.of(named.words, value) : value.slice(0, 40);
    });
    return el(
      "details",
      { class: "narrow", ...opened.has(style.key) ? { open: true } : {}, on: { toggle: (event) => (
        /** @type {HTMLDetailsElement} */
        event.target.open ? opened.add(style.key) : opened.delete(style.key)
      ) } },
      el("summary", {}, words.t("map.narrow"), chosen.length > 0 && ": ", chosen.length > 0 && el("b", {}, chosen.join(", "))),
      box
    );
  }
  function inForce(app, style) {
    const keys = (style.filters ?? []).map((filter) => filter.key);
    return keys.map((key) => [key, app.state.now.filters[`${style.key}.${key}`] ?? ""]).filter(([, value]) => value !== "");
  }
  function keepRow(app, style, table2) {
    const { year, priority } = app.state.now;
    const tests = inForce(app, style).map(([key, value]) => (row) => table2.text(key, row) === value);
    if (year !== null && ["sites", "links"].includes(style.source) && table2.has("year")) tests.push((row) => !(table2.number("year", row) > year));
    if (priority && table2.has("area_code")) tests.push((row) => app.isPriority(table2.text("area_code", row)));
    return tests.length ? (row) => tests.every((test) => test(row)) : null;
  }
  function keepCell(app, style) {
    const wanted = inForce(app, style);
    if (!wanted.length && !app.state.now.priority) return null;
    const { cells, levels, json } = app.data;
    if (!cells) return null;
    const lists = (
      /** @type {Record<string, [Uint8Array, string[]]>} */
      { level: [cells.level, levels], cause: [cells.cause, json.vocabulary.causes] }
    );
    const tests = wanted.map(([key, value]) => {
      const [column, names] = lists[key];
      const position = names.indexOf(value);
      return (i) => column[i] === position;
    });
    if (app.state.now.priority) {
      const kept = cells.area.known.map((code) => app.isPriority(code));
      tests.push((i) => kept[cells.area.index[i]]);
    }
    return (i) => tests.every((test) => test(i));
  }
  function keepMass(app, style) {
    const wanted = inForce(app, style);
    const points = wanted.length ? app.data.umkm : null;
    if (!points) return null;
    const columns = (
      /** @type {Record<string, Uint8Array>} */
      { digital: points.digital, level: points.level, sector: points.sector }
    );
    const tests = wanted.map(([key, value]) => (
      /** @type {const} */
      [columns[key], valuesOf(app, style, key).indexOf(value)]
    ));
    return (i) => tests.every(([column, position]) => column[i] === position);
  }

  // maps/assets/src/plans.js
  function yearsOf(app, sites) {
    const table2 = sites ?? app.data.layers.get("sites");
    if (!table2?.has("year")) return [];
    const found = /* @__PURE__ */ new Set();
    for (let row = 0; row < table2.n; row++) if (Number.isFinite(table2.number("year", row))) found.add(table2.number("year", row));
    return found.size < 2 ? [] : [...found].sort((a, b) => a - b);
  }
  function siteRows(app) {
    const table2 = app.data.layers.get("sites");
    const style = app.data.style("sites");
    if (!table2 || !style) return [];
    const keep = keepRow(app, style, table2);
    return [...Array(table2.n).keys()].filter((row) => !keep || keep(row));
  }
  function isWholePlan(app) {
    const { data, state } = app;
    const { point, year } = state.now;
    return (!data.frontier || point === data.frontier.own || point < 0) && year === null && siteRows(app).length === (data.layers.get("sites")?.n ?? 0);
  }
  function sitesByArea(app) {
    const table2 = app.data.layers.get("sites");
    const found = /* @__PURE__ */ new Map();
    for (const row of table2 ? siteRows(app) : []) {
      const code = (
        /** @type {Table} */
        table2.text("area_code", row).split(".").slice(0, 2).join(".")
      );
      const rows = found.get(code);
      if (rows) rows.push(row);
      else found.set(code, [row]);
    }
    return found;
  }
  function sumOf(app, name, rows) {
    const table2 = app.data.layers.get("sites");
    return rows.reduce((total, row) => total + (table2?.number(name, row) || 0), 0);
  }
  function newAt(points, unit, at) {
    const name = [`${unit}_new`, `n_${unit}_new`, unit].find((column) => points.has(column));
    return name ? points.number(name, at) : NaN;
  }
  function yearsTold(app) {
    const { data, state } = app;
    const { frontier } = data;
    return frontier && state.now.point >= 0 && state.now.point !== frontier.own ? frontier.yearsAt(state.now.point) : data.json.plan.years ?? [];
  }
  function yearRecord(app, year, n) {
    const record = year !== null ? yearsTold(app).find((item) => item.year === year) : void 0;
    return record && record.n_sites_on === n ? record : void 0;
  }
  function gainsOf(app, years2) {
    const told = yearsTold(app);
    const served = years2.map((year) => told.find((item) => item.year === year)?.n_umkm_on ?? NaN);
    if (served.every(Number.isFinite)) return served.map((value, i) => value - (i ? served[i - 1] : 0));
    const table2 = app.data.layers.get("sites");
    return years2.map((year) => sumOf(app, "n_umkm_new", [...Array(table2?.n ?? 0).keys()].filter((row) => table2?.number("year", row) === year)));
  }
  function planNow(app) {
    const { data, state } = app;
    const { frontier } = data;
    const rows = siteRows(app);
    const at = state.now.point;
    const isOwn = !frontier || at < 0 || at === frontier.own;
    const plan = data.json.plan;
    const isWhole = rows.length === (data.layers.get("sites")?.n ?? 0);
    const point = (name) => frontier && !isOwn ? frontier.points.number(name, at) : NaN;
    const record = yearRecord(app, state.now.year, rows.length);
    const figure = (own, other) => isOwn ? typeof plan[own] === "number" ? plan[own] : NaN : other;
    return {
      n: rows.length,
      isOwn,
      isWhole,
      ceiling: figure("ceiling_idr", point("ceiling_idr")),
      cost: isWhole ? figure("cost_idr", point("spent_idr")) : sumOf(app, "cost_idr", rows),
      umkm: isWhole ? figure("n_umkm_new", frontier && !isOwn ? newAt(frontier.points, "umkm", at) : NaN) : record?.n_umkm_on ?? sumOf(app, "n_umkm_new", rows),
      gap: isWhole ? figure("gap_share", point("gap_share")) : NaN
    };
  }

  // maps/assets/src/dock.js
  var [W, H, EDGE] = [300, 46, 8];
  function makeDock(app, host) {
    let parts = [];
    const line = el("p", { class: "dock-result", "aria-live": "polite" });
    const show = () => {
      for (const part of parts) part.show();
      fill(line, ...result(app));
    };
    const build = () => {
      parts = [budget(app), years(app)].filter((part) => part !== null);
      host.setAttribute("aria-label", app.words.t("map.dock"));
      keepFocus(host, () => fill(host, ...parts.length ? [line, el("div", { class: "dock-sliders" }, ...parts.map((part) => part.node))] : []));
      show();
    };
    build();
    app.state.listen((changed) => {
      if (changed.has("lang")) build();
      else if (["point", "year", "priority", "filters"].some((key) => changed.has(key))) show();
    });
  }
  function result(app) {
    const { words } = app;
    const now = planNow(app);
    const item = (text2, name) => el("span", {}, el("b", {}, text2), ` ${name}`);
    return [
      item(words.n(now.n), words.t("map.dock_sites")),
      item(`+${words.n(now.umkm)}`, words.t("map.unit.umkm")),
      item(words.idr(now.cost), words.t("map.dock_cost")),
      Number.isFinite(now.gap) && item(words.share(now.gap), words.t("map.dock_gap"))
    ];
  }
  function slider(id, label, read, choose) {
    const input = (
      /** @type {HTMLInputElement} */
      el("input", { type: "range", id, min: 0, step: 1 })
    );
    const output = el("output", { for: id });
    const above = el("div", { class: "curve-box" });
    let waits = false;
    input.addEventListener("input", () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        choose(Number(input.value));
      });
    });
    const show = () => {
      const { said, picture: picture2, at, last } = read();
      input.max = String(last);
      input.value = String(at);
      input.setAttribute("aria-valuetext", said);
      output.textContent = said;
      fill(above, picture2);
    };
    return { node: el("div", { class: "slider", "data-of": id }, el("div", { class: "slider-head" }, el("label", { for: id }, label), output), above, input), show };
  }
  function budget(app) {
    const { words, data, state } = app;
    const { frontier } = data;
    if (!frontier) return null;
    const { points, own } = frontier;
    return slider("budget", words.t("map.dock_budget"), () => {
      const at = state.now.point < 0 ? own : state.now.point;
      const said = words.idr(points.number("ceiling_idr", at)) + (at === own ? ` · ${words.t("map.dock_own")}` : "");
      return { said, picture: curve(app), at, last: points.n - 1 };
    }, (at) => app.choosePoint(at));
  }
  function curve(app) {
    const { words, data, state } = app;
    const { points, own } = (
      /** @type {import("./data.js").Frontier} */
      data.frontier
    );
    const rows = [...Array(points.n).keys()];
    const value = rows.map((row) => points.number("value", row));
    const bound = rows.map((row) => points.number("bound", row));
    const [least, most] = [Math.min(...value, 0), Math.max(...[...value, ...bound].filter(Number.isFinite), 1e-9)];
    const x = (row) => EDGE + row / Math.max(1, points.n - 1) * (W - 2 * EDGE);
    const y = (v) => H - 3 - (v - least) / (most - least) * (H - 8);
    const path = (values) => values.map((v, row) => `${row ? "L" : "M"}${x(row).toFixed(1)} ${y(v).toFixed(1)}`).join("");
    const isBound = bound.every(Number.isFinite);
    const picture2 = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve", role: "img", "aria-label": words.t("map.dock_curve"), preserveAspectRatio: "none" });
    if (isBound) {
      const back = [...rows].reverse().map((row) => `L${x(row).toFixed(1)} ${y(value[row]).toFixed(1)}`).join("");
      picture2.append(svg("path", { d: `${path(bound)}${back}Z`, class: "curve-gap" }), svg("path", { d: path(bound), class: "curve-bound" }));
    }
    if (least < 0) picture2.append(svg("line", { x1: 0, x2: W, y1: y(0), y2: y(0), class: "curve-zero" }));
    picture2.append(svg("path", { d: path(value), class: "curve-value" }));
    picture2.append(svg("line", { x1: x(own), x2: x(own), y1: 2, y2: H, class: "curve-own" }));
    const at = state.now.point < 0 ? own : state.now.point;
    if (at < 0) return picture2;
    for (const name of ["curve-now", "curve-now inner"]) picture2.append(svg("path", { d: `M${x(at)} ${y(value[at])}h0.01`, class: name }));
    return picture2;
  }
  function years(app) {
    const { words, data, state } = app;
    if (!yearsOf(app, data.frontier?.ownLayers.sites).length) return null;
    const part = slider("year", words.t("map.dock_year"), () => {
      const known = yearsOf(app);
      if (!known.length) return { said: "", picture: bars(app, known, 0), at: 0, last: 0 };
      const last = known.length - 1;
      const at = state.now.year === null ? last : Math.max(0, known.filter((year) => year <= Number(state.now.year)).length - 1);
      const said = at === 0 ? String(known[0]) : words.t(at === last ? "map.dock_all_years" : "map.dock_until", { year: String(known[at]), first: String(known[0]), last: String(known[last]) });
      return { said, picture: bars(app, known, at), at, last };
    }, (at) => {
      const known = yearsOf(app);
      state.set({ year: at >= known.length - 1 ? null : known[at] });
    });
    const show = () => {
      part.node.hidden = yearsOf(app).length === 0;
      part.show();
    };
    return { node: part.node, show };
  }
  function bars(app, known, at) {
    const gains = gainsOf(app, known);
    const most = Math.max(...gains, 1e-9);
    const picture2 = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve", role: "img", "aria-label": app.words.t("map.dock_bars"), preserveAspectRatio: "none" });
    const wide = Math.min(26, (W - 2 * EDGE) / known.length - 4);
    known.forEach((_, i) => {
      const centre = EDGE + i / Math.max(1, known.length - 1) * (W - 2 * EDGE);
      const left = Math.min(Math.max(0, centre - wide / 2), W - wide);
      const high = Math.max(1.5, gains[i] / most * (H - 8));
      picture2.append(svg("rect", { x: left, y: H - 2 - high, width: wide, height: high, rx: 2, class: i <= at ? "year-bar" : "year-bar later" }));
    });
    return picture2;
  }

  // maps/assets/src/format.js
  var made = /* @__PURE__ */ new Map();
  function formatter(lang, digits, style) {
    const key = `${lang}${digits}${style}`;
    const least = style === "decimal" ? 0 : digits;
    let found = made.get(key);
    if (!found) {
      const locale = lang === "id" ? "id-ID" : "en-GB";
      found = new Intl.NumberFormat(locale, { style: style === "percent" ? style : "decimal", minimumFractionDigits: least, maximumFractionDigits: digits });
      made.set(key, found);
    }
    return found;
  }
  function number(value, lang, digits = 0) {
    if (value === null || value === void 0 || !Number.isFinite(value)) return "–";
    const text2 = formatter(lang, digits, "decimal").format(value);
    return text2.replace(/^-/, "−");
  }
  function share(value, lang, digits = 1) {
    if (value === null || value === void 0 || !Number.isFinite(value)) return "–";
    const shown = value > 0 && value < 5e-4 ? 1e-3 : value;
    const text2 = formatter(lang, shown >= 0.9995 || shown < 5e-4 ? 0 : digits, "percent").format(shown);
    const tight = text2.replace(/\s/g, "");
    return value > 0 && value < 5e-4 ? `<${tight}` : tight;
  }
  function fixed(value, lang, digits) {
    return value === null || value === void 0 || !Number.isFinite(value) ? "–" : formatter(lang, digits, "fixed").format(value).replace(/^-/, "−");
  }
  var SCALES = (
    /** @type {const} */
    [
      [1e12, "triliun", "trillion"],
      [1e9, "miliar", "billion"],
      [1e6, "juta", "million"]
    ]
  );
  function rupiah(value, lang) {
    if (value === null || value === void 0 || !Number.isFinite(value)) return "–";
    const prefix = lang === "id" ? "Rp " : "IDR ";
    for (const [scale, id, en] of SCALES) {
      if (Math.abs(value) >= scale) {
        const part = value / scale;
        return `${prefix}${number(part, lang, Math.abs(part) < 100 ? 2 : 1)} ${lang === "id" ? id : en}`;
      }
    }
    return prefix + number(value, lang);
  }
  var MONTHS = {
    id: ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
    en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
  };
  function date(iso, lang) {
    const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
    if (!found) return iso;
    const month = MONTHS[lang][Number(found[2]) - 1];
    return month ? `${Number(found[3])} ${month} ${found[1]}` : iso;
  }
  function place(lon, lat, lang) {
    const south = lang === "id" ? "LS" : "S";
    const north = lang === "id" ? "LU" : "N";
    const east = lang === "id" ? "BT" : "E";
    const west = lang === "id" ? "BB" : "W";
    const ns = `${number(Math.abs(lat), lang, 4)}° ${lat < 0 ? south : north}`;
    return `${ns}, ${number(Math.abs(lon), lang, 4)}° ${lon < 0 ? west : east}`;
  }

  // maps/assets/src/words.js
  var Words = class {
    /** @param {Record<string, Record<string, string>>} texts @param {Lang} lang */
    constructor(texts, lang) {
      this.texts = texts;
      this.lang = lang;
    }
    /** @param {string} key @param {Record<string, string | number>} [fields] @returns {string} */
    t(key, fields = {}) {
      const text2 = this.texts[this.lang][key] ?? this.texts.id[key];
      if (text2 === void 0) return plain(key.slice(key.lastIndexOf(".") + 1));
      return text2.replace(/\{(\w+)\}/g, (whole, name) => {
        const value = fields[name];
        return value === void 0 ? whole : typeof value === "number" ? this.n(value, 2) : value;
      });
    }
    /** Whether a key has words. @param {string} key */
    has(key) {
      return key in this.texts.id;
    }
    /** Word of a value of a vocabulary; the value itself where there is none. @param {string} group @param {string} value */
    of(group, value) {
      return value === "" ? "–" : this.has(`${group}.${value}`) ? this.t(`${group}.${value}`) : plain(value);
    }
    /** @param {number | null | undefined} value @param {number} [digits] */
    n(value, digits = 0) {
      return number(value, this.lang, digits);
    }
    /** @param {number | null | undefined} value @param {number} digits */
    fixed(value, digits) {
      return fixed(value, this.lang, digits);
    }
    /** @param {number | null | undefined} value @param {number} [digits] */
    share(value, digits = 1) {
      return share(value, this.lang, digits);
    }
    /** @param {number | null | undefined} value */
    idr(value) {
      return rupiah(value, this.lang);
    }
    /** @param {string} iso */
    date(iso) {
      return date(iso, this.lang);
    }
    /** @param {number} lon @param {number} lat */
    place(lon, lat) {
      return place(lon, lat, this.lang);
    }
  };
  function plain(key) {
    const text2 = key.replaceAll("_", " ").trim();
    return text2 ? text2[0].toUpperCase() + text2.slice(1) : "–";
  }

  // maps/assets/src/parts.js
  function levelBar(app, counts, thin = false) {
    const total = sum(counts);
    const label = app.data.levels.map((level, i) => `${app.words.t(`levels.${level}`)} ${app.words.share(total ? counts[i] / total : NaN)}`).join(", ");
    const bar = el("div", { class: thin ? "bar thin" : "bar", role: "img", "aria-label": label });
    counts.forEach((count, i) => {
      if (total && count > 0) {
        bar.append(el("span", { style: { width: `${100 * count / total}%`, background: app.levelColour(app.data.levels[i]) }, class: app.data.levels[i] === "unknown" ? "hatched" : "" }));
      }
    });
    return bar;
  }
  function facts(rows) {
    const list = el("dl", { class: "facts" });
    for (const [name, value] of rows) {
      if (value === null || value === "" || value === "–") continue;
      list.append(el("div", {}, el("dt", {}, name), el("dd", {}, value)));
    }
    return list;
  }
  function section(title, ...children2) {
    return el("section", { class: "block" }, el("h2", {}, title), ...children2);
  }
  var empty = (text2) => el("p", { class: "empty" }, text2);
  var chip = (text2, kind = "") => el("span", { class: `chip ${kind}` }, text2);
  var HATCH = "M2 12 L12 2 M8 12 L18 2 M14 12 L20 6 M2 6 L6 2";
  function glyph(item, kind) {
    const box = svg("svg", { width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true", class: "glyph" });
    if (kind === "lines") {
      box.append(svg("line", { x1: 1, y1: 7, x2: 21, y2: 7, stroke: item.colour, "stroke-width": item.width_px ?? 2, "stroke-dasharray": (item.dash_px ?? []).join(" ") || "none", "stroke-linecap": "round" }));
      return box;
    }
    if (kind === "polygons") {
      box.append(svg("rect", { x: 1.5, y: 1.5, width: 19, height: 11, rx: 2, fill: "#fff", stroke: item.colour, "stroke-width": item.width_px ?? 1.5, "stroke-dasharray": (item.dash_px ?? []).map((dash) => dash / 2).join(" ") || "none" }));
      if (item.is_hatched) box.append(svg("path", { d: HATCH, stroke: item.colour, "stroke-width": 1, opacity: 0.7 }));
      return box;
    }
    if (kind === "hatch") {
      box.append(svg("rect", { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: "#fff", stroke: "rgba(20,34,46,0.18)" }), svg("path", { d: HATCH, stroke: item.colour, "stroke-width": 1.2 }));
      return box;
    }
    if (kind === "fill" || kind === "raster" || kind === "cells") {
      box.append(svg("rect", { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: item.colour, stroke: "rgba(20,34,46,0.18)" }));
      if (item.is_hatched) box.append(svg("path", { d: HATCH, stroke: "#fff", "stroke-width": 1.4, opacity: 0.8 }));
      return box;
    }
    box.append(pointGlyph(item));
    return box;
  }
  function pointGlyph(item) {
    const r = Math.max(2.5, Math.min(5.5, (item.size_px ?? 5) * 0.85));
    const solid = { fill: item.colour, stroke: item.rim ?? "#fff", "stroke-width": 1 };
    const open = { fill: "none", stroke: item.colour, "stroke-width": 1.8 };
    switch (item.shape ?? "circle") {
      case "square":
        return svg("rect", { x: 11 - r, y: 7 - r, width: 2 * r, height: 2 * r, ...solid });
      case "diamond":
        return svg("path", { d: `M11 ${7 - r * 1.2} L${11 + r * 1.2} 7 L11 ${7 + r * 1.2} L${11 - r * 1.2} 7 Z`, ...solid });
      case "triangle":
        return svg("path", { d: `M11 ${7 - r * 1.1} L${11 + r * 1.1} ${7 + r} L${11 - r * 1.1} ${7 + r} Z`, ...solid });
      case "pin":
        return svg("path", { d: `M${11 - r} ${7 + r} L${11 - r * 0.45} ${7 - r} L${11 + r * 0.45} ${7 - r} L${11 + r} ${7 + r} Z`, ...solid });
      case "cross":
        return svg("path", { d: `M${11 - r} ${7 - r} L${11 + r} ${7 + r} M${11 + r} ${7 - r} L${11 - r} ${7 + r}`, ...open });
      case "ring":
        return svg("circle", { cx: 11, cy: 7, r, ...open });
      default:
        return svg("circle", { cx: 11, cy: 7, r, ...solid });
    }
  }
  var spoken = (app, fields) => Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, ["share", "threshold"].includes(key) && typeof value === "number" ? app.words.share(value, Number.isInteger(Math.round(1e3 * value) / 10) ? 0 : 1) : value]));
  var SUFFIXES = (
    /** @type {[RegExp, string, number][]} */
    [
      [/_idr_per_year$/, "idr", 0],
      [/_idr$/, "idr", 0],
      [/_share$/, "share", 1],
      [/_mbps$/, "Mbit/s", 1],
      [/_km2$/, "km²", 1],
      [/_km$/, "km", 1],
      [/_m$/, "m", 0],
      [/_dbm$/, "dBm", 1],
      [/_db$/, "dB", 1],
      [/_dbi$/, "dBi", 1],
      [/_mhz$/, "MHz", 0],
      [/_ghz$/, "GHz", 1],
      [/_deg$/, "°", 1],
      [/_ms$/, "ms", 0]
    ]
  );
  function valueByName(app, key, value) {
    if (typeof value === "boolean") return app.words.t(value ? "map.yes" : "map.no");
    if (typeof value !== "number") return value === null || value === void 0 ? "–" : plain(String(value));
    const found = SUFFIXES.find(([pattern]) => pattern.test(key));
    if (!found) return app.words.n(value, Number.isInteger(value) ? 0 : 2);
    if (found[1] === "idr") return app.words.idr(value);
    if (found[1] === "share") return app.words.share(value);
    return `${app.words.n(value, found[2])} ${found[1]}`;
  }
  function fieldValue(app, field, table2, row) {
    const { words } = app;
    const unit = field.unit ? ` ${field.unit}` : "";
    switch (field.show ?? "text") {
      case "number": {
        const value = table2.number(field.key, row);
        return Number.isFinite(value) ? words.n(value, field.digits ?? 0) + unit : "–";
      }
      case "idr":
        return words.idr(table2.number(field.key, row));
      case "share":
        return words.share(table2.number(field.key, row));
      case "date":
        return words.date(table2.text(field.key, row)) || "–";
      case "spoken":
        return table2.text(`${field.key}_${words.lang}`, row) || "–";
      case "words":
        return words.of(field.words ?? "", table2.text(field.key, row));
      default:
        return table2.text(field.key, row) || "–";
    }
  }

  // maps/assets/src/pick.js
  function pick(data, styles, ux, uy, scale, zoom, slack, filter) {
    for (const style of styles) {
      const table2 = data.layers.get(style.source);
      if (!table2) continue;
      const found = style.kind === "points" ? nearestPoint(table2, style, [ux, uy], scale, zoom, slack, filter(style, table2)) : nearestLine(table2, [ux, uy], scale, slack, filter(style, table2));
      if (found >= 0) return { kind: "row", layer: style.source, row: found };
    }
    return null;
  }
  function nearestPoint(table2, style, [ux, uy], scale, zoom, slack, keep) {
    const largest = Math.max(...style.classes.map((item) => item.size_px ?? 5));
    let best = ((largest * symbolScale(zoom) + slack) / scale) ** 2;
    let found = -1;
    for (let row = 0; row < table2.n; row++) {
      const distance = (table2.x[row] - ux) ** 2 + (table2.y[row] - uy) ** 2;
      if (distance < best && pointClass(style, table2, row) >= 0 && (!keep || keep(row))) {
        best = distance;
        found = row;
      }
    }
    return found;
  }
  function nearestLine(table2, [ux, uy], scale, slack, keep) {
    if (!table2.shapes) return -1;
    let best = ((slack + 1) / scale) ** 2;
    let found = -1;
    for (let row = 0; row < table2.n; row++) {
      if (keep && !keep(row)) continue;
      const distance = lineDistance2(table2.shapes, row, ux, uy);
      if (distance < best) {
        best = distance;
        found = row;
      }
    }
    return found;
  }
  function areaAt(data, level, ux, uy) {
    const shapes = data.areas.get(level)?.shapes;
    if (!shapes) return -1;
    for (let row = 0; row < shapes.partStart.length - 1; row++) if (contains(shapes, row, ux, uy)) return row;
    return -1;
  }

  // maps/assets/src/hover.js
  function watchPointer(app, box) {
    if (!window.matchMedia("(hover: hover)").matches) return;
    let waits = false;
    let shown = "";
    app.map.on("mousemove", (event) => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        const { state, data, words } = app;
        const level = levelAt(state.now.areaLevel, app.map.getZoom(), [...data.areas.keys()]);
        const row = areaAt(data, level, unitX(event.latlng.lng), unitY(event.latlng.lat));
        const { unit, gap, point, year, priority } = state.now;
        const key = [level, row, unit, gap, words.lang, point, year, priority].join();
        if (key === shown) return;
        shown = key;
        fill(box, ...row < 0 ? [] : card(app, level, row));
      });
    });
    app.map.on("mouseout", () => {
      shown = "";
      fill(box);
    });
  }
  function card(app, level, row) {
    const { words, data, state } = app;
    const table2 = (
      /** @type {import("./data.js").Table} */
      data.areas.get(level)
    );
    const counts = countsOf(table2, row, state.now.unit, data.levels);
    const above = level === "kecamatan" || level === "desa" ? app.chain(table2.text("parent", row)).join(", ") : "";
    const score = table2.number("score", row);
    const line = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
    const rows = [];
    if (counts && sum(counts) > 0) {
      rows.push(line(words.t(`map.unit.${state.now.unit}`), words.n(sum(counts))), line(words.t(`map.rank.${state.now.gap}`), words.share(missingShare(counts, state.now.gap))));
    }
    if (Number.isFinite(score)) rows.push(line(words.t("map.score"), words.n(score, 1)));
    const sites = level === "kabupaten" ? sitesByArea(app).get(table2.text("code", row)) ?? [] : [];
    if (sites.length) rows.push(line(words.t("map.plan_sites"), `${words.n(sites.length)} · ${words.idr(sumOf(app, "cost_idr", sites))}`));
    return [el("b", {}, level === "hexagon" ? words.t("area_levels.hexagon") : app.areaLabel(level, row)), above && el("small", {}, above), counts && sum(counts) > 0 && levelBar(app, counts, true), el("dl", {}, ...rows)];
  }

  // maps/assets/src/labels.js
  var FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';
  var SMALL_SHIFTS = [[0, 0], [0, -12], [0, 12]];
  var LARGE_SHIFTS = [0, -14, 14, -26, 26].flatMap((dy) => [0, -26, 26].map((dx) => [dx, dy])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
  function shortName(name) {
    const text2 = name.replace(/^(kabupaten|kab\.?|kecamatan|kec\.?|provinsi|desa|kelurahan)\s+/i, "").replace(/\s*\(skematis\)$/i, "");
    return text2.length > 28 ? `${text2.slice(0, 27)}…` : text2;
  }
  function paintLabels(view, data, state) {
    const level = levelAt(state.now.areaLevel === "hexagon" ? "auto" : state.now.areaLevel, view.zoom, [...data.areas.keys()]);
    const table2 = data.areas.get(level);
    if (!table2?.shapes || level === "hexagon" || !table2.has("label_lon")) return;
    const { ctx, scale, ox, oy, width, height } = view;
    const large = level === "kabupaten" || level === "provinsi";
    const size = large ? view.zoom < 7 ? 10 : 11.5 : 11;
    ctx.font = `${large ? 600 : 500} ${size}px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = "rgba(255,255,255,0.92)";
    ctx.fillStyle = large ? "#1d2935" : "#3a4653";
    const { box } = table2.shapes;
    const rows = [...Array(table2.n).keys()].sort((a, b) => span(box, b) - span(box, a) || a - b);
    const taken2 = [];
    const sites = siteBoxes(view, data, state);
    for (const row of rows) {
      const px = unitX(table2.number("label_lon", row)) * scale - ox;
      const py = unitY(table2.number("label_lat", row)) * scale - oy;
      if (px < 0 || py < 0 || px > width || py > height || !isVisible(table2.shapes, row, view)) continue;
      if (!large && (box[4 * row + 2] - box[4 * row]) * scale < 34) continue;
      const name = shortName(table2.text("name", row));
      if (!name) continue;
      const half = ctx.measureText(name).width / 2 + 4;
      const boxAt = ([dx, dy]) => [px + dx - half, py + dy - size * 0.8, px + dx + half, py + dy + size * 0.8];
      const shifts = (large ? LARGE_SHIFTS : SMALL_SHIFTS).filter((shift2) => !hits(boxAt(shift2), taken2));
      if (!shifts.length) continue;
      const free = shifts.find((item) => !hits(boxAt(item), sites));
      if (free === void 0 && view.zoom < 8.5) continue;
      const shift = free ?? shifts[0];
      taken2.push(boxAt(shift));
      ctx.strokeText(name, px + shift[0], py + shift[1]);
      ctx.fillText(name, px + shift[0], py + shift[1]);
    }
  }
  var hits = (area, others) => others.some((t) => area[0] < t[2] && area[2] > t[0] && area[1] < t[3] && area[3] > t[1]);
  function siteBoxes(view, data, state) {
    const table2 = data.layers.get("sites");
    const boxes = [];
    if (!table2 || !state.now.on.has("sites")) return boxes;
    for (let row = 0; row < table2.n; row++) {
      const px = table2.x[row] * view.scale - view.ox;
      const py = table2.y[row] * view.scale - view.oy;
      if (px > 0 && py > 0 && px < view.width && py < view.height) boxes.push([px - 6, py - 6, px + 6, py + 6]);
    }
    return boxes;
  }
  var span = (box, row) => (box[4 * row + 2] - box[4 * row]) * (box[4 * row + 3] - box[4 * row + 1]);
  function paintSelection(view, data, state) {
    const chosen = state.now.selection;
    if (!chosen) return;
    const { ctx, scale, ox, oy } = view;
    const isOutline = chosen.kind === "row" && data.styleOf(chosen.layer)?.kind === "polygons";
    if (chosen.kind === "area" || chosen.kind === "row" && isOutline) {
      const shapes = (chosen.kind === "area" ? data.areas.get(chosen.level) : data.layers.get(chosen.layer))?.shapes;
      if (!shapes) return;
      ctx.beginPath();
      trace(shapes, chosen.row, view, true);
      ctx.lineJoin = "round";
      ctx.strokeStyle = "#ffffff";
      ctx.lineWidth = 5;
      ctx.stroke();
      ctx.strokeStyle = "#0f2233";
      ctx.lineWidth = 2.4;
      ctx.stroke();
      return;
    }
    const [ux, uy, radius] = placeOf(data, chosen, view.zoom);
    if (!Number.isFinite(ux)) return;
    const px = ux * scale - ox;
    const py = uy * scale - oy;
    for (
      const [colour, line] of
      /** @type {[string, number][]} */
      [["#ffffff", 5.5], ["#0f2233", 2.4]]
    ) {
      ctx.beginPath();
      symbol(ctx, "circle", px, py, radius);
      ctx.strokeStyle = colour;
      ctx.lineWidth = line;
      ctx.stroke();
    }
  }
  function placeOf(data, chosen, zoom) {
    if (chosen.kind === "place") return [unitX(chosen.lon), unitY(chosen.lat), 7];
    if (chosen.kind !== "row") return [NaN, NaN, 0];
    const table2 = data.layers.get(chosen.layer);
    const style = data.styleOf(chosen.layer);
    if (!table2 || !style || !table2.x.length) return [NaN, NaN, 0];
    const item = style.classes[Math.max(0, pointClass(style, table2, chosen.row))];
    return [table2.x[chosen.row], table2.y[chosen.row], (item.size_px ?? 5) * symbolScale(zoom) + 5];
  }
  function paintWatermark(view, text2) {
    const { ctx, width, height, ox, oy } = view;
    ctx.font = `700 15px ${FONT}`;
    ctx.fillStyle = "rgba(30,45,60,0.085)";
    ctx.textAlign = "center";
    const [dx, dy] = [430, 240];
    const startX = -((ox % dx + dx) % dx);
    const startY = -((oy % (2 * dy) + 2 * dy) % (2 * dy));
    for (let row = 0; startY + row * dy < height + dy; row++) {
      for (let x = startX + (row % 2 ? dx / 2 : 0); x < width + dx; x += dx) {
        ctx.save();
        ctx.translate(x, startY + row * dy);
        ctx.rotate(-0.32);
        ctx.fillText(text2, 0, 0);
        ctx.restore();
      }
    }
  }

  // maps/assets/src/legend.js
  var GROUPS = ["fill", "service", "coverage", "plan", "network", "data"];
  var ALONE = ["fill", "coverage"];
  var RARE = ["umkm", "measurements", "quarantined", "proposals", "area_confidence", "bts_operator"];
  function legend(app, host) {
    const { words, data } = app;
    const open = (
      /** @type {HTMLDetailsElement | null} */
      host.querySelector("details.card")?.open ?? window.innerWidth > 1240
    );
    const body = el("div", { class: "layers" });
    for (const group of GROUPS) {
      const styles = data.styles.filter((style) => style.group === group).sort((a, b) => b.order - a.order);
      const present = styles.filter((style) => app.hasRows(style));
      if (!present.length) continue;
      const box = el("fieldset", {}, el("legend", {}, words.t(`map.group.${group}`)));
      for (const style of present) box.append(layerRow(app, style, present.filter((item) => item.kind === style.kind && (ALONE.includes(group) || item.source === style.source)).map((item) => item.key)));
      if (group === "fill") {
        for (const choice of [levelPicker(app), priorityPicker(app)]) if (choice) box.append(choice);
      }
      body.append(box);
    }
    const absent = data.styles.filter((style) => !app.hasRows(style) && !RARE.includes(style.key));
    if (absent.length) body.append(el("p", { class: "note absent" }, words.t("map.absent_layers", { names: absent.map((style) => words.t(`map.layer.${style.key}`)).join(", ") })));
    if (app.isPhone()) fill(host, body);
    else fill(host, el("details", { class: "card", open }, el("summary", {}, words.t("map.layers")), body));
  }
  function layerRow(app, style, rivals) {
    const { words, state, map } = app;
    const on = state.now.on.has(style.key);
    const far = on && (style.min_zoom ?? 0) > map.getZoom();
    const id = `layer-${style.key}`;
    const box = el("input", { type: "checkbox", id, ...on ? { checked: true } : {}, on: { change: () => state.turn(style.key, !on, rivals.filter((key) => key !== style.key)) } });
    return el("div", { class: "layer" }, el("label", { for: id }, box, el("span", {}, words.t(`map.layer.${style.key}`)), far && chip(words.t("map.zoom_in"), "quiet"), !far && evidenceChip(app, style)), on && style.kind === "raster" && operatorPicker(app, style), on && !far && classList(app, style), on && !far && noteOf(app, style), on && !far && filterBox(app, style));
  }
  function noteOf(app, style) {
    const { words, data } = app;
    const texts = [];
    if (style.key === "measurements") texts.push(words.t("map.note.measured"));
    const whole = data.json.layers[style.source]?.of;
    if (whole) texts.push(words.t("map.note.thinned", { n: words.n(data.layers.get(style.source)?.n), total: words.n(whole) }));
    if (style.kind === "raster") texts.push(words.t("map.note.modelled"));
    if (style.key === "coverage_probability") texts.push(words.t(`map.note.${data.meta.place}`));
    if (style.key === "coverage_sinr") texts.push(words.t(`map.note.sinr_${data.meta.place}`));
    if (style.key === "coverage_rsrp" && data.meta.interference === "fixed") texts.push(words.t("map.note.coverage_only"));
    return texts.length ? el("p", { class: "note" }, texts.join(" ")) : null;
  }
  function evidenceChip(app, style) {
    const known = app.data.layers.get(style.source)?.known("evidence") ?? [];
    return known.length === 1 && ["synthetic", "estimate", "schematic"].includes(known[0]) ? chip(app.words.t(`evidence.${known[0]}`), "quiet mark-off") : null;
  }
  function classList(app, style) {
    const { words } = app;
    if (style.by === "operator") return operatorList(app, style);
    const numeric = style.classes.filter((item) => item.from !== void 0);
    if (numeric.length > 2) return ramp(app, style, numeric);
    const list = el("ul", { class: "classes" });
    for (const item of app.classesPresent(style)) list.append(el("li", {}, glyph(item, style.kind), words.t(item.words ?? `map.layer.${style.key}`)));
    return list;
  }
  function operatorList(app, style) {
    const { data } = app;
    const shown = data.rasters.get(style.source)?.operators ?? data.layers.get(style.source)?.known("operator") ?? [];
    const names = data.operators.filter((name) => shown.includes(name));
    return el("ul", { class: "classes" }, ...names.map((name) => el("li", {}, glyph(style.classes[data.operators.indexOf(name) % style.classes.length], style.kind), name)));
  }
  function ramp(app, style, numeric) {
    const { words } = app;
    const percent = style.by === "unserved_share" || style.unit === "share";
    const write = (value) => percent ? words.share(value, 0) : words.n(value);
    const strip = el("div", { class: "ramp", role: "img", "aria-label": numeric.map((item) => `≥ ${write(item.from ?? 0)}`).join(", ") });
    numeric.forEach((item, i) => strip.append(el("span", {}, el("i", { style: { background: item.colour } }), el("small", {}, i ? write(item.from ?? 0) : percent ? words.share(0) : style.unit ? `<${write(numeric[1].from ?? 0)}` : write(0)))));
    const rest = style.classes.filter((item) => item.from === void 0);
    const list = rest.length ? el("ul", { class: "classes" }, ...rest.map((item) => el("li", {}, glyph(item, style.kind), words.t(item.words ?? "")))) : null;
    const unit = style.unit === "share" ? "" : percent ? words.t(`${app.state.now.gap === "short" ? "map.share_short" : "map.share_of"}.${app.state.now.unit}`) : style.unit ?? "";
    return el("div", { class: "ramp-box" }, strip, unit && el("p", { class: "note" }, unit), list);
  }
  function picker(id, label, options, chosen, choose) {
    const select = (
      /** @type {HTMLSelectElement} */
      el(
        "select",
        { id, on: { change: () => choose(select.value) } },
        ...options.map(([value, text2]) => el("option", { value, ...chosen === value ? { selected: true } : {} }, text2))
      )
    );
    return el("label", { class: "level", for: id }, el("span", {}, label), select);
  }
  function operatorPicker(app, style) {
    const { words, data, state } = app;
    const known = data.operators.filter((name2) => data.rasters.has(`${style.source}:${name2}`));
    if (!known.length) return null;
    const name = `${style.key}.operator`;
    const options = (
      /** @type {[string, string][]} */
      [["", words.t("map.best_of_all")], ...known.map((operator) => [operator, operator.slice(0, 60)])]
    );
    return picker(`of-${style.key}`, words.t("map.field.operator"), options, state.now.filters[name] ?? "", (value) => state.set({ filters: { ...state.now.filters, [name]: value } }));
  }
  function levelPicker(app) {
    const { words, data, state } = app;
    const known = ["kabupaten", "kecamatan", "desa", "hexagon"].filter((level) => data.areas.has(level));
    if (known.length < 2) return null;
    const options = (
      /** @type {[string, string][]} */
      ["auto", ...known].map((level) => [level, level === "auto" ? words.t("map.level_auto") : words.t(`area_levels.${level}`)])
    );
    return picker("area-level", words.t("map.level"), options, state.now.areaLevel, (areaLevel) => state.set({ areaLevel }));
  }
  function priorityPicker(app) {
    const { words, state } = app;
    const known = app.priorities();
    if (!known.length) return null;
    const options = (
      /** @type {[string, string][]} */
      [["", words.t("map.all")], ...known.map((key) => [key, words.t(`map.priority.${key}`)])]
    );
    return picker("only-priority", words.t("map.only"), options, state.now.priority, (priority) => state.set({ priority }));
  }
  function shortLegend(app, host) {
    const shown = (kind) => app.data.styles.find((item) => item.kind === kind && app.state.now.on.has(item.key) && app.hasRows(item));
    const style = shown("raster") ?? shown("fill");
    fill(host, style && el("div", { class: "card short" }, el("p", {}, app.words.t(`map.layer.${style.key}`)), classList(app, style)));
  }

  // maps/assets/src/sites.js
  function siteList(app, rows) {
    const { words, data } = app;
    const table2 = data.layers.get("sites");
    const style = data.style("sites");
    const list = el("ul", { class: "sites" });
    if (!table2 || !style) return list;
    const ordered = [...rows].sort((a, b) => table2.number("n_umkm_new", b) - table2.number("n_umkm_new", a) || (table2.text("site_id", a) < table2.text("site_id", b) ? -1 : 1));
    for (const row of ordered) {
      const desa = app.chain(table2.text("area_code", row)).slice(0, 2).join(", ");
      list.append(el("li", {}, el(
        "button",
        { type: "button", on: { click: () => app.openRow("sites", row) } },
        glyph(style.classes[Math.max(0, pointClass(style, table2, row))], "points"),
        el("span", {}, table2.text("name", row) || table2.text("site_id", row), desa && el("small", {}, desa), el("small", {}, [words.of("map.site_type", table2.text("site_type", row)), words.of("map.backhaul", table2.text("backhaul", row)), Number.isFinite(table2.number("year", row)) ? String(table2.number("year", row)) : ""].filter(Boolean).join(" · "))),
        el("b", {}, words.t("map.plus_umkm", { n: words.n(table2.number("n_umkm_new", row)) }), el("small", {}, words.idr(table2.number("cost_idr", row))))
      )));
    }
    return list;
  }

  // maps/assets/src/overview.js
  var UNITS = ["umkm", "people", "desa", "facilities"];
  function unitPicker(app) {
    const { words, state, data } = app;
    const known = UNITS.filter((unit) => data.json.totals[unit]);
    if (known.length < 2) return null;
    const row = el("div", { class: "segments", role: "radiogroup", "aria-label": words.t("map.count_in") });
    for (const unit of known) {
      row.append(
        el("button", { type: "button", role: "radio", "aria-checked": String(state.now.unit === unit), on: { click: () => state.set({ unit }) } }, words.t(`map.unit.${unit}`))
      );
    }
    return row;
  }
  function overview(app, host) {
    fill(host, noticesShort(app), headline(app), worst(app), firstSites(app), planCard(app), causes(app), programmes(app), evidence(app), atlasNote(app));
  }
  function atlasNote(app) {
    const { words, data } = app;
    const whole = data.json.atlas.whole;
    return whole ? el("section", { class: "block" }, el("p", { class: "note" }, words.t("map.atlas_absent")), el("a", { class: "more", href: whole }, words.t("map.atlas_whole"), " ›")) : null;
  }
  function noticesShort(app) {
    const { data, words } = app;
    const names = data.meta.notices.map((notice) => [`map.notice_short.${notice.code}`, notice.fields]).filter(([key]) => words.has(key)).map(([key, fields]) => words.t(key, spoken(app, fields)));
    if (!names.length) return null;
    return el("button", { type: "button", class: "rest-on", on: { click: () => app.state.set({ tab: "about" }) } }, el("b", {}, words.t("map.rest_on")), ` ${names.join(" · ")}`);
  }
  function heroWords(app) {
    const { words, state } = app;
    return words.t(`${state.now.gap === "short" ? "map.hero_short" : "map.hero"}.${state.now.unit}`);
  }
  function gapPicker(app) {
    const { words, state } = app;
    const row = el("div", { class: "segments", role: "radiogroup", "aria-label": words.t("map.gap") });
    for (const gap of ["unserved", "short"]) {
      row.append(el("button", { type: "button", role: "radio", "aria-checked": String(state.now.gap === gap), on: { click: () => state.set({ gap }) } }, words.t(`map.gap_of.${gap}`)));
    }
    return row;
  }
  function headline(app) {
    const { data, words, state } = app;
    const unit = state.now.unit;
    const totals = data.json.totals[unit];
    if (!totals) return section(words.t("map.overview"), empty(words.t("map.empty.totals")));
    const counts = data.levels.map((level) => totals[level] ?? 0);
    const total = sum(counts);
    const hero = el(
      "div",
      { class: "hero" },
      el("strong", {}, words.share(total ? missing(counts, state.now.gap) / total : NaN)),
      el("span", {}, heroWords(app), el("small", {}, words.t("map.hero_of", { n: words.n(missing(counts, state.now.gap)), total: words.n(total), unit: words.t(`map.unit_of.${unit}`) })))
    );
    const legend2 = el("ul", { class: "levels" });
    data.levels.forEach((level, i) => {
      legend2.append(
        el(
          "li",
          {},
          el("i", { style: { background: app.levelColour(level) }, class: level === "unknown" ? "hatched" : "" }),
          el("span", {}, words.t(`map.level_short.${level}`)),
          el("b", {}, words.n(counts[i])),
          el("em", {}, words.share(total ? counts[i] / total : NaN))
        )
      );
    });
    return el("section", { class: "block" }, unitPicker(app), gapPicker(app), hero, levelBar(app, counts), legend2, words.has("map.counting") && el("p", { class: "note" }, words.t("map.counting")));
  }
  function ranked(app, level, keep = () => true) {
    const { data, state } = app;
    const table2 = data.areas.get(level);
    if (!table2) return [];
    const rows = [];
    for (let row = 0; row < table2.n; row++) {
      const counts = countsOf(table2, row, state.now.unit, data.levels);
      if (counts && sum(counts) > 0 && keep(row) && app.isPriority(table2.text("code", row))) rows.push({ row, counts, share: missingShare(counts, state.now.gap), missing: missing(counts, state.now.gap), code: table2.text("code", row) });
    }
    const order = (value) => Number.isFinite(value) ? value : -1;
    return rows.sort((a, b) => order(b.share) - order(a.share) || b.missing - a.missing || (a.code < b.code ? -1 : 1));
  }
  function rankTable(app, level, rows) {
    const { words, data } = app;
    const sites = sitesByArea(app);
    const withSites = level === "kabupaten" && sites.size > 0;
    const head = el(
      "tr",
      {},
      el("th", { scope: "col", class: "num" }, "#"),
      el("th", { scope: "col" }, words.t(`area_levels_short.${level}`)),
      el("th", { scope: "col", class: "num" }, words.t(`map.rank.${app.state.now.gap}`)),
      withSites && el("th", { scope: "col", class: "num" }, words.t("map.rank.sites"))
    );
    const body = el("tbody", {});
    rows.forEach((item, i) => {
      const name = app.areaLabel(level, item.row);
      const open = () => app.openArea(level, item.row);
      const table2 = data.areas.get(level);
      body.append(
        el(
          "tr",
          { on: { click: open } },
          el("td", { class: "num rank" }, String(i + 1)),
          el("td", {}, el("button", { type: "button", class: "link", on: { click: (e) => {
            e.stopPropagation();
            open();
          } } }, name), levelBar(app, item.counts, true)),
          el("td", { class: "num" }, el("b", {}, words.share(item.share)), el("small", {}, words.n(item.missing))),
          withSites && el("td", { class: "num" }, String(sites.get(table2?.text("code", item.row) ?? "")?.length ?? 0))
        )
      );
    });
    return el("table", { class: "rank" }, el("thead", {}, head), body);
  }
  function rankedLevel(app) {
    const { areas } = app.data;
    return ["kabupaten", "kecamatan", "desa"].find((level) => (areas.get(level)?.n ?? 0) > 1) ?? [...areas.keys()].find((level) => level !== "hexagon") ?? "";
  }
  function worst(app) {
    const { words, state } = app;
    const level = rankedLevel(app);
    if (!level) return section(words.t("map.worst"), empty(words.t("map.empty.areas")));
    const title = words.t("map.worst_of", { level: words.t(`area_levels_short.${level}`) });
    const rows = ranked(app, level);
    if (!rows.length) return section(title, empty(words.t("map.empty.totals")));
    const all = rows.length > 5 && el("button", { type: "button", class: "more", on: { click: () => state.set({ tab: "areas" }) } }, words.t("map.see_all", { n: rows.length }));
    return section(title, rankTable(app, level, rows.slice(0, 5)), all);
  }
  function firstSites(app) {
    const { words, data, state } = app;
    const table2 = data.layers.get("sites");
    const rows = siteRows(app);
    if (!table2 || rows.length < 2) return null;
    const year = (row) => Number.isFinite(table2.number("year", row)) ? table2.number("year", row) : 0;
    const first = rows.sort((a, b) => year(a) - year(b) || table2.number("n_umkm_new", b) - table2.number("n_umkm_new", a)).slice(0, 3);
    return section(words.t("map.first_sites"), siteList(app, first), el("button", { type: "button", class: "more", on: { click: () => state.set({ tab: "sites" }) } }, words.t("map.see_sites", { n: rows.length })));
  }
  function frontierNote(app) {
    const { words, data } = app;
    if (!data.frontier) return data.json.plan.sense === "min" ? el("p", { class: "note" }, words.t("map.frontier_goal")) : null;
    const { points, leftOut } = data.frontier;
    const told = [points.has("scale") && words.t("map.frontier_scaled"), leftOut > 0 && words.t("map.frontier_left_out", { n: words.n(leftOut) })].filter(Boolean);
    return told.length ? el("p", { class: "note" }, told.join(" ")) : null;
  }
  function planCard(app) {
    const { words, data, state } = app;
    const plan = data.json.plan;
    const now = planNow(app);
    if (!now.n && !data.frontier) return section(words.t("map.plan"), empty(words.t("map.empty.sites")));
    const isOwn = isWholePlan(app);
    const unit = state.now.unit;
    const before = data.json.totals[unit];
    const after = isOwn ? plan.totals_after?.[unit] : void 0;
    const bars3 = before && after && el(
      "div",
      { class: "compare" },
      el("span", {}, words.t("map.now")),
      levelBar(app, data.levels.map((level) => before[level] ?? 0)),
      el("span", {}, words.t("map.then")),
      levelBar(app, data.levels.map((level) => after[level] ?? 0))
    );
    const rows = (
      /** @type {[string, string | null][]} */
      [
        [words.t("map.plan_sites"), words.n(now.n)],
        ...isOwn ? ["cost_idr", "ceiling_idr", "n_umkm_new", "people_new", "n_desa_new", "n_facilities_new", "gap_share"].filter((key) => typeof plan[key] === "number").map((key) => [words.t(`map.plan_figure.${key}`), key === "gap_share" ? words.share(plan[key], 2) : valueByName(app, key, key.startsWith("n_") || key === "people_new" ? Math.round(plan[key]) : plan[key])]) : [
          [words.t("map.plan_figure.cost_idr"), words.idr(now.cost)],
          [words.t("map.plan_figure.ceiling_idr"), words.idr(now.ceiling)],
          [words.t("map.plan_figure.n_umkm_new"), words.n(now.umkm)],
          [words.t("map.plan_figure.gap_share"), Number.isFinite(now.gap) ? words.share(now.gap, 2) : null]
        ]
      ]
    );
    return section(words.t("map.plan"), el("p", { class: "note" }, chip(words.t("map.indicative"), "mark"), " ", words.t("map.indicative_why")), bars3, now.n ? facts(rows) : empty(words.t("map.empty.sites_in_view")), frontierNote(app));
  }
  function bars2(app, group, values, colour) {
    const { words } = app;
    const rows = Object.entries(values).filter(([key, value]) => key !== "" && value > 0);
    const most = Math.max(...rows.map(([, value]) => value), 1);
    const list = el("ul", { class: "bars" });
    for (const [key, value] of rows) {
      list.append(el("li", {}, el("span", {}, words.of(group, key)), el("b", {}, words.n(value)), el("i", { style: { width: `${Math.max(1, 100 * value / most)}%`, background: colour(key) } })));
    }
    return rows.length ? list : null;
  }
  function causes(app) {
    const { words, data, state } = app;
    const values = data.json.causes[state.now.unit];
    const list = values && bars2(app, "causes", values, (key) => app.levelColour(key === "no_data" ? "unknown" : key.endsWith("capacity") || key === "technology" ? "limited" : "unserved"));
    return list ? section(words.t("map.causes", { unit: words.t(`map.unit.${state.now.unit}`) }), list) : null;
  }
  function programmes(app) {
    const { words, data } = app;
    const values = data.json.programmes.umkm;
    const list = values && bars2(app, "programmes", values, () => "var(--accent)");
    return list ? section(words.t("map.programmes"), list, el("p", { class: "note" }, words.t("map.programmes_why"))) : null;
  }
  function evidence(app) {
    const { words, data } = app;
    const answer = data.json.evidence;
    const steps = Array.isArray(answer.steps) ? answer.steps : [];
    if (!steps.length) return null;
    const [first, last] = [steps[0], steps[steps.length - 1]];
    const verdict = last.umkm > 0 ? words.t("map.evidence_left", { n: words.n(last.umkm), share: words.share(first.umkm ? last.umkm / first.umkm : 0) }) : words.t("map.evidence_none");
    const list = el("ul", { class: "bars" });
    for (const step of steps) {
      list.append(el(
        "li",
        {},
        el("span", {}, words.t(`map.evidence_step.${step.step}`)),
        el("b", {}, words.n(step.umkm)),
        el("i", { style: { width: `${first.umkm ? Math.max(step.umkm > 0 ? 1 : 0, 100 * step.umkm / first.umkm) : 0}%`, background: "var(--soft)" } })
      ));
    }
    return section(words.t("map.evidence"), el("p", { class: "because" }, verdict), el("p", { class: "note" }, words.t("map.evidence_why")), list);
  }
  function ledger(app) {
    const { words, data } = app;
    const rows = data.json.evidence.rows;
    if (!rows || typeof rows !== "object") return null;
    const kinds = ["observed", "estimate", "schematic", "synthetic"];
    const body = el("tbody", {});
    for (const [layer, counts] of Object.entries(rows)) {
      body.append(el("tr", {}, el("td", {}, words.of("map.layer_kind", layer)), ...kinds.map((kind) => el("td", { class: "num" }, counts[kind] ? words.n(counts[kind]) : "–"))));
    }
    const head = el("tr", {}, el("th", { scope: "col" }, words.t("map.ledger_layer")), ...kinds.map((kind) => el("th", { scope: "col", class: "num" }, words.t(`evidence.${kind}`))));
    return body.childElementCount ? section(words.t("map.ledger"), el("div", { class: "wide" }, el("table", { class: "plain" }, el("thead", {}, head), body))) : null;
  }

  // maps/assets/src/signal.js
  var freeSpaceDb = (km, mhz) => 32.4 + 20 * Math.log10(Math.max(km, 0.01)) + 20 * Math.log10(mhz);
  function bestDbm(app, lon, lat) {
    const raster = app.data.rasters.get("coverage_rsrp_dbm");
    const value = raster ? rasterAt(raster, lon, lat) : 0;
    return value ? value - 200 : NaN;
  }
  function signalRows(app, lon, lat) {
    const { words, data } = app;
    const level = bestDbm(app, lon, lat);
    const operator = data.rasters.get("coverage_operator");
    const best = operator ? operator.operators[rasterAt(operator, lon, lat) - 1] : void 0;
    return [
      [words.t("map.field.rsrp_dbm"), data.rasters.has("coverage_rsrp_dbm") ? Number.isFinite(level) ? `${words.n(level)} dBm` : words.t("map.no_signal") : null],
      [words.t("map.field.best_operator"), best ?? null],
      ...stepRows(app, lon, lat)
    ];
  }
  function stepRows(app, lon, lat) {
    const { words, data } = app;
    const at = (name) => {
      const raster = data.rasters.get(name);
      return raster ? meaning(raster, rasterAt(raster, lon, lat)) : NaN;
    };
    const [sinr, share2] = [at("coverage_sinr_db"), at("coverage_probability_share")];
    return [
      [words.t("map.field.sinr_db"), Number.isFinite(sinr) ? words.t("map.from_to_db", { low: words.n(sinr), high: words.n(sinr + 4) }) : null],
      [words.t(`map.field.probability_${data.meta.place}`), Number.isFinite(share2) ? `≥ ${words.share(share2, 0)}` : null]
    ];
  }
  function signalBlock(app, lon, lat) {
    const { words, data } = app;
    if (!data.rasters.has("coverage_rsrp_dbm")) return null;
    const level = bestDbm(app, lon, lat);
    const server = data.rasters.get("server");
    const row = server ? rasterAt(server, lon, lat) - 1 : -1;
    const own = row >= 0 && data.servers ? data.servers.number("needed_dbm", row) : NaN;
    const needed = Number.isFinite(own) ? own : data.meta.threshold_dbm;
    const rows = signalRows(app, lon, lat);
    if (typeof needed === "number" && Number.isFinite(level)) rows.push([words.t("map.field.margin_db"), signed(app, level - needed)]);
    return section(words.t("map.signal"), facts(rows), row >= 0 ? serverFacts(app, row, lon, lat, level) : null, operatorFacts(app, lon, lat));
  }
  function serverFacts(app, row, lon, lat, level) {
    const { words, data } = app;
    const table2 = (
      /** @type {import("./data.js").Table} */
      data.servers
    );
    const km = distanceKm(lon, lat, table2.lon(row), table2.lat(row));
    const [whole, mhz, load] = ["zero_loss_dbm", "band_mhz", "load_share"].map((name) => table2.number(name, row));
    const free = freeSpaceDb(km, mhz);
    const rest = whole - level - free;
    const second = data.rasters.get("second");
    const leads = data.rasters.get("lead");
    const lead = leads ? rasterAt(leads, lon, lat) : 0;
    const next = second ? rasterAt(second, lon, lat) - 1 : -1;
    return facts([
      [words.t("map.field.server"), serverName(app, row)],
      [words.t("map.field.distance"), `${words.n(km, 1)} km`],
      [words.t("map.field.band_mhz"), Number.isFinite(mhz) ? `${words.n(mhz)} MHz` : null],
      [words.t("map.field.zero_loss_dbm"), Number.isFinite(whole) ? `${words.n(whole, 1)} dBm` : null],
      [words.t("map.field.free_space_db"), Number.isFinite(free) ? `−${words.n(free, 1)} dB` : null],
      [words.t("map.field.rest_db"), Number.isFinite(rest) ? signed(app, -rest) : null],
      [words.t("map.field.load_share"), Number.isFinite(load) ? words.share(load, 0) : null],
      [words.t("map.field.second"), next >= 0 ? serverName(app, next) : null],
      [words.t("map.field.lead_db"), lead > 0 ? signed(app, lead - 1) : null]
    ]);
  }
  var signed = (app, db) => `${db > 0 ? "+" : ""}${app.words.n(db, 1)} dB`;
  function serverName(app, row) {
    const { data } = app;
    const table2 = (
      /** @type {import("./data.js").Table} */
      data.servers
    );
    const id = table2.text("bts_id", row);
    const name = [table2.text("operator", row), id].filter(Boolean).join(" · ");
    const bts = data.layers.get("bts");
    const at = bts ? bts.find("bts_id", id) : -1;
    return at >= 0 ? el("button", { type: "button", class: "link", on: { click: () => app.openRow("bts", at) } }, name) : name;
  }
  function operatorFacts(app, lon, lat) {
    const { words, data } = app;
    const rows = data.operators.flatMap((name) => {
      const raster = data.rasters.get(`coverage_rsrp_dbm:${name}`);
      const value = raster ? rasterAt(raster, lon, lat) : 0;
      return raster ? [
        /** @type {[string, string]} */
        [name, value ? words.t("map.about_dbm", { n: words.n(value - 198) }) : words.t("map.no_signal")]
      ] : [];
    });
    return rows.length > 1 ? el("div", {}, el("p", { class: "note" }, words.t("map.by_operator")), facts(rows)) : null;
  }

  // maps/assets/src/why.js
  var KNOWN = ["new", "only_here", "cost_idr", "backhaul", "alternative", "nearest", "decision", "area", "ceiling_left_idr"];
  var NEW = ["umkm", "umkm_offline", "umkm_online", "umkm_small", "umkm_priority_sector", "people", "facilities"];
  function whyBlocks(app, text2, nameOf2) {
    let why;
    try {
      why = JSON.parse(text2);
    } catch {
      return text2 ? [section(app.words.t("map.why"), el("p", {}, text2))] : [];
    }
    if (why === null || typeof why !== "object") return [];
    return [servesBlock(app, why), costBlock(app, why), backhaulBlock(app, why), alternativeBlock(app, why, nameOf2), nearestBlock(app, why, nameOf2), decisionBlock(app, why), ...otherBlocks(app, why)].filter((node) => node !== null);
  }
  function weightUnit(app) {
    const key = `map.unit_of.${app.data.json.plan.objective ?? "umkm"}`;
    return app.words.t(app.words.has(key) ? key : "map.weight_unit");
  }
  function servesBlock(app, why) {
    const { words } = app;
    if (!why.new || typeof why.new !== "object") return null;
    const rows = (
      /** @type {[string, string | null][]} */
      NEW.filter((key) => typeof why.new[key] === "number" && why.new[key] >= 0.5).map((key) => [words.t(`map.why_new.${key}`), words.n(why.new[key])])
    );
    const only = typeof why.only_here === "number" ? el("p", { class: "note" }, words.t("map.why_only", { n: words.n(why.only_here), unit: weightUnit(app) })) : null;
    return rows.length ? section(words.t("map.why_serves"), facts(rows), only) : null;
  }
  function costBlock(app, why) {
    const { words } = app;
    if (!why.cost_idr || typeof why.cost_idr !== "object") return null;
    const { total, ...parts } = why.cost_idr;
    const rows = Object.entries(parts).filter(([, value]) => typeof value === "number" && value > 0).sort((a, b) => b[1] - a[1]);
    const most = Math.max(...rows.map(([, value]) => value), 1);
    const list = el("ul", { class: "bars" });
    for (const [key, value] of rows) {
      const name = words.has(`map.why_cost.${key}`) ? words.t(`map.why_cost.${key}`) : words.of("map.backhaul", key);
      list.append(el("li", {}, el("span", {}, name), el("b", {}, words.idr(value)), el("i", { style: { width: `${Math.max(1, 100 * value / most)}%`, background: "var(--accent)" } })));
    }
    const left = typeof why.ceiling_left_idr === "number" ? el("p", { class: "note" }, words.t("map.why_left", { left: words.idr(why.ceiling_left_idr) })) : null;
    return rows.length ? section(words.t("map.why_cost_title", { total: words.idr(total) }), list, left) : null;
  }
  function backhaulBlock(app, why) {
    const { words } = app;
    const possible = Array.isArray(why.backhaul?.possible) ? why.backhaul.possible : [];
    if (!possible.length) return null;
    const list = el("ul", { class: "sites flat" });
    for (const item of possible) {
      const kind = String(item.kind ?? "");
      const isChosen = String(why.backhaul.chosen ?? "").startsWith(kind);
      const notes = [typeof item.mbps === "number" ? `${words.n(item.mbps, 1)} Mbit/s` : "", item.beam ? String(item.beam) : "", item.has_room === false ? words.t("map.why_full") : ""];
      list.append(el("li", {}, el("div", {}, el("span", {}, words.of("map.backhaul", kind), isChosen && " ", isChosen && chip(words.t("map.why_chosen"), "mark"), el("small", {}, notes.filter(Boolean).join(" · "))), el("b", {}, words.idr(item.cost_idr)))));
    }
    const because = words.has(`map.why_link.${why.backhaul.why}`) ? el("p", {}, words.t(`map.why_link.${why.backhaul.why}`)) : null;
    return section(words.t("map.why_backhaul"), because, el("p", { class: "note" }, words.t("map.why_backhaul_note")), list);
  }
  function alternativeBlock(app, why, nameOf2) {
    const { words } = app;
    if (!("alternative" in why)) return null;
    const other = why.alternative;
    if (!other || typeof other !== "object") return section(words.t("map.why_alternative"), el("p", { class: "note" }, words.t("map.why_no_alternative")));
    const [place2, type] = splitOption(String(other.option_id ?? ""));
    return section(words.t("map.why_alternative"), facts([
      [words.t("map.field.place_name"), place2 ? nameOf2(place2) : null],
      [words.t("map.field.site_type"), type ? words.of("map.site_type", type) : null],
      [words.t("map.why_gain"), typeof other.weight === "number" ? `${words.n(other.weight)} ${weightUnit(app)}` : null],
      [words.t("map.field.cost_idr"), typeof other.cost_idr === "number" ? words.idr(other.cost_idr) : null]
    ]));
  }
  function nearestBlock(app, why, nameOf2) {
    const { words } = app;
    const other = why.nearest;
    if (!other || typeof other !== "object") return null;
    const [place2, type] = splitOption(String(other.option_id ?? ""));
    const text2 = words.t(other.is_built ? "map.why_nearest_built" : "map.why_nearest_free", { km: words.n(other.km, 1), share: words.share(other.reaches_share, 0) });
    return section(words.t("map.why_nearest"), facts([[words.t("map.field.place_name"), nameOf2(place2)], [words.t("map.field.site_type"), words.of("map.site_type", type)]]), el("p", { class: "note" }, text2));
  }
  function splitOption(id) {
    const at = id.lastIndexOf(":");
    return at < 0 ? [id, ""] : [id.slice(0, at), id.slice(at + 1)];
  }
  function decisionBlock(app, why) {
    const said = typeof why.decision === "object" && why.decision ? why.decision.text : why.decision;
    return said ? section(app.words.t("map.why_decision"), el("p", {}, String(said))) : null;
  }
  function otherBlocks(app, why) {
    const rest = Object.entries(why).filter(([key, value]) => !KNOWN.includes(key) && value !== null && value !== "");
    if (!rest.length) return [];
    return [section(app.words.t("map.why"), facts(rest.map(([key, value]) => [plain(key), typeof value === "object" ? JSON.stringify(value).slice(0, 400) : valueByName(app, key, value)])))];
  }

  // maps/assets/src/detail.js
  function detail(app, chosen) {
    if (chosen.kind === "area") return areaDetail(app, chosen.level, chosen.row);
    if (chosen.kind === "place") return placeDetail(app, chosen.lon, chosen.lat);
    return chosen.layer === "sites" ? siteDetail(app, chosen.row) : rowDetail(app, chosen.layer, chosen.row);
  }
  function heading(app, kind, title, under) {
    return el("header", { class: "detail-head" }, el("p", { class: "eyebrow" }, kind), el("h2", { class: "title" }, title), el("p", { class: "under" }, ...under));
  }
  function areaDetail(app, level, row) {
    const { words, data, state } = app;
    const table2 = data.areas.get(level);
    if (!table2) return [];
    const code = table2.text("code", row);
    const counts = countsOf(table2, row, state.now.unit, data.levels);
    const position = ranked(app, level).findIndex((item) => item.row === row);
    const place2 = position >= 0 ? words.t("map.rank_of", { n: position + 1, total: ranked(app, level).length }) : "";
    const nodes = [heading(app, words.t(`area_levels.${level}`), app.areaLabel(level, row), [level === "hexagon" ? "" : words.t("map.code", { code }), place2 ? ` · ${place2}` : ""])];
    if (counts) {
      const total = sum(counts);
      nodes.push(el(
        "section",
        { class: "block" },
        unitPicker(app),
        gapPicker(app),
        el("div", { class: "hero small" }, el("strong", {}, words.share(missingShare(counts, state.now.gap))), el("span", {}, heroWords(app), el("small", {}, words.t("map.hero_of", { n: words.n(missing(counts, state.now.gap)), total: words.n(total), unit: words.t(`map.unit_of.${state.now.unit}`) })))),
        levelBar(app, counts),
        facts([
          ...data.levels.map((name, i) => (
            /** @type {[string, string]} */
            [words.t(`map.level_short.${name}`), `${words.n(counts[i])} · ${words.share(total ? counts[i] / total : NaN)}`]
          )),
          ...areaFigures(app, table2, row)
        ])
      ));
    } else if (level !== "hexagon") nodes.push(empty(words.t("map.empty.area_totals")));
    nodes.push(scoreBlock(app, level, row));
    const page = data.json.atlas.pages?.[code];
    if (page) nodes.push(el("section", { class: "block" }, el("a", { class: "more", href: `atlas/${page}` }, words.t("map.atlas_page"), " ›")));
    if (level === "kabupaten") nodes.push(areaSites(app, code));
    nodes.push(areaSurveys(app, code), children(app, level, code));
    return nodes.filter((node) => node !== null);
  }
  function areaFigures(app, table2, row) {
    const { words, state } = app;
    const added = isWholePlan(app) ? table2.number(`${state.now.unit}_new`, row) : NaN;
    const confidence = table2.number("confidence_share", row);
    const level = table2.text("service_level", row);
    const cause = table2.text("cause", row);
    return [
      [words.t("map.added"), added > 0 ? `+${words.n(added)}` : null],
      [words.t("map.desa_level"), level ? words.t(`levels.${level}`) : null],
      [words.t("map.field.cause"), cause ? words.t(`causes.${cause}`) : null],
      [words.t("map.field.confidence_share"), Number.isFinite(confidence) ? words.share(confidence, 0) : null]
    ];
  }
  function scoreBlock(app, level, row) {
    const { words, data } = app;
    const table2 = data.areas.get(level);
    if (!table2?.has("score")) return null;
    const score = table2.number("score", row);
    const parts = [...table2.columns.keys()].filter((name) => name.startsWith("part_")).map((name) => {
      const key = name.slice(5);
      const weight = table2.number(`weight_${key}`, row);
      return { key, part: table2.number(name, row), raw: table2.number(`raw_${key}`, row), weight };
    }).filter((item) => !(item.weight === 0)).sort((a, b) => (b.part * b.weight || 0) - (a.part * a.weight || 0) || (a.key < b.key ? -1 : 1));
    const list = el("ul", { class: "bars score" });
    for (const { key, part, raw, weight } of parts) {
      list.append(el(
        "li",
        {},
        el("span", {}, words.of("criteria", key), Number.isFinite(weight) && el("small", {}, ` ${words.t("map.weight", { share: words.share(weight, 0) })}`)),
        el("b", {}, Number.isFinite(raw) ? rawValue(app, key, raw) : words.t("map.no_data")),
        el("i", { style: { width: `${Number.isFinite(part) ? Math.max(1, 100 * part) : 0}%`, background: "#7d68b4" } })
      ));
    }
    const low = table2.number("score_low", row);
    const high = table2.number("score_high", row);
    const range = Number.isFinite(low) && Number.isFinite(high) && high - low > 0.05 ? words.t("map.score_range", { low: words.n(low, 1), high: words.n(high, 1) }) : "";
    return section(words.t("map.score"), el("div", { class: "hero small" }, el("strong", {}, words.n(score, 1)), el("span", {}, words.t("map.score_of_100"), range && el("small", {}, range))), list);
  }
  function rawValue(app, key, raw) {
    const { words } = app;
    const unit = app.data.json.criteria[key] ?? "";
    if (unit === "share") return words.share(raw);
    return unit === "km" ? `${words.n(raw, 1)} km` : `${words.n(raw)} ${words.of("map.unit_of", unit)}`;
  }
  function areaSites(app, code) {
    const { words } = app;
    const rows = sitesByArea(app).get(code) ?? [];
    return section(words.t("map.sites_here", { n: rows.length }), rows.length ? siteList(app, rows) : empty(words.t("map.empty.sites_here")));
  }
  function areaSurveys(app, code) {
    const { words, data } = app;
    const table2 = data.layers.get("surveys");
    const rows = [];
    for (let row = 0; table2 && row < table2.n; row++) {
      const area = table2.text("area_code", row);
      if (area === code || area.startsWith(`${code}.`)) rows.push(row);
    }
    if (!table2 || !rows.length) return null;
    const list = el("ul", { class: "sites" });
    for (const row of rows.slice(0, 20)) {
      list.append(el("li", {}, el(
        "button",
        { type: "button", on: { click: () => app.openRow("surveys", row) } },
        el("span", {}, app.areaName(table2.text("area_code", row)), el("small", {}, words.of("map.settle", table2.text("settle_with", row)))),
        el("b", {}, words.t("map.n_umkm", { n: words.n(table2.number("n_umkm_unknown", row)) }))
      )));
    }
    return section(words.t("map.surveys_here", { n: rows.length }), list);
  }
  function children(app, level, code) {
    const order = ["provinsi", "kabupaten", "kecamatan", "desa"];
    const below = order.slice(order.indexOf(level) + 1).find((name) => app.data.areas.has(name));
    if (level === "hexagon" || !below || order.indexOf(level) < 0) return null;
    const table2 = app.data.areas.get(below);
    const rows = ranked(app, below, (row) => (table2?.text("code", row) ?? "").startsWith(`${code}.`));
    if (!rows.length) return null;
    return section(app.words.t("map.inside", { level: app.words.t(`area_levels_short.${below}`) }), rankTable(app, below, rows.slice(0, 40)));
  }
  function siteDetail(app, row) {
    const { words, data } = app;
    const table2 = data.layers.get("sites");
    if (!table2) return [];
    const n = table2.number("n_umkm_new", row);
    const cost = table2.number("cost_idr", row);
    const path = table2.text("backhaul_path", row).split(">").map((part) => part.trim()).filter(Boolean);
    return [
      heading(app, words.t("map.site"), table2.text("name", row) || table2.text("site_id", row), [app.chain(table2.text("area_code", row)).join(", ")]),
      el(
        "section",
        { class: "block" },
        el("p", { class: "note" }, chip(words.of("map.status", table2.text("status", row) || "indicative"), "mark"), " ", words.t("map.indicative_why")),
        el("p", { class: "because" }, words.t("map.because", { umkm: words.n(n), people: words.n(table2.number("people_new", row)), cost: words.idr(cost), each: n > 0 ? words.idr(cost / n) : "–" }))
      ),
      ...whyBlocks(app, table2.text("why", row), (id) => nodeName(app, id)),
      aroundBlock(app, table2, row),
      section(
        words.t("map.detail"),
        facts([
          [words.t("map.field.site_type"), words.of("map.site_type", table2.text("site_type", row))],
          [words.t("map.field.backhaul"), words.of("map.backhaul", table2.text("backhaul", row))],
          [words.t("map.field.access_mode"), words.of("map.access", table2.text("access_mode", row))],
          [words.t("map.field.capacity_mbps"), `${words.n(table2.number("capacity_mbps", row), 1)} Mbit/s`],
          [words.t("map.field.demand_mbps"), `${words.n(table2.number("demand_mbps", row), 1)} Mbit/s`],
          [words.t("map.field.capex_idr"), words.idr(table2.number("capex_idr", row))],
          [words.t("map.field.opex_idr_per_year"), words.idr(table2.number("opex_idr_per_year", row))],
          [words.t("map.field.year"), Number.isFinite(table2.number("year", row)) ? String(table2.number("year", row)) : null],
          [words.t("map.field.payer"), table2.text("payer", row) || null],
          [words.t("map.field.funding_source"), table2.text("funding_source", row) || null],
          [words.t("map.field.cost_idr"), words.idr(cost)],
          [words.t("map.field.path"), path.length > 1 ? path.map((node) => nodeName(app, node)).join(" → ") : null],
          [words.t("map.field.place"), words.place(table2.lon(row), table2.lat(row))],
          ["ID", table2.text("site_id", row)]
        ])
      ),
      hopsBlock(app, path)
    ].filter((node) => node !== null);
  }
  var AROUND_KM = 5;
  function aroundBlock(app, table2, row) {
    const { words, data } = app;
    const cells = data.cells;
    if (!cells) return null;
    const [lon, lat] = [table2.lon(row), table2.lat(row)];
    const reach = AROUND_KM / 111 / Math.cos(lat * Math.PI / 180);
    const [x0, x1, y0, y1] = [unitX(lon - reach), unitX(lon + reach), unitY(lat + reach), unitY(lat - reach)];
    const counts = data.levels.map(() => 0);
    const why = /* @__PURE__ */ new Map();
    for (let i = 0; i < cells.n; i++) {
      if (cells.x[i] < x0 || cells.x[i] > x1 || cells.y[i] < y0 || cells.y[i] > y1) continue;
      if (distanceKm(lon, lat, lonOf(cells.x[i]), latOf(cells.y[i])) > AROUND_KM) continue;
      umkmByLevel(cells, data.levels, i).forEach((n, k) => counts[k] += n);
      const cause = causeOf(app, i);
      if (cause) why.set(cause, (why.get(cause) ?? 0) + cells.umkm[i] * (1 - cells.served[i] / 100));
    }
    const total = sum(counts);
    const rows = (
      /** @type {[string, string | null][]} */
      [...why].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([cause, n]) => [words.t(`causes.${cause}`), words.t("map.n_umkm", { n: words.n(n) })])
    );
    const candidates = data.layers.get("candidates");
    const at = candidates ? candidates.find("candidate_id", table2.text("candidate_id", row)) : -1;
    if (candidates && at >= 0) rows.push([words.t("map.field.generator"), words.of("map.generator", candidates.text("generator", at))]);
    return section(
      words.t("map.around", { km: AROUND_KM }),
      total > 0 ? levelBar(app, counts) : null,
      facts([...data.levels.map((level, i) => (
        /** @type {[string, string | null]} */
        [words.t(`map.level_short.${level}`), counts[i] > 0 ? words.t("map.n_umkm", { n: words.n(counts[i]) }) : null]
      )), ...rows, ...signalRows(app, lon, lat)])
    );
  }
  function causeOf(app, i) {
    const cells = (
      /** @type {import("./data.js").Cells} */
      app.data.cells
    );
    const causes2 = app.data.json.vocabulary.causes;
    return causes2[cells.cause[i]] || (cells.rest?.[i] ? causes2[cells.rest[i] - 1] : "");
  }
  function hopsBlock(app, path) {
    const { words, data } = app;
    const links = data.layers.get("links");
    if (!links || path.length < 2) return null;
    const list = el("ul", { class: "sites" });
    for (let i = 0; i + 1 < path.length; i++) {
      for (let row = 0; row < links.n; row++) {
        const ends = [links.text("from_id", row), links.text("to_id", row)];
        if (!ends.includes(path[i]) || !ends.includes(path[i + 1])) continue;
        list.append(el("li", {}, el(
          "button",
          { type: "button", on: { click: () => app.openRow("links", row) } },
          el("span", {}, `${nodeName(app, path[i])} → ${nodeName(app, path[i + 1])}`, el("small", {}, words.of("map.backhaul", links.text("technology", row)))),
          el("b", {}, `${words.n(links.number("length_km", row), 1)} km`, el("small", {}, `${words.n(links.number("load_mbps", row), 1)} / ${words.n(links.number("capacity_mbps", row))} Mbit/s`))
        )));
        break;
      }
    }
    return list.childElementCount ? section(words.t("map.hops"), list) : null;
  }
  function nodeName(app, id) {
    const bare = id.replace(/^(root|relay|beam|place):/, "");
    if (bare !== id) {
      const name = nodeName(app, bare);
      return id.startsWith("relay:") ? app.words.t("map.relay_at", { name }) : name;
    }
    for (const [layer, key] of [["sites", "candidate_id"], ["candidates", "candidate_id"], ["fiber_nodes", "node_id"], ["gateways", "gateway_id"]]) {
      const table2 = app.data.layers.get(layer);
      const row2 = table2 ? table2.find(key, id) : -1;
      if (table2 && row2 >= 0) return table2.text("name", row2) || id;
    }
    const bts = app.data.layers.get("bts");
    const row = bts ? bts.find("bts_id", id) : -1;
    return bts && row >= 0 ? `${bts.text("operator", row)} ${id}` : id;
  }
  function rowDetail(app, layer, row) {
    const { words, data } = app;
    const table2 = data.layers.get(layer);
    const style = data.styleOf(layer);
    if (!table2 || !style) return [];
    const id = layer === "surveys" ? "" : table2.text(ID_OF[layer] ?? "", row);
    const area = table2.text("area_code", row);
    const title = table2.text("name", row) || area && app.areaName(area) || id || words.t(`map.layer.${style.key}`);
    const rows = (
      /** @type {[string, string][]} */
      (style.fields ?? []).map((field) => [words.t(`map.field.${field.label ?? field.key}`), fieldValue(app, field, table2, row)])
    );
    if (layer === "links") {
      rows.unshift([words.t("map.field.from"), nodeName(app, table2.text("from_id", row))], [words.t("map.field.to"), nodeName(app, table2.text("to_id", row))]);
    }
    if (table2.x.length) rows.push([words.t("map.field.place"), words.place(table2.lon(row), table2.lat(row))]);
    if (id && id !== title) rows.push(["ID", id]);
    const nodes = [heading(app, words.t(`map.layer_one.${style.key}`), title, [area && area !== title ? words.t("map.code", { code: area }) : ""]), el("section", { class: "block" }, facts(rows))];
    return layer === "gateways" ? [...nodes, ...beams(app, table2.text("satellite_id", row))] : nodes;
  }
  function placeDetail(app, lon, lat) {
    const { words, data } = app;
    const cell = data.cells ? cellAt(data.cells, lon, lat) : -1;
    const [ux, uy] = [unitX(lon), unitY(lat)];
    const areas = ["desa", "kecamatan", "kabupaten"].map((level) => ({ level, row: areaAt(data, level, ux, uy) })).filter((item) => item.row >= 0);
    const title = areas.length ? app.areaLabel(areas[0].level, areas[0].row) : words.t("map.here");
    const above = areas.slice(1).map((item) => app.areaLabel(item.level, item.row)).join(", ");
    const nodes = [heading(app, words.t("map.why_here"), title, [above ? `${above} · ` : "", words.place(lon, lat)])];
    nodes.push(cell >= 0 ? cellBlock(app, cell, lon, lat) : el("section", { class: "block" }, empty(words.t(data.json.cells ? "map.empty.cell" : "map.empty.cells"))));
    const signal = signalBlock(app, lon, lat);
    if (signal) nodes.push(signal);
    if (areas.length) {
      const list = el("ul", { class: "sites" });
      for (const item of areas) {
        const counts = countsOf(
          /** @type {any} */
          data.areas.get(item.level),
          item.row,
          app.state.now.unit,
          data.levels
        );
        list.append(el("li", {}, el(
          "button",
          { type: "button", on: { click: () => app.openArea(item.level, item.row) } },
          el("span", {}, app.areaLabel(item.level, item.row), el("small", {}, words.t(`area_levels.${item.level}`))),
          counts && el("b", {}, words.share(missingShare(counts, app.state.now.gap)), el("small", {}, words.t(`map.rank.${app.state.now.gap}`)))
        )));
      }
      nodes.push(section(words.t("map.areas_here"), list));
    }
    const around = insideBlock(app, ux, uy);
    if (around) nodes.push(around);
    const page = pageHere(app, areas, lon, lat);
    if (page) nodes.push(page);
    return nodes;
  }
  function insideBlock(app, ux, uy) {
    const { words, data } = app;
    const list = el("ul", { class: "sites" });
    for (const layer of ["exclusions", "beams"]) {
      const table2 = data.layers.get(layer);
      for (let row = 0; table2?.shapes && row < table2.n; row++) {
        if (!contains(table2.shapes, row, ux, uy)) continue;
        const kind = layer === "exclusions" ? words.of("map.exclusion", table2.text("kind", row)) : words.t("map.layer_one.beams");
        list.append(el("li", {}, el("button", { type: "button", on: { click: () => app.openRow(layer, row) } }, el("span", {}, rowTitle(app, layer, table2, row), el("small", {}, kind)))));
      }
    }
    return list.childElementCount ? section(words.t("map.inside_here"), list) : null;
  }
  function pageHere(app, areas, lon, lat) {
    const { words, data, state, map } = app;
    const codes = areas.map((item) => data.areas.get(item.level)?.text("code", item.row) ?? "");
    const code = codes.find((name) => data.json.atlas.pages?.[name]);
    if (!code) return null;
    const view = [Math.max(11, map.getZoom()).toFixed(2), lat.toFixed(4), lon.toFixed(4), words.lang, [...state.now.on].sort().join("+")].join("/");
    const href = `atlas/${data.json.atlas.pages[code]}#${view}/at=place%3A${lon.toFixed(5)}%3A${lat.toFixed(5)}`;
    return el("section", { class: "block" }, el("p", { class: "note" }, words.t("map.atlas_pixel")), el("a", { class: "more", href }, words.t("map.atlas_page"), " ›"));
  }
  function rowTitle(app, layer, table2, row) {
    return table2.text("name", row) || table2.text(ID_OF[layer] ?? "", row) || app.words.t(`map.layer_one.${layer}`);
  }
  function outlineOf(app, beam) {
    const row = app.data.layers.get("beams")?.find("beam_id", beam) ?? -1;
    if (row < 0) return app.words.t("map.outline_unknown");
    return el("button", { type: "button", class: "link", on: { click: () => app.openRow("beams", row) } }, app.words.t("map.outline_show"));
  }
  function beams(app, satellite) {
    const { words, data } = app;
    return data.json.satellite.filter((beam) => !satellite || beam.satellite_id === satellite).map((beam) => section(`${beam.satellite_id} · ${beam.beam_id}`, facts([
      [words.t("map.field.capacity_mbps"), `${words.n(beam.capacity_mbps)} Mbit/s`],
      [words.t("map.field.committed_mbps"), `${words.n(beam.committed_mbps)} Mbit/s`],
      [words.t("map.field.free_mbps"), `${words.n(Math.max(0, beam.capacity_mbps - beam.committed_mbps))} Mbit/s`],
      [words.t("map.field.orbit_deg"), `${words.n(beam.orbit_deg, 1)}°`],
      [words.t("map.field.evidence"), words.of("evidence", beam.evidence ?? "")],
      [words.t("map.field.outline"), outlineOf(app, beam.beam_id)],
      [words.t("map.field.source"), beam.source ?? ""]
    ])));
  }
  function cellBlock(app, i, lon, lat) {
    const { words, data } = app;
    const cells = (
      /** @type {import("./data.js").Cells} */
      data.cells
    );
    const level = data.levels[cells.level[i]];
    const cause = data.json.vocabulary.causes[cells.cause[i]];
    const rest = causeOf(app, i);
    const server = cells.server.at(i);
    const bts = data.layers.get("bts");
    const row = bts && server ? bts.find("bts_id", server) : -1;
    const name = bts && row >= 0 ? `${bts.text("operator", row)} ${bts.text("technology", row)} · ${words.n(distanceKm(lon, lat, bts.lon(row), bts.lat(row)), 1)} km` : server;
    const link = row >= 0 ? el("button", { type: "button", class: "link", on: { click: () => app.openRow("bts", row) } }, name) : name;
    return el(
      "section",
      { class: "block" },
      el("p", { class: "verdict" }, el("i", { style: { background: app.levelColour(level) }, class: level === "unknown" ? "hatched" : "" }), el("b", {}, words.t(`levels.${level}`))),
      el("p", { class: "because" }, words.t(`map.verdict.${cause || level}`)),
      facts([
        [words.t("map.field.cause"), cause ? words.t(`causes.${cause}`) : null],
        [words.t("map.field.rsrp_dbm"), data.servers ? null : cells.rsrp[i] ? `${words.n(cells.rsrp[i] - 200)} dBm` : words.t("map.no_signal")],
        [words.t("map.field.server"), server && !data.servers ? link : null],
        [words.t("map.field.n_operators"), words.n(cells.operators[i])],
        [words.t("map.field.is_indoor"), words.t(cells.indoor[i] ? "map.yes" : "map.no")],
        [words.t("map.field.served_share"), words.share(cells.served[i] / 100, 0)],
        [words.t("columns.rest_cause"), rest && rest !== cause ? words.t(`causes.${rest}`) : null],
        [words.t("map.field.confidence_share"), words.share(cells.confidence[i] / 100, 0)],
        [words.t("map.unit.umkm"), words.n(cells.umkm[i], 1)],
        [words.t("map.unit.people"), words.n(cells.people[i])],
        [words.t("map.unit.facilities"), words.n(cells.facilities[i])]
      ])
    );
  }

  // maps/assets/src/money.js
  function table(heads, rows) {
    const cells = (row) => row.map((text2, i) => el("td", i ? { class: "num" } : {}, text2));
    return el("div", { class: "wide" }, el(
      "table",
      { class: "plain" },
      el("thead", {}, el("tr", {}, ...heads.map((text2, i) => el("th", { scope: "col", ...i ? { class: "num" } : {} }, text2)))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...cells(row))))
    ));
  }
  function programme(app) {
    const { words, data } = app;
    if (!isWholePlan(app)) return [];
    const years2 = data.json.plan.years ?? [];
    const money = data.json.plan.money ?? [];
    const billion = (value) => words.fixed(value / 1e9, 1);
    const blocks = [];
    if (years2.length > 1) {
      blocks.push(section(words.t("map.by_year"), table(
        [words.t("map.year"), words.t("map.new_sites"), words.t("map.on_sites"), words.t("map.unit.umkm"), words.t("map.unit.people")],
        years2.map((item) => [String(item.year), words.n(item.n_sites), words.n(item.n_sites_on), words.n(item.n_umkm_on), words.n(item.people_on)])
      )));
    }
    if (money.length > 1) {
      blocks.push(section(words.t("map.by_source"), el("p", { class: "note" }, words.t("map.by_source_why")), table(
        [words.t("map.field.funding_source"), words.t("map.year"), words.t("map.plan_figure.ceiling_idr"), words.t("map.spent"), words.t("map.left")],
        money.map((item) => [el("span", {}, String(item.funding_source), el("small", {}, item.payer ? ` ${item.payer}` : "")), String(item.year), billion(item.ceiling_idr), billion(item.spent_idr), billion(item.left_idr)])
      )));
    }
    return blocks;
  }

  // maps/assets/src/search.js
  var fold = (text2) => text2.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, " ").trim();
  function match(entries2, query, most) {
    const words = fold(query).split(" ").filter(Boolean);
    if (!words.length) return [];
    const found = [];
    entries2.forEach((entry, i) => {
      let score = entry.weight;
      for (const word of words) {
        const at = entry.folded.indexOf(word);
        if (at < 0) return;
        score += at === 0 ? 0 : entry.folded[at - 1] === " " ? 1 : 3;
      }
      found.push([score, i, entry]);
    });
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, most).map((item) => item[2]);
  }
  function entries(app) {
    const { data, words } = app;
    const list = [];
    const weight = (
      /** @type {Record<string, number>} */
      { provinsi: 0, kabupaten: 0, kecamatan: 2, desa: 3 }
    );
    for (const [level, table2] of data.areas) {
      if (level === "hexagon") continue;
      for (let row = 0; row < table2.n; row++) {
        const code = table2.text("code", row);
        const name = table2.text("name", row);
        list.push({ text: name || code, folded: fold(`${name} ${code} ${code.replaceAll(".", "")}`), kind: words.t(`area_levels_short.${level}`), under: code, weight: weight[level] ?? 3, open: () => app.openArea(level, row) });
      }
    }
    for (
      const [layer, key, w] of
      /** @type {[string, string, number][]} */
      [["sites", "site_id", 1], ["fiber_nodes", "node_id", 4], ["gateways", "gateway_id", 4], ["proposals", "proposal_id", 4], ["bts", "bts_id", 5]]
    ) {
      const table2 = data.layers.get(layer);
      for (let row = 0; table2 && row < table2.n; row++) {
        const id = table2.text(key, row);
        const name = table2.text("name", row);
        list.push({ text: name || id, folded: fold(`${name} ${id}`), kind: words.t(`map.layer_one.${layer}`), under: id, weight: w, open: () => app.openRow(layer, row) });
      }
    }
    return list;
  }
  function searchBox(app) {
    const { words } = app;
    let all = null;
    let chosen = -1;
    let shown = [];
    const list = el("ul", { class: "found", id: "found", role: "listbox", hidden: true });
    const input = (
      /** @type {HTMLInputElement} */
      el("input", {
        type: "search",
        id: "search",
        autocomplete: "off",
        spellcheck: "false",
        placeholder: words.t("map.search"),
        "aria-label": words.t("map.search"),
        role: "combobox",
        "aria-expanded": "false",
        "aria-controls": "found",
        "aria-autocomplete": "list",
        on: { input: () => show(), focus: () => show(), keydown: onKey, blur: () => setTimeout(() => close(), 150) }
      })
    );
    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function open(i) {
      const entry = shown[i];
      if (!entry) return;
      input.value = entry.text.slice(0, 80);
      close();
      entry.open();
    }
    function show() {
      all ??= entries(app);
      shown = match(all, input.value, 8);
      if (!input.value.trim()) return close();
      fill(list, ...shown.length ? shown.map((entry, i) => el(
        "li",
        { role: "option", id: `found-${i}`, "aria-selected": String(i === chosen), on: { mousedown: (e) => {
          e.preventDefault();
          open(i);
        } } },
        el("span", {}, entry.text.slice(0, 80)),
        el("small", {}, `${entry.kind} · ${entry.under.slice(0, 40)}`)
      )) : [el("li", { class: "none" }, words.t("map.search_none"))]);
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      if (chosen >= 0) input.setAttribute("aria-activedescendant", `found-${chosen}`);
    }
    function onKey(event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        chosen = shown.length ? (chosen + (event.key === "ArrowDown" ? 1 : shown.length - 1) + (chosen < 0 && event.key === "ArrowUp" ? 1 : 0)) % shown.length : -1;
        show();
      } else if (event.key === "Enter") open(Math.max(0, chosen));
      else if (event.key === "Escape") close();
    }
    return el("div", { class: "search" }, input, list);
  }

  // maps/assets/src/panel.js
  var TABS2 = ["overview", "areas", "sites", "layers", "about"];
  function makePanel(app, panel) {
    const head = el("header", { class: "head" });
    const tabs = el("nav", { class: "tabs", role: "tablist" });
    const body = el("div", { class: "body", id: "body", role: "tabpanel", tabindex: "0" });
    const grip = el("button", { type: "button", class: "grip" });
    const aside = el("div", { class: "dock-place" });
    fill(panel, grip, head, tabs, aside, body);
    sheet2(panel, grip);
    function drawHead() {
      const { words, data, state } = app;
      const title = data.meta.title[words.lang] || data.meta.title.id || "Merata";
      const langs = el("div", { class: "langs", role: "group", "aria-label": words.t("map.language") });
      for (
        const lang of
        /** @type {const} */
        ["id", "en"]
      ) {
        langs.append(el("button", { type: "button", lang, "aria-pressed": String(words.lang === lang), "aria-label": lang === "id" ? "ID, Bahasa Indonesia" : "EN, English", on: { click: () => state.set({ lang }) } }, lang.toUpperCase()));
      }
      fill(
        head,
        el("div", { class: "brand" }, el("span", {}, "Merata"), langs),
        el("h1", {}, title),
        el("p", { class: "when" }, data.meta.date ? words.t("map.as_of", { date: words.date(data.meta.date) }) : ""),
        atlasLinks(app),
        searchBox(app)
      );
      grip.setAttribute("aria-label", words.t("map.sheet"));
      panel.setAttribute("aria-label", words.t("map.panel"));
      document.documentElement.lang = words.lang;
      document.title = `${title} · Merata`;
    }
    function drawTabs() {
      const { words, state } = app;
      fill(tabs, ...TABS2.filter((tab) => tab !== "layers" || app.isPhone()).map((tab) => el("button", {
        type: "button",
        role: "tab",
        "aria-selected": String(state.now.tab === tab),
        "aria-controls": "body",
        on: { click: () => {
          state.set({ tab });
          raise(panel);
        } }
      }, words.t(`map.tab.${tab}`))));
    }
    function drawBody() {
      const { words, data, state } = app;
      const { tab, selection } = state.now;
      panel.dataset.tab = tab;
      body.setAttribute("aria-label", words.t(tab === "detail" ? "map.detail" : `map.tab.${tab}`));
      if (tab === "detail" && selection) {
        const back = el("button", { type: "button", class: "back", on: { click: () => state.set({ tab: "overview", selection: null }) } }, `‹ ${words.t("map.back")}`);
        fill(body, back, ...detail(app, selection));
      } else if (tab === "areas") {
        const level = rankedLevel(app);
        const rows = level ? ranked(app, level) : [];
        fill(body, section(words.t("map.areas_title"), el("p", { class: "note" }, words.t("map.areas_why")), unitPicker(app), gapPicker(app), rows.length ? rankTable(app, level, rows) : empty(words.t("map.empty.totals"))));
      } else if (tab === "sites") fill(body, sitesView(), ...programme(app));
      else if (tab === "layers" && app.isPhone()) legend(app, body);
      else if (tab === "about") fill(body, ...about());
      else overview(app, body);
    }
    function sitesView() {
      const { words, data } = app;
      const groups = [...sitesByArea(app)].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
      const box = section(words.t("map.sites_title"), el("p", { class: "note" }, chip(words.t("map.indicative"), "mark"), " ", words.t("map.indicative_why")));
      if (!groups.length) box.append(empty(words.t(data.layers.has("sites") || data.frontier ? "map.empty.sites_in_view" : "map.empty.sites")));
      const isOwn = isWholePlan(app);
      groups.forEach(([code, rows], i) => {
        const known = isOwn ? data.json.plan.by_kabupaten?.[code] : void 0;
        const cost = known?.cost_idr ?? sumOf(app, "cost_idr", rows);
        const umkm = known?.n_umkm_new ?? sumOf(app, "n_umkm_new", rows);
        box.append(el(
          "details",
          { class: "group", ...i < 2 ? { open: true } : {} },
          el("summary", {}, el("span", {}, app.areaName(code)), el("small", {}, words.t("map.group_sum", { n: words.n(rows.length), umkm: words.n(umkm), cost: words.idr(cost) }))),
          siteList(app, rows)
        ));
      });
      return box;
    }
    function about() {
      const { words, data } = app;
      const notices = el("ul", { class: "notices" });
      for (const notice of data.meta.notices) notices.append(el("li", {}, words.t(`map.notice.${notice.code}`, spoken(app, notice.fields))));
      if (!data.meta.notices.some((notice) => notice.code === "desk_study")) notices.append(el("li", {}, words.t("map.notice.desk_study")));
      const credits = el("ul", { class: "notices" }, ...data.meta.credits.map((name) => el("li", {}, name)));
      return [
        section(words.t("map.about_title"), notices),
        evidence(app),
        ledger(app),
        ...beams(app, ""),
        credits.childElementCount ? section(words.t("map.sources"), credits) : null,
        section(words.t("map.trace"), facts([[words.t("map.run"), data.meta.run], [words.t("map.date"), words.date(data.meta.date)]]), el("p", { class: "note" }, words.t("map.offline")))
      ].filter((node) => node !== null);
    }
    drawHead();
    drawTabs();
    drawBody();
    app.state.listen((changed) => {
      if (changed.has("lang") || changed.has("point")) keepFocus(head, drawHead);
      if (changed.has("lang") || changed.has("tab")) keepFocus(tabs, drawTabs);
      if (["lang", "tab", "unit", "gap", "selection", "point", "year", "priority", "filters"].some((key) => changed.has(key)) || app.isPhone() && app.state.now.tab === "layers") {
        const isNew = (changed.has("tab") || changed.has("selection")) && !changed.has("point");
        const top = isNew ? 0 : body.scrollTop;
        if (isNew) drawBody();
        else keepFocus(body, drawBody);
        body.scrollTop = top;
        if (isNew && app.state.now.selection) raise(panel);
      }
    });
    window.matchMedia(PHONE).addEventListener("change", () => {
      if (app.state.now.tab === "layers") app.state.set({ tab: "overview" });
      drawTabs();
    });
  }
  function atlasLinks(app) {
    const { index, whole } = app.data.json.atlas;
    if (!index) return null;
    const link = (href, key) => el("a", { href }, app.words.t(key));
    return el("nav", { class: "atlas-links", "aria-label": app.words.t("map.atlas") }, link(index, "map.atlas_list"), whole && link(whole, "map.atlas_whole"));
  }
  function raise(panel) {
    if (panel.dataset.sheet === "low") panel.dataset.sheet = "half";
  }
  function sheet2(panel, grip) {
    const steps = ["low", "half", "full"];
    panel.dataset.sheet = "half";
    let startY = NaN;
    const step = (by) => {
      const at = steps.indexOf(panel.dataset.sheet ?? "half");
      panel.dataset.sheet = steps[Math.max(0, Math.min(2, at + by))];
    };
    grip.addEventListener("pointerdown", (event) => {
      startY = event.clientY;
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointerup", (event) => {
      const moved = event.clientY - startY;
      startY = NaN;
      if (Math.abs(moved) > 24) step(moved < 0 ? moved < -260 ? 2 : 1 : moved > 260 ? -2 : -1);
      else step(panel.dataset.sheet === "full" ? -2 : 1);
    });
    grip.addEventListener("keydown", (event) => {
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        step(event.key === "ArrowUp" ? 1 : -1);
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        step(panel.dataset.sheet === "full" ? -2 : 1);
      }
    });
  }

  // maps/assets/src/stage.js
  function makeStage(painters) {
    const Stage = L.Renderer.extend({
      options: { padding: 0.25 },
      _initContainer() {
        const canvas = this._container = document.createElement("canvas");
        canvas.setAttribute("aria-hidden", "true");
        this._ctx = canvas.getContext("2d");
      },
      _destroyContainer() {
        this._container.remove();
        delete this._container;
        delete this._ctx;
      },
      _updatePaths() {
      },
      _update() {
        if (this._map._animatingZoom && this._bounds) return;
        L.Renderer.prototype._update.call(this);
        const canvas = this._container;
        const size = this._bounds.getSize();
        const ratio = Math.min(window.devicePixelRatio || 1, 2);
        L.DomUtil.setPosition(canvas, this._bounds.min);
        canvas.width = Math.round(ratio * size.x);
        canvas.height = Math.round(ratio * size.y);
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
        this.paint();
      },
      paint() {
        if (!this._map || !this._bounds) return;
        const view = this.view();
        const { ctx, ratio, width, height } = view;
        ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
        ctx.clearRect(0, 0, width, height);
        const start2 = performance.now();
        for (const painter of painters()) {
          ctx.save();
          painter(view);
          ctx.restore();
        }
        this.paintMs = performance.now() - start2;
      },
      /** @returns {View} */
      view() {
        const origin = this._map.getPixelOrigin();
        const zoom = this._map.getZoom();
        const size = this._bounds.getSize();
        return {
          ctx: this._ctx,
          zoom,
          scale: 256 * 2 ** zoom / WORLD,
          ox: origin.x + this._bounds.min.x,
          oy: origin.y + this._bounds.min.y,
          width: size.x,
          height: size.y,
          ratio: Math.min(window.devicePixelRatio || 1, 2)
        };
      }
    });
    return new /** @type {any} */
    Stage();
  }

  // maps/assets/src/main.js
  var byId = (id) => (
    /** @type {HTMLElement} */
    document.getElementById(id)
  );
  async function start() {
    const map = (
      /** @type {any} */
      window.map_merata
    );
    const data = await readData(document);
    orderOperators(data.operators);
    const { view: linkedView, ...linked } = readLink(window.location.hash, data);
    const on = new Set(data.styles.filter((style) => style.is_on).map((style) => style.key));
    const unit = ["umkm", "people", "desa", "facilities"].find((name) => data.json.totals[name]) ?? "umkm";
    const state = new State({
      lang: data.meta.language,
      unit,
      gap: firstGap(data, unit),
      areaLevel: "auto",
      on,
      tab: "overview",
      selection: null,
      filters: {},
      point: data.frontier?.own ?? -1,
      year: null,
      priority: "",
      ...linked
    });
    const words = new Words(data.json.words, state.now.lang);
    const app = new App(data, state, words, map);
    state.listen(() => {
      words.lang = state.now.lang;
    });
    const faint = () => [...state.now.on].some((key) => data.style(key)?.kind === "raster" || ["cells", "umkm"].includes(key) && map.getZoom() >= 9);
    const visible = () => data.styles.filter((style) => state.now.on.has(style.key) && app.hasRows(style) && (style.min_zoom ?? 0) <= map.getZoom());
    const stage = makeStage(() => {
      const list = [(view) => paintLand(view, data)];
      let isBordered = false;
      let isNamed = false;
      for (const style of visible()) {
        if (style.kind === "points" && !isNamed && isBordered) {
          list.push((view) => paintLabels(view, data, state));
          isNamed = true;
        }
        if (style.order >= 40 && !isBordered) {
          list.push((view) => paintBorders(view, data, state));
          isBordered = true;
        }
        list.push((view) => {
          const table2 = data.layers.get(style.source);
          if (style.kind === "fill") paintFill(view, data, style, state, faint(), (code) => app.isPriority(code));
          else if (style.kind === "hatch") paintDoubt(view, data, style, state);
          else if (style.kind === "raster") paintRaster(view, data, style, state);
          else if (style.kind === "cells") paintCells(view, data, style, keepCell(app, style));
          else if (style.kind === "mass") paintMass(view, data, style, keepMass(app, style));
          else if (style.kind === "polygons" && table2) paintPolygons(view, table2, style, keepRow(app, style, table2));
          else if (style.kind === "lines" && table2) paintLines(view, table2, style, keepRow(app, style, table2));
          else if (style.kind === "points" && table2) paintPoints(view, table2, style, keepRow(app, style, table2));
        });
      }
      if (!isBordered) list.push((view) => paintBorders(view, data, state));
      if (!isNamed) list.push((view) => paintLabels(view, data, state));
      list.push((view) => paintSelection(view, data, state));
      if (data.meta.synthetic) list.push((view) => paintWatermark(view, "DATA SINTETIS · SYNTHETIC DATA"));
      return list;
    });
    stage.addTo(map);
    L.control.zoom({ position: "topleft" }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    const asked = askedFor(window.location.hash);
    if (data.frontier && state.now.point >= 0 && state.now.point !== data.frontier.own) app.choosePoint(state.now.point);
    const selection = selectionOf(data, asked);
    if (selection) state.set({ selection, tab: "detail" });
    makePanel(app, byId("panel"));
    const sliders = byId("dock");
    const placeDock = () => (app.isPhone() ? document.querySelector(".dock-place") : byId("stage"))?.append(sliders);
    placeDock();
    makeDock(app, sliders);
    const [west, south, east, north] = data.meta.bounds;
    if (linkedView) map.setView([linkedView[1], linkedView[2]], linkedView[0], { animate: false });
    else app.fit(west, south, east, north, true);
    const host = byId("legend-host");
    const keepLink = () => {
      const { lat, lng } = map.getCenter();
      try {
        window.history.replaceState(null, "", writeLink(data, state.now, { zoom: map.getZoom(), lat, lng }));
      } catch {
      }
    };
    const drawAround = () => {
      if (!app.isPhone()) keepFocus(host, () => legend(app, host));
      else shortLegend(app, host);
      drawCredits(app);
      for (const node of document.querySelectorAll("[data-word]")) node.textContent = words.t(
        /** @type {HTMLElement} */
        node.dataset.word ?? ""
      );
      byId("map_merata").setAttribute("aria-label", words.t("map.aria"));
      const buttons = (
        /** @type {[string, string][]} */
        [[".leaflet-control-zoom-in", "map.zoom_plus"], [".leaflet-control-zoom-out", "map.zoom_minus"]]
      );
      for (const [selector, key] of buttons) {
        const button = document.querySelector(selector);
        button?.setAttribute("title", words.t(key));
        button?.setAttribute("aria-label", words.t(key));
      }
    };
    drawAround();
    state.listen((changed) => {
      if (["lang", "on", "unit", "gap", "areaLevel", "filters", "priority", "point"].some((key) => changed.has(key))) drawAround();
      if (["on", "unit", "gap", "areaLevel", "filters", "selection", "lang", "priority", "point", "year"].some((key) => changed.has(key))) stage.paint();
      keepLink();
    });
    window.matchMedia(PHONE).addEventListener("change", () => {
      placeDock();
      drawAround();
    });
    map.on("zoomend", () => {
      if (!app.isPhone()) keepFocus(host, () => legend(app, host));
    });
    map.on("moveend", keepLink);
    watchPointer(app, byId("hover"));
    map.on("click", (event) => {
      const { lat, lng } = event.latlng;
      const scale = 256 * 2 ** map.getZoom() / WORLD;
      const styles = visible().filter((style) => style.kind === "points" || style.kind === "lines").reverse();
      const found = pick(data, styles, unitX(lng), unitY(lat), scale, map.getZoom(), app.isPhone() ? 8 : 4, (style, table2) => keepRow(app, style, table2));
      state.set({ selection: found ?? { kind: "place", lon: lng, lat }, tab: "detail" });
    });
    document.addEventListener("pointerdown", () => delete document.documentElement.dataset.keys);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Tab") document.documentElement.dataset.keys = "";
      const target = (
        /** @type {HTMLElement} */
        event.target
      );
      if (event.key === "/" && !["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName)) {
        event.preventDefault();
        byId("search").focus();
      } else if (event.key === "Enter" && target === map.getContainer()) {
        const { lat, lng } = map.getCenter();
        state.set({ selection: { kind: "place", lon: lng, lat }, tab: "detail" });
      } else if (event.key === "Escape" && state.now.tab === "detail") state.set({ tab: "overview", selection: null });
    });
    state.listen((changed) => {
      if (changed.has("selection")) byId("status").textContent = document.querySelector(".detail-head")?.textContent ?? "";
    });
    window.matchMedia("print").addEventListener("change", () => {
      const seen = map.getBounds();
      map.invalidateSize({ animate: false, pan: false });
      map.fitBounds(seen.pad(-0.12), { animate: false });
    });
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
    window.merata = { map, state, stage, layers: data.styles.filter((style) => app.hasRows(style)).map((style) => style.key) };
  }
  function firstGap(data, unit) {
    const totals = data.json.totals[unit] ?? {};
    const whole = data.levels.reduce((total, level) => total + (totals[level] ?? 0), 0);
    return whole > 0 && totals.unserved < 0.02 * whole && totals.limited > totals.unserved ? "short" : "unserved";
  }
  function drawCredits(app) {
    const { words, data } = app;
    const n = data.meta.credits.length;
    const open = () => app.state.set({ tab: "about", selection: null });
    const sources = n ? el("button", { type: "button", on: { click: open } }, words.t("map.sources_n", { n })) : null;
    fill(byId("credits"), el("span", {}, words.t("map.indicative_line")), el("span", {}, sources, sources ? " · " : "", "Leaflet"));
    fill(byId("badges"), data.meta.synthetic && el("strong", { class: "badge" }, words.t("map.synthetic_badge")));
  }
  start().catch((error) => {
    const box = byId("fault");
    box.hidden = false;
    box.textContent = `Halaman ini memerlukan peramban yang lebih baru (2023 ke atas). / This page needs a newer browser (2023 or later). [${error}]`;
  });
})();
