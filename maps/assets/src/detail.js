// The answer to a click: what is here, and why.
// @ts-check
import { App } from "./app.js";
import { cellAt, umkmByLevel } from "./data.js";
import { el } from "./dom.js";
import { countsOf, missing, missingShare, sum } from "./measure.js";
import { distanceKm, latOf, lonOf, unitX, unitY } from "./mercator.js";
import { ID_OF } from "./link.js";
import { gapPicker, heroWords, ranked, rankTable, unitPicker } from "./overview.js";
import { chip, empty, facts, fieldValue, glyph, levelBar, section, valueByName } from "./parts.js";
import { areaAt } from "./pick.js";
import { pointClass } from "./paint.js";
import { isWholePlan, sitesByArea } from "./plans.js";
import { contains } from "./shapes.js";
import { siteList } from "./sites.js";
import { signalBlock, signalRows } from "./signal.js";
import { whyBlocks } from "./why.js";

/** @typedef {import("./state.js").Selection} Selection */

/** @param {App} app @param {Selection} chosen @returns {Node[]} */
export function detail(app, chosen) {
  if (chosen.kind === "area") return areaDetail(app, chosen.level, chosen.row);
  if (chosen.kind === "place") return placeDetail(app, chosen.lon, chosen.lat);
  return chosen.layer === "sites" ? siteDetail(app, chosen.row) : rowDetail(app, chosen.layer, chosen.row);
}

/** @param {App} app @param {string} kind @param {string} title @param {(string | Node | null)[]} under */
function heading(app, kind, title, under) {
  return el("header", { class: "detail-head" }, el("p", { class: "eyebrow" }, kind), el("h2", { class: "title" }, title), el("p", { class: "under" }, ...under));
}

/** @param {App} app @param {string} level @param {number} row @returns {Node[]} */
function areaDetail(app, level, row) {
  const { words, data, state } = app;
  const table = data.areas.get(level);
  if (!table) return [];
  const code = table.text("code", row);
  const counts = countsOf(table, row, state.now.unit, data.levels);
  const position = ranked(app, level).findIndex((item) => item.row === row);
  const place = position >= 0 ? words.t("map.rank_of", { n: position + 1, total: ranked(app, level).length }) : "";
  /** @type {(Node | null)[]} */
  const nodes = [heading(app, words.t(`area_levels.${level}`), app.areaLabel(level, row), [level === "hexagon" ? "" : words.t("map.code", { code }), place ? ` · ${place}` : ""])];
  if (counts) {
    const total = sum(counts);
    nodes.push(el("section", { class: "block" }, unitPicker(app), gapPicker(app),
      el("div", { class: "hero small" }, el("strong", {}, words.share(missingShare(counts, state.now.gap))), el("span", {}, heroWords(app), el("small", {}, words.t("map.hero_of", { n: words.n(missing(counts, state.now.gap)), total: words.n(total), unit: words.t(`map.unit_of.${state.now.unit}`) })))),
      levelBar(app, counts),
      facts([...data.levels.map((name, i) => /** @type {[string, string]} */ ([words.t(`map.level_short.${name}`), `${words.n(counts[i])} · ${words.share(total ? counts[i] / total : NaN)}`])),
        ...areaFigures(app, table, row)])));
  } else if (level !== "hexagon") nodes.push(empty(words.t("map.empty.area_totals")));
  nodes.push(scoreBlock(app, level, row));
  const page = data.json.atlas.pages?.[code];
  if (page) nodes.push(el("section", { class: "block" }, el("a", { class: "more", href: `atlas/${page}` }, words.t("map.atlas_page"), " ›")));
  if (level === "kabupaten") nodes.push(areaSites(app, code));
  nodes.push(areaSurveys(app, code), children(app, level, code));
  return nodes.filter((node) => node !== null);
}

/** What the plan adds and how sure the figures are. @param {App} app @param {import("./data.js").Table} table @param {number} row @returns {[string, string | null][]} */
function areaFigures(app, table, row) {
  const { words, state } = app;
  const added = isWholePlan(app) ? table.number(`${state.now.unit}_new`, row) : NaN;
  const confidence = table.number("confidence_share", row);
  const level = table.text("service_level", row);
  const cause = table.text("cause", row);
  return [
    [words.t("map.added"), added > 0 ? `+${words.n(added)}` : null],
    [words.t("map.desa_level"), level ? words.t(`levels.${level}`) : null],
    [words.t("map.field.cause"), cause ? words.t(`causes.${cause}`) : null],
    [words.t("map.field.confidence_share"), Number.isFinite(confidence) ? words.share(confidence, 0) : null],
  ];
}

/** @param {App} app @param {string} level @param {number} row */
function scoreBlock(app, level, row) {
  const { words, data } = app;
  const table = data.areas.get(level);
  if (!table?.has("score")) return null;
  const score = table.number("score", row);
  const parts = [...table.columns.keys()].filter((name) => name.startsWith("part_")).map((name) => {
    const key = name.slice(5);
    const weight = table.number(`weight_${key}`, row);
    return { key, part: table.number(name, row), raw: table.number(`raw_${key}`, row), weight };
  }).filter((item) => !(item.weight === 0)).sort((a, b) => (b.part * b.weight || 0) - (a.part * a.weight || 0) || (a.key < b.key ? -1 : 1));
  const list = el("ul", { class: "bars score" });
  for (const { key, part, raw, weight } of parts) {
    list.append(el("li", {}, el("span", {}, words.of("criteria", key), Number.isFinite(weight) && el("small", {}, ` ${words.t("map.weight", { share: words.share(weight, 0) })}`)),
      el("b", {}, Number.isFinite(raw) ? rawValue(app, key, raw) : words.t("map.no_data")),
      el("i", { style: { width: `${Number.isFinite(part) ? Math.max(1, 100 * part) : 0}%`, background: "#7d68b4" } })));
  }
  const low = table.number("score_low", row);
  const high = table.number("score_high", row);
  const range = Number.isFinite(low) && Number.isFinite(high) && high - low > 0.05 ? words.t("map.score_range", { low: words.n(low, 1), high: words.n(high, 1) }) : "";
  return section(words.t("map.score"), el("div", { class: "hero small" }, el("strong", {}, words.n(score, 1)), el("span", {}, words.t("map.score_of_100"), range && el("small", {}, range))), list);
}

/** Raw value of a criterion with its unit. @param {App} app @param {string} key @param {number} raw */
function rawValue(app, key, raw) {
  const { words } = app;
  const unit = app.data.json.criteria[key] ?? "";
  if (unit === "share") return words.share(raw);
  return unit === "km" ? `${words.n(raw, 1)} km` : `${words.n(raw)} ${words.of("map.unit_of", unit)}`;
}

/** @param {App} app @param {string} code */
function areaSites(app, code) {
  const { words } = app;
  const rows = sitesByArea(app).get(code) ?? [];
  return section(words.t("map.sites_here", { n: rows.length }), rows.length ? siteList(app, rows) : empty(words.t("map.empty.sites_here")));
}

/** @param {App} app @param {string} code */
function areaSurveys(app, code) {
  const { words, data } = app;
  const table = data.layers.get("surveys");
  const rows = [];
  for (let row = 0; table && row < table.n; row++) {
    const area = table.text("area_code", row);
    if (area === code || area.startsWith(`${code}.`)) rows.push(row);
  }
  if (!table || !rows.length) return null;
  const list = el("ul", { class: "sites" });
  for (const row of rows.slice(0, 20)) {
    list.append(el("li", {}, el("button", { type: "button", on: { click: () => app.openRow("surveys", row) } }, el("span", {}, app.areaName(table.text("area_code", row)), el("small", {}, words.of("map.settle", table.text("settle_with", row)))),
      el("b", {}, words.t("map.n_umkm", { n: words.n(table.number("n_umkm_unknown", row)) })))));
  }
  return section(words.t("map.surveys_here", { n: rows.length }), list);
}

/** @param {App} app @param {string} level @param {string} code */
function children(app, level, code) {
  const order = ["provinsi", "kabupaten", "kecamatan", "desa"];
  const below = order.slice(order.indexOf(level) + 1).find((name) => app.data.areas.has(name));
  if (level === "hexagon" || !below || order.indexOf(level) < 0) return null;
  const table = app.data.areas.get(below);
  const rows = ranked(app, below, (row) => (table?.text("code", row) ?? "").startsWith(`${code}.`));
  if (!rows.length) return null;
  return section(app.words.t("map.inside", { level: app.words.t(`area_levels_short.${below}`) }), rankTable(app, below, rows.slice(0, 40)));
}

/** @param {App} app @param {number} row @returns {Node[]} */
function siteDetail(app, row) {
  const { words, data } = app;
  const table = data.layers.get("sites");
  if (!table) return [];
  const n = table.number("n_umkm_new", row);
  const cost = table.number("cost_idr", row);
  const path = table.text("backhaul_path", row).split(">").map((part) => part.trim()).filter(Boolean);
  return [
    heading(app, words.t("map.site"), table.text("name", row) || table.text("site_id", row), [app.chain(table.text("area_code", row)).join(", ")]),
    el("section", { class: "block" }, el("p", { class: "note" }, chip(words.of("map.status", table.text("status", row) || "indicative"), "mark"), " ", words.t("map.indicative_why")),
      el("p", { class: "because" }, words.t("map.because", { umkm: words.n(n), people: words.n(table.number("people_new", row)), cost: words.idr(cost), each: n > 0 ? words.idr(cost / n) : "–" }))),
    ...whyBlocks(app, table.text("why", row), (id) => nodeName(app, id)),
    aroundBlock(app, table, row),
    section(words.t("map.detail"),
      facts([
        [words.t("map.field.site_type"), words.of("map.site_type", table.text("site_type", row))],
        [words.t("map.field.backhaul"), words.of("map.backhaul", table.text("backhaul", row))],
        [words.t("map.field.access_mode"), words.of("map.access", table.text("access_mode", row))],
        [words.t("map.field.capacity_mbps"), `${words.n(table.number("capacity_mbps", row), 1)} Mbit/s`],
        [words.t("map.field.demand_mbps"), `${words.n(table.number("demand_mbps", row), 1)} Mbit/s`],
        [words.t("map.field.capex_idr"), words.idr(table.number("capex_idr", row))],
        [words.t("map.field.opex_idr_per_year"), words.idr(table.number("opex_idr_per_year", row))],
        [words.t("map.field.year"), Number.isFinite(table.number("year", row)) ? String(table.number("year", row)) : null],
        [words.t("map.field.payer"), table.text("payer", row) || null],
        [words.t("map.field.funding_source"), table.text("funding_source", row) || null],
        [words.t("map.field.cost_idr"), words.idr(cost)],
        [words.t("map.field.path"), path.length > 1 ? path.map((node) => nodeName(app, node)).join(" → ") : null],
        [words.t("map.field.place"), words.place(table.lon(row), table.lat(row))],
        ["ID", table.text("site_id", row)],
      ])),
    hopsBlock(app, path),
  ].filter((node) => node !== null);
}

const AROUND_KM = 5;

/** What service is like around a place today. @param {App} app @param {import("./data.js").Table} table @param {number} row */
function aroundBlock(app, table, row) {
  const { words, data } = app;
  const cells = data.cells;
  if (!cells) return null;
  const [lon, lat] = [table.lon(row), table.lat(row)];
  const reach = AROUND_KM / 111 / Math.cos((lat * Math.PI) / 180);
  const [x0, x1, y0, y1] = [unitX(lon - reach), unitX(lon + reach), unitY(lat + reach), unitY(lat - reach)];
  const counts = data.levels.map(() => 0);
  /** @type {Map<string, number>} */
  const why = new Map();
  for (let i = 0; i < cells.n; i++) {
    if (cells.x[i] < x0 || cells.x[i] > x1 || cells.y[i] < y0 || cells.y[i] > y1) continue;
    if (distanceKm(lon, lat, lonOf(cells.x[i]), latOf(cells.y[i])) > AROUND_KM) continue;
    umkmByLevel(cells, data.levels, i).forEach((n, k) => (counts[k] += n));
    const cause = causeOf(app, i);
    if (cause) why.set(cause, (why.get(cause) ?? 0) + cells.umkm[i] * (1 - cells.served[i] / 100));
  }
  const total = sum(counts);
  const rows = /** @type {[string, string | null][]} */ ([...why].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([cause, n]) => [words.t(`causes.${cause}`), words.t("map.n_umkm", { n: words.n(n) })]));
  const candidates = data.layers.get("candidates");
  const at = candidates ? candidates.find("candidate_id", table.text("candidate_id", row)) : -1;
  if (candidates && at >= 0) rows.push([words.t("map.field.generator"), words.of("map.generator", candidates.text("generator", at))]);
  return section(words.t("map.around", { km: AROUND_KM }), total > 0 ? levelBar(app, counts) : null,
    facts([...data.levels.map((level, i) => /** @type {[string, string | null]} */ ([words.t(`map.level_short.${level}`), counts[i] > 0 ? words.t("map.n_umkm", { n: words.n(counts[i]) }) : null])), ...rows, ...signalRows(app, lon, lat)]));
}

/** Why a cell, or part of a served one, is not served; "" where all of it is. @param {App} app @param {number} i */
function causeOf(app, i) {
  const cells = /** @type {import("./data.js").Cells} */ (app.data.cells);
  const causes = app.data.json.vocabulary.causes;
  return causes[cells.cause[i]] || (cells.rest?.[i] ? causes[cells.rest[i] - 1] : "");
}

/** The links from a site to the backbone, hop by hop. @param {App} app @param {string[]} path */
function hopsBlock(app, path) {
  const { words, data } = app;
  const links = data.layers.get("links");
  if (!links || path.length < 2) return null;
  const list = el("ul", { class: "sites" });
  for (let i = 0; i + 1 < path.length; i++) {
    for (let row = 0; row < links.n; row++) {
      const ends = [links.text("from_id", row), links.text("to_id", row)];
      if (!ends.includes(path[i]) || !ends.includes(path[i + 1])) continue;
      list.append(el("li", {}, el("button", { type: "button", on: { click: () => app.openRow("links", row) } },
        el("span", {}, `${nodeName(app, path[i])} → ${nodeName(app, path[i + 1])}`, el("small", {}, words.of("map.backhaul", links.text("technology", row)))),
        el("b", {}, `${words.n(links.number("length_km", row), 1)} km`, el("small", {}, `${words.n(links.number("load_mbps", row), 1)} / ${words.n(links.number("capacity_mbps", row))} Mbit/s`)))));
      break;
    }
  }
  return list.childElementCount ? section(words.t("map.hops"), list) : null;
}

/** Name of a node of the network: a place, a tower, a landing. @param {App} app @param {string} id @returns {string} */
function nodeName(app, id) {
  const bare = id.replace(/^(root|relay|beam|place):/, "");
  if (bare !== id) {
    const name = nodeName(app, bare);
    return id.startsWith("relay:") ? app.words.t("map.relay_at", { name }) : name;
  }
  for (const [layer, key] of [["sites", "candidate_id"], ["candidates", "candidate_id"], ["fiber_nodes", "node_id"], ["gateways", "gateway_id"]]) {
    const table = app.data.layers.get(layer);
    const row = table ? table.find(key, id) : -1;
    if (table && row >= 0) return table.text("name", row) || id;
  }
  const bts = app.data.layers.get("bts");
  const row = bts ? bts.find("bts_id", id) : -1;
  return bts && row >= 0 ? `${bts.text("operator", row)} ${id}` : id;
}

/** @param {App} app @param {string} layer @param {number} row @returns {Node[]} */
function rowDetail(app, layer, row) {
  const { words, data } = app;
  const table = data.layers.get(layer);
  const style = data.styleOf(layer);
  if (!table || !style) return [];
  const id = layer === "surveys" ? "" : table.text(ID_OF[layer] ?? "", row);
  const area = table.text("area_code", row);
  const title = table.text("name", row) || (area && app.areaName(area)) || id || words.t(`map.layer.${style.key}`);
  const rows = /** @type {[string, string][]} */ ((style.fields ?? []).map((/** @type {any} */ field) => [words.t(`map.field.${field.label ?? field.key}`), fieldValue(app, field, table, row)]));
  if (layer === "links") {
    rows.unshift([words.t("map.field.from"), nodeName(app, table.text("from_id", row))], [words.t("map.field.to"), nodeName(app, table.text("to_id", row))]);
  }
  if (table.x.length) rows.push([words.t("map.field.place"), words.place(table.lon(row), table.lat(row))]);
  if (id && id !== title) rows.push(["ID", id]);
  const nodes = [heading(app, words.t(`map.layer_one.${style.key}`), title, [area && area !== title ? words.t("map.code", { code: area }) : ""]), el("section", { class: "block" }, facts(rows))];
  return layer === "gateways" ? [...nodes, ...beams(app, table.text("satellite_id", row))] : nodes;
}

/** @param {App} app @param {number} lon @param {number} lat @returns {Node[]} */
function placeDetail(app, lon, lat) {
  const { words, data } = app;
  const cell = data.cells ? cellAt(data.cells, lon, lat) : -1;
  const [ux, uy] = [unitX(lon), unitY(lat)];
  const areas = ["desa", "kecamatan", "kabupaten"].map((level) => ({ level, row: areaAt(data, level, ux, uy) })).filter((item) => item.row >= 0);
  const title = areas.length ? app.areaLabel(areas[0].level, areas[0].row) : words.t("map.here");
  const above = areas.slice(1).map((item) => app.areaLabel(item.level, item.row)).join(", ");
  /** @type {Node[]} */
  const nodes = [heading(app, words.t("map.why_here"), title, [above ? `${above} · ` : "", words.place(lon, lat)])];
  nodes.push(cell >= 0 ? cellBlock(app, cell, lon, lat) : el("section", { class: "block" }, empty(words.t(data.json.cells ? "map.empty.cell" : "map.empty.cells"))));
  const signal = signalBlock(app, lon, lat);
  if (signal) nodes.push(signal);
  if (areas.length) {
    const list = el("ul", { class: "sites" });
    for (const item of areas) {
      const counts = countsOf(/** @type {any} */ (data.areas.get(item.level)), item.row, app.state.now.unit, data.levels);
      list.append(el("li", {}, el("button", { type: "button", on: { click: () => app.openArea(item.level, item.row) } },
        el("span", {}, app.areaLabel(item.level, item.row), el("small", {}, words.t(`area_levels.${item.level}`))), counts && el("b", {}, words.share(missingShare(counts, app.state.now.gap)), el("small", {}, words.t(`map.rank.${app.state.now.gap}`))))));
    }
    nodes.push(section(words.t("map.areas_here"), list));
  }
  const around = insideBlock(app, ux, uy);
  if (around) nodes.push(around);
  const page = pageHere(app, areas, lon, lat);
  if (page) nodes.push(page);
  return nodes;
}

/** Areas of other layers that a place lies in: where nothing may be built, beams of satellites. @param {App} app @param {number} ux @param {number} uy */
function insideBlock(app, ux, uy) {
  const { words, data } = app;
  const list = el("ul", { class: "sites" });
  for (const layer of ["exclusions", "beams"]) {
    const table = data.layers.get(layer);
    for (let row = 0; table?.shapes && row < table.n; row++) {
      if (!contains(table.shapes, row, ux, uy)) continue;
      const kind = layer === "exclusions" ? words.of("map.exclusion", table.text("kind", row)) : words.t("map.layer_one.beams");
      list.append(el("li", {}, el("button", { type: "button", on: { click: () => app.openRow(layer, row) } }, el("span", {}, rowTitle(app, layer, table, row), el("small", {}, kind)))));
    }
  }
  return list.childElementCount ? section(words.t("map.inside_here"), list) : null;
}

/** From the page of the whole to the same place on its kabupaten's page, which knows who serves each point. @param {App} app @param {{level: string, row: number}[]} areas @param {number} lon @param {number} lat */
function pageHere(app, areas, lon, lat) {
  const { words, data, state, map } = app;
  const codes = areas.map((item) => data.areas.get(item.level)?.text("code", item.row) ?? "");
  const code = codes.find((name) => data.json.atlas.pages?.[name]);
  if (!code) return null;
  const view = [Math.max(11, map.getZoom()).toFixed(2), lat.toFixed(4), lon.toFixed(4), words.lang, [...state.now.on].sort().join("+")].join("/");
  const href = `atlas/${data.json.atlas.pages[code]}#${view}/at=place%3A${lon.toFixed(5)}%3A${lat.toFixed(5)}`;
  return el("section", { class: "block" }, el("p", { class: "note" }, words.t("map.atlas_pixel")), el("a", { class: "more", href }, words.t("map.atlas_page"), " ›"));
}

/** @param {App} app @param {string} layer @param {import("./data.js").Table} table @param {number} row */
function rowTitle(app, layer, table, row) {
  return table.text("name", row) || table.text(ID_OF[layer] ?? "", row) || app.words.t(`map.layer_one.${layer}`);
}

/** The way to a beam's outline; that there is none is said. @param {App} app @param {string} beam */
function outlineOf(app, beam) {
  const row = app.data.layers.get("beams")?.find("beam_id", beam) ?? -1;
  if (row < 0) return app.words.t("map.outline_unknown");
  return el("button", { type: "button", class: "link", on: { click: () => app.openRow("beams", row) } }, app.words.t("map.outline_show"));
}

/** Beams of a satellite: what they carry, what is promised, what is left. @param {App} app @param {string} satellite @returns {Node[]} */
export function beams(app, satellite) {
  const { words, data } = app;
  return data.json.satellite.filter((/** @type {any} */ beam) => !satellite || beam.satellite_id === satellite).map((/** @type {any} */ beam) => section(`${beam.satellite_id} · ${beam.beam_id}`, facts([
    [words.t("map.field.capacity_mbps"), `${words.n(beam.capacity_mbps)} Mbit/s`], [words.t("map.field.committed_mbps"), `${words.n(beam.committed_mbps)} Mbit/s`],
    [words.t("map.field.free_mbps"), `${words.n(Math.max(0, beam.capacity_mbps - beam.committed_mbps))} Mbit/s`],
    [words.t("map.field.orbit_deg"), `${words.n(beam.orbit_deg, 1)}°`], [words.t("map.field.evidence"), words.of("evidence", beam.evidence ?? "")], [words.t("map.field.outline"), outlineOf(app, beam.beam_id)], [words.t("map.field.source"), beam.source ?? ""],
  ])));
}

/** @param {App} app @param {number} i @param {number} lon @param {number} lat */
function cellBlock(app, i, lon, lat) {
  const { words, data } = app;
  const cells = /** @type {import("./data.js").Cells} */ (data.cells);
  const level = data.levels[cells.level[i]];
  const cause = data.json.vocabulary.causes[cells.cause[i]];
  const rest = causeOf(app, i);
  const server = cells.server.at(i);
  const bts = data.layers.get("bts");
  const row = bts && server ? bts.find("bts_id", server) : -1;
  const name = bts && row >= 0 ? `${bts.text("operator", row)} ${bts.text("technology", row)} · ${words.n(distanceKm(lon, lat, bts.lon(row), bts.lat(row)), 1)} km` : server;
  const link = row >= 0 ? el("button", { type: "button", class: "link", on: { click: () => app.openRow("bts", row) } }, name) : name;
  return el("section", { class: "block" },
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
      [words.t("map.unit.facilities"), words.n(cells.facilities[i])],
    ]));
}
