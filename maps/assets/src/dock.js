// Two sliders: what another ceiling would buy, and what stands by which year.
// @ts-check
import { el, fill, keepFocus, svg } from "./dom.js";
import { gainsOf, planNow, yearsOf } from "./plans.js";

/** @typedef {import("./app.js").App} App */

const [W, H, EDGE] = [300, 46, 8]; // EDGE is half the handle of a slider, so that curve and handle stand in one line

/** @typedef {{node: HTMLElement, show: () => void}} Part */

/** Fill a host with the sliders a page has data for, and keep them true; the host stays empty where there are none. @param {App} app @param {HTMLElement} host */
export function makeDock(app, host) {
  /** @type {Part[]} */
  let parts = [];
  const line = el("p", { class: "dock-result", "aria-live": "polite" });
  const show = () => {
    for (const part of parts) part.show();
    fill(line, ...result(app));
  };
  const build = () => {
    parts = [budget(app), years(app)].filter((part) => part !== null);
    host.setAttribute("aria-label", app.words.t("map.dock"));
    keepFocus(host, () => fill(host, ...(parts.length ? [line, el("div", { class: "dock-sliders" }, ...parts.map((part) => part.node))] : [])));
    show();
  };
  build();
  app.state.listen((changed) => {
    if (changed.has("lang")) build();
    else if (["point", "year", "priority", "filters"].some((key) => changed.has(key))) show();
  });
}

/** One line: what the plan in view is. @param {App} app */
function result(app) {
  const { words } = app;
  const now = planNow(app);
  const item = (/** @type {string} */ text, /** @type {string} */ name) => el("span", {}, el("b", {}, text), ` ${name}`);
  return [item(words.n(now.n), words.t("map.dock_sites")), item(`+${words.n(now.umkm)}`, words.t("map.unit.umkm")), item(words.idr(now.cost), words.t("map.dock_cost")),
    Number.isFinite(now.gap) && item(words.share(now.gap), words.t("map.dock_gap"))];
}

/**
 * A slider whose handle stays in the reader's hand while everything around it is drawn anew.
 * @param {string} id @param {string} label @param {() => {said: string, picture: Element, at: number, last: number}} read @param {(at: number) => void} choose
 * @returns {Part}
 */
function slider(id, label, read, choose) {
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "range", id, min: 0, step: 1 }));
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
    const { said, picture, at, last } = read();
    input.max = String(last);
    input.value = String(at);
    input.setAttribute("aria-valuetext", said);
    output.textContent = said;
    fill(above, picture);
  };
  return { node: el("div", { class: "slider", "data-of": id }, el("div", { class: "slider-head" }, el("label", { for: id }, label), output), above, input), show };
}

/** @param {App} app @returns {Part | null} */
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

/** Value and proven upper bound by ceiling; the strip between them is what nobody has proved. @param {App} app */
function curve(app) {
  const { words, data, state } = app;
  const { points, own } = /** @type {import("./data.js").Frontier} */ (data.frontier);
  const rows = [...Array(points.n).keys()];
  const value = rows.map((row) => points.number("value", row));
  const bound = rows.map((row) => points.number("bound", row));
  const [least, most] = [Math.min(...value, 0), Math.max(...[...value, ...bound].filter(Number.isFinite), 1e-9)]; // missed floors with a price can make a plan worth less than nothing
  const x = (/** @type {number} */ row) => EDGE + (row / Math.max(1, points.n - 1)) * (W - 2 * EDGE);
  const y = (/** @type {number} */ v) => H - 3 - ((v - least) / (most - least)) * (H - 8);
  const path = (/** @type {number[]} */ values) => values.map((v, row) => `${row ? "L" : "M"}${x(row).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const isBound = bound.every(Number.isFinite);
  const picture = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve", role: "img", "aria-label": words.t("map.dock_curve"), preserveAspectRatio: "none" });
  if (isBound) {
    const back = [...rows].reverse().map((row) => `L${x(row).toFixed(1)} ${y(value[row]).toFixed(1)}`).join("");
    picture.append(svg("path", { d: `${path(bound)}${back}Z`, class: "curve-gap" }), svg("path", { d: path(bound), class: "curve-bound" }));
  }
  if (least < 0) picture.append(svg("line", { x1: 0, x2: W, y1: y(0), y2: y(0), class: "curve-zero" }));
  picture.append(svg("path", { d: path(value), class: "curve-value" }));
  picture.append(svg("line", { x1: x(own), x2: x(own), y1: 2, y2: H, class: "curve-own" }));
  const at = state.now.point < 0 ? own : state.now.point;
  if (at < 0) return picture;
  for (const name of ["curve-now", "curve-now inner"]) picture.append(svg("path", { d: `M${x(at)} ${y(value[at])}h0.01`, class: name })); // a line of no length stays round however the picture is stretched
  return picture;
}

/** @param {App} app @returns {Part | null} */
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
    part.node.hidden = yearsOf(app).length === 0; // a plan of the curve may have no years
    part.show();
  };
  return { node: part.node, show };
}

/** What each year adds; years not reached yet are pale. @param {App} app @param {number[]} known @param {number} at */
function bars(app, known, at) {
  const gains = gainsOf(app, known);
  const most = Math.max(...gains, 1e-9);
  const picture = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve", role: "img", "aria-label": app.words.t("map.dock_bars"), preserveAspectRatio: "none" });
  const wide = Math.min(26, (W - 2 * EDGE) / known.length - 4);
  known.forEach((_, i) => {
    const centre = EDGE + (i / Math.max(1, known.length - 1)) * (W - 2 * EDGE);
    const left = Math.min(Math.max(0, centre - wide / 2), W - wide);
    const high = Math.max(1.5, (gains[i] / most) * (H - 8));
    picture.append(svg("rect", { x: left, y: H - 2 - high, width: wide, height: high, rx: 2, class: i <= at ? "year-bar" : "year-bar later" }));
  });
  return picture;
}
