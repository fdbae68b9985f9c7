// The panel: heading, search, tabs and the view of the chosen tab. A bottom sheet on phones.
// @ts-check
import { beams, detail } from "./detail.js";
import { el, fill, keepFocus } from "./dom.js";
import { legend } from "./legend.js";
import { evidence, gapPicker, ledger, overview, ranked, rankedLevel, rankTable, unitPicker } from "./overview.js";
import { PHONE } from "./app.js";
import { programme } from "./money.js";
import { chip, empty, facts, section, spoken } from "./parts.js";
import { isWholePlan, sitesByArea, sumOf } from "./plans.js";
import { searchBox } from "./search.js";
import { siteList } from "./sites.js";

/** @typedef {import("./app.js").App} App */

const TABS = ["overview", "areas", "sites", "layers", "about"];

/** @param {App} app @param {HTMLElement} panel */
export function makePanel(app, panel) {
  const head = el("header", { class: "head" });
  const tabs = el("nav", { class: "tabs", role: "tablist" });
  const body = el("div", { class: "body", id: "body", role: "tabpanel", tabindex: "0" });
  const grip = el("button", { type: "button", class: "grip" });
  const aside = el("div", { class: "dock-place" }); // the sliders stand here on phones
  fill(panel, grip, head, tabs, aside, body);
  sheet(panel, grip);

  function drawHead() {
    const { words, data, state } = app;
    const title = data.meta.title[words.lang] || data.meta.title.id || "Merata";
    const langs = el("div", { class: "langs", role: "group", "aria-label": words.t("map.language") });
    for (const lang of /** @type {const} */ (["id", "en"])) {
      langs.append(el("button", { type: "button", lang, "aria-pressed": String(words.lang === lang), "aria-label": lang === "id" ? "ID, Bahasa Indonesia" : "EN, English", on: { click: () => state.set({ lang }) } }, lang.toUpperCase()));
    }
    fill(head, el("div", { class: "brand" }, el("span", {}, "Merata"), langs), el("h1", {}, title),
      el("p", { class: "when" }, data.meta.date ? words.t("map.as_of", { date: words.date(data.meta.date) }) : ""), atlasLinks(app), searchBox(app));
    grip.setAttribute("aria-label", words.t("map.sheet"));
    panel.setAttribute("aria-label", words.t("map.panel"));
    document.documentElement.lang = words.lang;
    document.title = `${title} · Merata`;
  }

  function drawTabs() {
    const { words, state } = app;
    fill(tabs, ...TABS.filter((tab) => tab !== "layers" || app.isPhone()).map((tab) => el("button", {
      type: "button", role: "tab", "aria-selected": String(state.now.tab === tab), "aria-controls": "body", on: { click: () => { state.set({ tab }); raise(panel); } },
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
      const known = isOwn ? data.json.plan.by_kabupaten?.[code] : undefined;
      const cost = known?.cost_idr ?? sumOf(app, "cost_idr", rows);
      const umkm = known?.n_umkm_new ?? sumOf(app, "n_umkm_new", rows);
      box.append(el("details", { class: "group", ...(i < 2 ? { open: true } : {}) },
        el("summary", {}, el("span", {}, app.areaName(code)), el("small", {}, words.t("map.group_sum", { n: words.n(rows.length), umkm: words.n(umkm), cost: words.idr(cost) }))), siteList(app, rows)));
    });
    return box;
  }

  function about() {
    const { words, data } = app;
    const notices = el("ul", { class: "notices" });
    for (const notice of data.meta.notices) notices.append(el("li", {}, words.t(`map.notice.${notice.code}`, spoken(app, notice.fields))));
    if (!data.meta.notices.some((/** @type {any} */ notice) => notice.code === "desk_study")) notices.append(el("li", {}, words.t("map.notice.desk_study")));
    const credits = el("ul", { class: "notices" }, ...data.meta.credits.map((/** @type {string} */ name) => el("li", {}, name)));
    return [section(words.t("map.about_title"), notices), evidence(app), ledger(app), ...beams(app, ""), credits.childElementCount ? section(words.t("map.sources"), credits) : null,
      section(words.t("map.trace"), facts([[words.t("map.run"), data.meta.run], [words.t("map.date"), words.date(data.meta.date)]]), el("p", { class: "note" }, words.t("map.offline")))]
      .filter((node) => node !== null);
  }

  drawHead();
  drawTabs();
  drawBody();
  app.state.listen((changed) => {
    if (changed.has("lang") || changed.has("point")) keepFocus(head, drawHead);
    if (changed.has("lang") || changed.has("tab")) keepFocus(tabs, drawTabs);
    if (["lang", "tab", "unit", "gap", "selection", "point", "year", "priority", "filters"].some((key) => changed.has(key)) || (app.isPhone() && app.state.now.tab === "layers")) {
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

/** Ways to the other pages of an atlas. @param {App} app */
function atlasLinks(app) {
  const { index, whole } = app.data.json.atlas;
  if (!index) return null;
  const link = (/** @type {string} */ href, /** @type {string} */ key) => el("a", { href }, app.words.t(key));
  return el("nav", { class: "atlas-links", "aria-label": app.words.t("map.atlas") }, link(index, "map.atlas_list"), whole && link(whole, "map.atlas_whole"));
}

/** @param {HTMLElement} panel */
function raise(panel) {
  if (panel.dataset.sheet === "low") panel.dataset.sheet = "half";
}

/** Drag, tap or press the grip: low, half, full. @param {HTMLElement} panel @param {HTMLElement} grip */
function sheet(panel, grip) {
  const steps = ["low", "half", "full"];
  panel.dataset.sheet = "half";
  let startY = NaN;
  const step = (/** @type {number} */ by) => {
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
    if (Math.abs(moved) > 24) step(moved < 0 ? (moved < -260 ? 2 : 1) : moved > 260 ? -2 : -1);
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
