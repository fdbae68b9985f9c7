// Why the signal at a place is what it is: who serves it, what the way costs, what is left over.
// @ts-check
import { meaning, rasterAt } from "./data.js";
import { el } from "./dom.js";
import { distanceKm } from "./mercator.js";
import { facts, section } from "./parts.js";

/** @typedef {import("./app.js").App} App */

/** Free-space loss, dB (ITU-R P.525-4, eq. 4). @param {number} km @param {number} mhz */
export const freeSpaceDb = (km, mhz) => 32.4 + 20 * Math.log10(Math.max(km, 0.01)) + 20 * Math.log10(mhz);

/** Signal of all operators together, dBm; NaN where there is none. @param {App} app @param {number} lon @param {number} lat */
function bestDbm(app, lon, lat) {
  const raster = app.data.rasters.get("coverage_rsrp_dbm");
  const value = raster ? rasterAt(raster, lon, lat) : 0;
  return value ? value - 200 : NaN;
}

/** @param {App} app @param {number} lon @param {number} lat @returns {[string, string | null][]} */
export function signalRows(app, lon, lat) {
  const { words, data } = app;
  const level = bestDbm(app, lon, lat);
  const operator = data.rasters.get("coverage_operator");
  const best = operator ? operator.operators[rasterAt(operator, lon, lat) - 1] : undefined;
  return [
    [words.t("map.field.rsrp_dbm"), data.rasters.has("coverage_rsrp_dbm") ? (Number.isFinite(level) ? `${words.n(level)} dBm` : words.t("map.no_signal")) : null],
    [words.t("map.field.best_operator"), best ?? null],
    ...stepRows(app, lon, lat),
  ];
}

/** How good the best signal is and how likely it is to be enough, in the steps the page holds. @param {App} app @param {number} lon @param {number} lat @returns {[string, string | null][]} */
function stepRows(app, lon, lat) {
  const { words, data } = app;
  const at = (/** @type {string} */ name) => {
    const raster = data.rasters.get(name);
    return raster ? meaning(raster, rasterAt(raster, lon, lat)) : NaN;
  };
  const [sinr, share] = [at("coverage_sinr_db"), at("coverage_probability_share")];
  return [
    [words.t("map.field.sinr_db"), Number.isFinite(sinr) ? words.t("map.from_to_db", { low: words.n(sinr), high: words.n(sinr + 4) }) : null],
    [words.t(`map.field.probability_${data.meta.place}`), Number.isFinite(share) ? `≥ ${words.share(share, 0)}` : null],
  ];
}

/** @param {App} app @param {number} lon @param {number} lat */
export function signalBlock(app, lon, lat) {
  const { words, data } = app;
  if (!data.rasters.has("coverage_rsrp_dbm")) return null;
  const level = bestDbm(app, lon, lat);
  const server = data.rasters.get("server");
  const row = server ? rasterAt(server, lon, lat) - 1 : -1;
  const own = row >= 0 && data.servers ? data.servers.number("needed_dbm", row) : NaN; // the threshold, or the way up
  const needed = Number.isFinite(own) ? own : data.meta.threshold_dbm;
  const rows = signalRows(app, lon, lat);
  if (typeof needed === "number" && Number.isFinite(level)) rows.push([words.t("map.field.margin_db"), signed(app, level - needed)]);
  return section(words.t("map.signal"), facts(rows), row >= 0 ? serverFacts(app, row, lon, lat, level) : null, operatorFacts(app, lon, lat));
}

/** The server in view, and the way from it taken apart. @param {App} app @param {number} row @param {number} lon @param {number} lat @param {number} level */
function serverFacts(app, row, lon, lat, level) {
  const { words, data } = app;
  const table = /** @type {import("./data.js").Table} */ (data.servers);
  const km = distanceKm(lon, lat, table.lon(row), table.lat(row));
  const [whole, mhz, load] = ["zero_loss_dbm", "band_mhz", "load_share"].map((name) => table.number(name, row));
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
    [words.t("map.field.lead_db"), lead > 0 ? signed(app, lead - 1) : null],
  ]);
}

/** @param {App} app @param {number} db */
const signed = (app, db) => `${db > 0 ? "+" : ""}${app.words.n(db, 1)} dB`;

/** @param {App} app @param {number} row */
function serverName(app, row) {
  const { data } = app;
  const table = /** @type {import("./data.js").Table} */ (data.servers);
  const id = table.text("bts_id", row);
  const name = [table.text("operator", row), id].filter(Boolean).join(" · ");
  const bts = data.layers.get("bts");
  const at = bts ? bts.find("bts_id", id) : -1;
  return at >= 0 ? el("button", { type: "button", class: "link", on: { click: () => app.openRow("bts", at) } }, name) : name;
}

/** Signal of each operator alone, in steps. @param {App} app @param {number} lon @param {number} lat */
function operatorFacts(app, lon, lat) {
  const { words, data } = app;
  const rows = data.operators.flatMap((name) => {
    const raster = data.rasters.get(`coverage_rsrp_dbm:${name}`);
    const value = raster ? rasterAt(raster, lon, lat) : 0;
    return raster ? [/** @type {[string, string]} */ ([name, value ? words.t("map.about_dbm", { n: words.n(value - 198) }) : words.t("map.no_signal")])] : [];
  });
  return rows.length > 1 ? el("div", {}, el("p", { class: "note" }, words.t("map.by_operator")), facts(rows)) : null;
}
