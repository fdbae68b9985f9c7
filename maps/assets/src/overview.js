// First view: how many are served, where it is worst, what is proposed, what the figures rest on.
// @ts-check
import { el, fill } from "./dom.js";
import { countsOf, missing, missingShare, sum } from "./measure.js";
import { chip, empty, facts, levelBar, section, spoken, valueByName } from "./parts.js";
import { isWholePlan, planNow, siteRows, sitesByArea } from "./plans.js";
import { siteList } from "./sites.js";

/** @typedef {import("./app.js").App} App */

export const UNITS = ["umkm", "people", "desa", "facilities"];

/** @param {App} app */
export function unitPicker(app) {
  const { words, state, data } = app;
  const known = UNITS.filter((unit) => data.json.totals[unit]);
  if (known.length < 2) return null;
  const row = el("div", { class: "segments", role: "radiogroup", "aria-label": words.t("map.count_in") });
  for (const unit of known) {
    row.append(
      el("button", { type: "button", role: "radio", "aria-checked": String(state.now.unit === unit), on: { click: () => state.set({ unit }) } }, words.t(`map.unit.${unit}`)),
    );
  }
  return row;
}

/** @param {App} app @param {HTMLElement} host */
export function overview(app, host) {
  fill(host, noticesShort(app), headline(app), worst(app), firstSites(app), planCard(app), causes(app), programmes(app), evidence(app), atlasNote(app));
}

/** What a page of an atlas leaves to the page of the whole. @param {App} app */
function atlasNote(app) {
  const { words, data } = app;
  const whole = data.json.atlas.whole;
  return whole ? el("section", { class: "block" }, el("p", { class: "note" }, words.t("map.atlas_absent")), el("a", { class: "more", href: whole }, words.t("map.atlas_whole"), " ›")) : null;
}

/** One quiet line: what the figures rest on. @param {App} app */
function noticesShort(app) {
  const { data, words } = app;
  const names = data.meta.notices
    .map((/** @type {any} */ notice) => [`map.notice_short.${notice.code}`, notice.fields])
    .filter((/** @type {[string, any]} */ [key]) => words.has(key))
    .map((/** @type {[string, any]} */ [key, fields]) => words.t(key, spoken(app, fields)));
  if (!names.length) return null;
  return el("button", { type: "button", class: "rest-on", on: { click: () => app.state.set({ tab: "about" }) } }, el("b", {}, words.t("map.rest_on")), ` ${names.join(" · ")}`);
}

/** What the large figure says. @param {App} app */
export function heroWords(app) {
  const { words, state } = app;
  return words.t(`${state.now.gap === "short" ? "map.hero_short" : "map.hero"}.${state.now.unit}`);
}

/** Whether service that falls short counts as missing too. @param {App} app */
export function gapPicker(app) {
  const { words, state } = app;
  const row = el("div", { class: "segments", role: "radiogroup", "aria-label": words.t("map.gap") });
  for (const gap of ["unserved", "short"]) {
    row.append(el("button", { type: "button", role: "radio", "aria-checked": String(state.now.gap === gap), on: { click: () => state.set({ gap }) } }, words.t(`map.gap_of.${gap}`)));
  }
  return row;
}

/** @param {App} app */
function headline(app) {
  const { data, words, state } = app;
  const unit = state.now.unit;
  const totals = data.json.totals[unit];
  if (!totals) return section(words.t("map.overview"), empty(words.t("map.empty.totals")));
  const counts = data.levels.map((level) => totals[level] ?? 0);
  const total = sum(counts);
  const hero = el(
    "div", { class: "hero" },
    el("strong", {}, words.share(total ? missing(counts, state.now.gap) / total : NaN)),
    el("span", {}, heroWords(app), el("small", {}, words.t("map.hero_of", { n: words.n(missing(counts, state.now.gap)), total: words.n(total), unit: words.t(`map.unit_of.${unit}`) }))),
  );
  const legend = el("ul", { class: "levels" });
  data.levels.forEach((level, i) => {
    legend.append(
      el("li", {}, el("i", { style: { background: app.levelColour(level) }, class: level === "unknown" ? "hatched" : "" }), el("span", {}, words.t(`map.level_short.${level}`)),
        el("b", {}, words.n(counts[i])), el("em", {}, words.share(total ? counts[i] / total : NaN))),
    );
  });
  return el("section", { class: "block" }, unitPicker(app), gapPicker(app), hero, levelBar(app, counts), legend, words.has("map.counting") && el("p", { class: "note" }, words.t("map.counting")));
}

/** Rows of a level, worst first: unserved share, then number. @param {App} app @param {string} level @param {(row: number) => boolean} [keep] */
export function ranked(app, level, keep = () => true) {
  const { data, state } = app;
  const table = data.areas.get(level);
  if (!table) return [];
  const rows = [];
  for (let row = 0; row < table.n; row++) {
    const counts = countsOf(table, row, state.now.unit, data.levels);
    if (counts && sum(counts) > 0 && keep(row) && app.isPriority(table.text("code", row))) rows.push({ row, counts, share: missingShare(counts, state.now.gap), missing: missing(counts, state.now.gap), code: table.text("code", row) });
  }
  const order = (/** @type {number} */ value) => (Number.isFinite(value) ? value : -1);
  return rows.sort((a, b) => order(b.share) - order(a.share) || b.missing - a.missing || (a.code < b.code ? -1 : 1));
}

/** Table of areas with bar, share and number of proposed sites. @param {App} app @param {string} level @param {ReturnType<typeof ranked>} rows */
export function rankTable(app, level, rows) {
  const { words, data } = app;
  const sites = sitesByArea(app);
  const withSites = level === "kabupaten" && sites.size > 0;
  const head = el("tr", {}, el("th", { scope: "col", class: "num" }, "#"), el("th", { scope: "col" }, words.t(`area_levels_short.${level}`)),
    el("th", { scope: "col", class: "num" }, words.t(`map.rank.${app.state.now.gap}`)), withSites && el("th", { scope: "col", class: "num" }, words.t("map.rank.sites")));
  const body = el("tbody", {});
  rows.forEach((item, i) => {
    const name = app.areaLabel(level, item.row);
    const open = () => app.openArea(level, item.row);
    const table = data.areas.get(level);
    body.append(
      el("tr", { on: { click: open } },
        el("td", { class: "num rank" }, String(i + 1)),
        el("td", {}, el("button", { type: "button", class: "link", on: { click: (/** @type {Event} */ e) => { e.stopPropagation(); open(); } } }, name), levelBar(app, item.counts, true)),
        el("td", { class: "num" }, el("b", {}, words.share(item.share)), el("small", {}, words.n(item.missing))),
        withSites && el("td", { class: "num" }, String(sites.get(table?.text("code", item.row) ?? "")?.length ?? 0)),
      ),
    );
  });
  return el("table", { class: "rank" }, el("thead", {}, head), body);
}

/** The level that areas are ranked at: the coarsest with more than one area. @param {App} app */
export function rankedLevel(app) {
  const { areas } = app.data;
  return ["kabupaten", "kecamatan", "desa"].find((level) => (areas.get(level)?.n ?? 0) > 1) ?? [...areas.keys()].find((level) => level !== "hexagon") ?? "";
}

/** @param {App} app */
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

/** The three sites to look at first: those that serve most, of the earliest year where years are planned. @param {App} app */
function firstSites(app) {
  const { words, data, state } = app;
  const table = data.layers.get("sites");
  const rows = siteRows(app);
  if (!table || rows.length < 2) return null;
  const year = (/** @type {number} */ row) => (Number.isFinite(table.number("year", row)) ? table.number("year", row) : 0);
  const first = rows.sort((a, b) => year(a) - year(b) || table.number("n_umkm_new", b) - table.number("n_umkm_new", a)).slice(0, 3);
  return section(words.t("map.first_sites"), siteList(app, first), el("button", { type: "button", class: "more", on: { click: () => state.set({ tab: "sites" }) } }, words.t("map.see_sites", { n: rows.length })));
}

/** What the points of the budget slider are, where they are more than other ceilings of one kind; why a plan for a goal has none. @param {App} app */
function frontierNote(app) {
  const { words, data } = app;
  if (!data.frontier) return data.json.plan.sense === "min" ? el("p", { class: "note" }, words.t("map.frontier_goal")) : null;
  const { points, leftOut } = data.frontier;
  const told = [points.has("scale") && words.t("map.frontier_scaled"), leftOut > 0 && words.t("map.frontier_left_out", { n: words.n(leftOut) })].filter(Boolean);
  return told.length ? el("p", { class: "note" }, told.join(" ")) : null;
}

/** @param {App} app */
function planCard(app) {
  const { words, data, state } = app;
  const plan = data.json.plan;
  const now = planNow(app);
  if (!now.n && !data.frontier) return section(words.t("map.plan"), empty(words.t("map.empty.sites")));
  const isOwn = isWholePlan(app);
  const unit = state.now.unit;
  const before = data.json.totals[unit];
  const after = isOwn ? plan.totals_after?.[unit] : undefined;
  const bars = before && after && el("div", { class: "compare" },
    el("span", {}, words.t("map.now")), levelBar(app, data.levels.map((level) => before[level] ?? 0)),
    el("span", {}, words.t("map.then")), levelBar(app, data.levels.map((level) => after[level] ?? 0)));
  const rows = /** @type {[string, string | null][]} */ ([
    [words.t("map.plan_sites"), words.n(now.n)],
    ...(isOwn
      ? ["cost_idr", "ceiling_idr", "n_umkm_new", "people_new", "n_desa_new", "n_facilities_new", "gap_share"]
          .filter((key) => typeof plan[key] === "number")
          .map((key) => [words.t(`map.plan_figure.${key}`), key === "gap_share" ? words.share(plan[key], 2) : valueByName(app, key, key.startsWith("n_") || key === "people_new" ? Math.round(plan[key]) : plan[key])])
      : [[words.t("map.plan_figure.cost_idr"), words.idr(now.cost)], [words.t("map.plan_figure.ceiling_idr"), words.idr(now.ceiling)], [words.t("map.plan_figure.n_umkm_new"), words.n(now.umkm)],
          [words.t("map.plan_figure.gap_share"), Number.isFinite(now.gap) ? words.share(now.gap, 2) : null]]),
  ]);
  return section(words.t("map.plan"), el("p", { class: "note" }, chip(words.t("map.indicative"), "mark"), " ", words.t("map.indicative_why")), bars, now.n ? facts(rows) : empty(words.t("map.empty.sites_in_view")), frontierNote(app));
}

/** @param {App} app @param {string} group @param {Record<string, number>} values @param {(key: string) => string} colour */
function bars(app, group, values, colour) {
  const { words } = app;
  const rows = Object.entries(values).filter(([key, value]) => key !== "" && value > 0);
  const most = Math.max(...rows.map(([, value]) => value), 1);
  const list = el("ul", { class: "bars" });
  for (const [key, value] of rows) {
    list.append(el("li", {}, el("span", {}, words.of(group, key)), el("b", {}, words.n(value)), el("i", { style: { width: `${Math.max(1, (100 * value) / most)}%`, background: colour(key) } })));
  }
  return rows.length ? list : null;
}

/** @param {App} app */
function causes(app) {
  const { words, data, state } = app;
  const values = data.json.causes[state.now.unit];
  const list = values && bars(app, "causes", values, (key) => app.levelColour(key === "no_data" ? "unknown" : key.endsWith("capacity") || key === "technology" ? "limited" : "unserved"));
  return list ? section(words.t("map.causes", { unit: words.t(`map.unit.${state.now.unit}`) }), list) : null;
}

/** @param {App} app */
function programmes(app) {
  const { words, data } = app;
  const values = data.json.programmes.umkm;
  const list = values && bars(app, "programmes", values, () => "var(--accent)");
  return list ? section(words.t("map.programmes"), list, el("p", { class: "note" }, words.t("map.programmes_why"))) : null;
}

/** What remains without everything synthetic, estimated, schematic or unknown. @param {App} app */
export function evidence(app) {
  const { words, data } = app;
  const answer = data.json.evidence;
  /** @type {{step: string, umkm: number, people: number}[]} */
  const steps = Array.isArray(answer.steps) ? answer.steps : [];
  if (!steps.length) return null;
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const verdict = last.umkm > 0 ? words.t("map.evidence_left", { n: words.n(last.umkm), share: words.share(first.umkm ? last.umkm / first.umkm : 0) }) : words.t("map.evidence_none");
  const list = el("ul", { class: "bars" });
  for (const step of steps) {
    list.append(el("li", {}, el("span", {}, words.t(`map.evidence_step.${step.step}`)), el("b", {}, words.n(step.umkm)),
      el("i", { style: { width: `${first.umkm ? Math.max(step.umkm > 0 ? 1 : 0, (100 * step.umkm) / first.umkm) : 0}%`, background: "var(--soft)" } })));
  }
  return section(words.t("map.evidence"), el("p", { class: "because" }, verdict), el("p", { class: "note" }, words.t("map.evidence_why")), list);
}

/** Rows of each layer by what they rest on. @param {App} app */
export function ledger(app) {
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
