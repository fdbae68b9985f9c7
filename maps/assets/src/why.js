// The plan's own reasons for a site (the `why` column): whom it serves, what it costs, what else was possible.
// @ts-check
import { el } from "./dom.js";
import { chip, facts, section, valueByName } from "./parts.js";
import { plain } from "./words.js";

/** @typedef {import("./app.js").App} App @typedef {Record<string, any>} Json */

const KNOWN = ["new", "only_here", "cost_idr", "backhaul", "alternative", "nearest", "decision", "area", "ceiling_left_idr"];
const NEW = ["umkm", "umkm_offline", "umkm_online", "umkm_small", "umkm_priority_sector", "people", "facilities"];

/** @param {App} app @param {string} text @param {(id: string) => string} nameOf @returns {Node[]} */
export function whyBlocks(app, text, nameOf) {
  /** @type {Json | null} */
  let why;
  try {
    why = JSON.parse(text);
  } catch {
    return text ? [section(app.words.t("map.why"), el("p", {}, text))] : [];
  }
  if (why === null || typeof why !== "object") return [];
  return [servesBlock(app, why), costBlock(app, why), backhaulBlock(app, why), alternativeBlock(app, why, nameOf), nearestBlock(app, why, nameOf), decisionBlock(app, why), ...otherBlocks(app, why)].filter((node) => node !== null);
}

/** What the plan weighs: people of a unit, or points of the score. @param {App} app */
function weightUnit(app) {
  const key = `map.unit_of.${app.data.json.plan.objective ?? "umkm"}`;
  return app.words.t(app.words.has(key) ? key : "map.weight_unit");
}

/** @param {App} app @param {Json} why */
function servesBlock(app, why) {
  const { words } = app;
  if (!why.new || typeof why.new !== "object") return null;
  const rows = /** @type {[string, string | null][]} */ (NEW.filter((key) => typeof why.new[key] === "number" && why.new[key] >= 0.5).map((key) => [words.t(`map.why_new.${key}`), words.n(why.new[key])]));
  const only = typeof why.only_here === "number" ? el("p", { class: "note" }, words.t("map.why_only", { n: words.n(why.only_here), unit: weightUnit(app) })) : null;
  return rows.length ? section(words.t("map.why_serves"), facts(rows), only) : null;
}

/** @param {App} app @param {Json} why */
function costBlock(app, why) {
  const { words } = app;
  if (!why.cost_idr || typeof why.cost_idr !== "object") return null;
  const { total, ...parts } = why.cost_idr;
  const rows = Object.entries(parts).filter(([, value]) => typeof value === "number" && value > 0).sort((a, b) => b[1] - a[1]);
  const most = Math.max(...rows.map(([, value]) => value), 1);
  const list = el("ul", { class: "bars" });
  for (const [key, value] of rows) {
    const name = words.has(`map.why_cost.${key}`) ? words.t(`map.why_cost.${key}`) : words.of("map.backhaul", key);
    list.append(el("li", {}, el("span", {}, name), el("b", {}, words.idr(value)), el("i", { style: { width: `${Math.max(1, (100 * value) / most)}%`, background: "var(--accent)" } })));
  }
  const left = typeof why.ceiling_left_idr === "number" ? el("p", { class: "note" }, words.t("map.why_left", { left: words.idr(why.ceiling_left_idr) })) : null;
  return rows.length ? section(words.t("map.why_cost_title", { total: words.idr(total) }), list, left) : null;
}

/** @param {App} app @param {Json} why */
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

/** @param {App} app @param {Json} why @param {(id: string) => string} nameOf */
function alternativeBlock(app, why, nameOf) {
  const { words } = app;
  if (!("alternative" in why)) return null;
  const other = why.alternative;
  if (!other || typeof other !== "object") return section(words.t("map.why_alternative"), el("p", { class: "note" }, words.t("map.why_no_alternative")));
  const [place, type] = splitOption(String(other.option_id ?? ""));
  return section(words.t("map.why_alternative"), facts([
    [words.t("map.field.place_name"), place ? nameOf(place) : null], [words.t("map.field.site_type"), type ? words.of("map.site_type", type) : null],
    [words.t("map.why_gain"), typeof other.weight === "number" ? `${words.n(other.weight)} ${weightUnit(app)}` : null], [words.t("map.field.cost_idr"), typeof other.cost_idr === "number" ? words.idr(other.cost_idr) : null],
  ]));
}

/** The nearest other place that reaches at least half of whom this one serves. @param {App} app @param {Json} why @param {(id: string) => string} nameOf */
function nearestBlock(app, why, nameOf) {
  const { words } = app;
  const other = why.nearest;
  if (!other || typeof other !== "object") return null;
  const [place, type] = splitOption(String(other.option_id ?? ""));
  const text = words.t(other.is_built ? "map.why_nearest_built" : "map.why_nearest_free", { km: words.n(other.km, 1), share: words.share(other.reaches_share, 0) });
  return section(words.t("map.why_nearest"), facts([[words.t("map.field.place_name"), nameOf(place)], [words.t("map.field.site_type"), words.of("map.site_type", type)]]), el("p", { class: "note" }, text));
}

/** Place and site type of an option's identifier. @param {string} id @returns {[string, string]} */
export function splitOption(id) {
  const at = id.lastIndexOf(":");
  return at < 0 ? [id, ""] : [id.slice(0, at), id.slice(at + 1)];
}

/** @param {App} app @param {Json} why */
function decisionBlock(app, why) {
  const said = typeof why.decision === "object" && why.decision ? why.decision.text : why.decision;
  return said ? section(app.words.t("map.why_decision"), el("p", {}, String(said))) : null;
}

/** Reasons this page has no words for yet. @param {App} app @param {Json} why @returns {Node[]} */
function otherBlocks(app, why) {
  const rest = Object.entries(why).filter(([key, value]) => !KNOWN.includes(key) && value !== null && value !== "");
  if (!rest.length) return [];
  return [section(app.words.t("map.why"), facts(rest.map(([key, value]) => [plain(key), typeof value === "object" ? JSON.stringify(value).slice(0, 400) : valueByName(app, key, value)])))];
}
