// View, language, layers and choices in the address, so that what one reader sees can be sent to another.
// @ts-check

/** @typedef {import("./data.js").Data} Data @typedef {import("./state.js").Choices} Choices @typedef {import("./state.js").Selection} Selection */

/** The column that names a row of a layer. */
export const ID_OF = /** @type {Record<string, string>} */ ({
  sites: "site_id", bts: "bts_id", candidates: "candidate_id", fiber_nodes: "node_id", gateways: "gateway_id", proposals: "proposal_id", links: "link_id", surveys: "area_code", exclusions: "exclusion_id", beams: "beam_id",
});

const TABS = ["overview", "areas", "sites", "layers", "about"];

/** @param {Data} data @param {Selection | null} chosen @returns {string} */
function nameOf(data, chosen) {
  if (!chosen) return "";
  if (chosen.kind === "place") return `place:${chosen.lon.toFixed(5)}:${chosen.lat.toFixed(5)}`;
  if (chosen.kind === "area") return `area:${chosen.level}:${data.areas.get(chosen.level)?.text("code", chosen.row) ?? ""}`;
  const id = ID_OF[chosen.layer] ? data.layers.get(chosen.layer)?.text(ID_OF[chosen.layer], chosen.row) ?? "" : "";
  return id ? `row:${chosen.layer}:${id}` : "";
}

/** @param {Data} data @param {string} name @returns {Selection | null} */
export function selectionOf(data, name) {
  const [kind, of, ...rest] = name.split(":");
  const id = rest.join(":");
  if (kind === "place") {
    const [lon, lat] = [Number(of), Number(id)];
    return id !== "" && Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? { kind, lon, lat } : null;
  }
  const table = kind === "area" ? data.areas.get(of) : kind === "row" ? data.layers.get(of) : undefined;
  const row = table?.find(kind === "area" ? "code" : (ID_OF[of] ?? ""), id) ?? -1;
  if (row < 0) return null;
  return kind === "area" ? { kind, level: of, row } : { kind: "row", layer: of, row };
}

/** @param {Data} data @param {Choices} now @param {{zoom: number, lat: number, lng: number}} view */
export function writeLink(data, now, view) {
  const more = new URLSearchParams();
  const put = (/** @type {string} */ key, /** @type {string | number | null} */ value, /** @type {string | number} */ usual) => {
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
  const text = more.toString();
  return `#${parts.join("/")}${text ? `/${text}` : ""}`;
}

/**
 * Choices that an address asks for and this page can meet; the rest is left as it is.
 * @param {string} hash @param {Data} data
 * @returns {Partial<Choices> & {view?: [number, number, number]}}
 */
export function readLink(hash, data) {
  const parts = hash.replace(/^#/, "").split("/");
  const [zoom, lat, lng] = parts.slice(0, 3).map(Number);
  if (parts.length < 3 || ![zoom, lat, lng].every(Number.isFinite) || Math.abs(lat) > 85 || zoom < 1 || zoom > 18) return {};
  const asked = new URLSearchParams(parts.slice(5).join("/"));
  /** @type {Partial<Choices> & {view?: [number, number, number]}} */
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
  if ([...data.areas.values()].some((table) => table.has(`raw_${only}`))) found.priority = only;
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

/** Name of the selection an address asks for. @param {string} hash */
export const askedFor = (hash) => new URLSearchParams(hash.split("/").slice(5).join("/")).get("at") ?? "";
