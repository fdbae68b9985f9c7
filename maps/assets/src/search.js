// Search of places, codes, sites and stations; works from the keyboard alone.
// @ts-check
import { el, fill } from "./dom.js";

/** @typedef {import("./app.js").App} App @typedef {{text: string, folded: string, kind: string, under: string, weight: number, open: () => void}} Entry */

/** Letters and digits only, without case or accents. @param {string} text */
export const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, " ").trim();

/**
 * Entries that hold every word of a query; earlier and weightier ones first.
 * @template {{folded: string, weight: number}} T
 * @param {T[]} entries @param {string} query @param {number} most @returns {T[]}
 */
export function match(entries, query, most) {
  const words = fold(query).split(" ").filter(Boolean);
  if (!words.length) return [];
  /** @type {[number, number, T][]} */
  const found = [];
  entries.forEach((entry, i) => {
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

/** @param {App} app @returns {Entry[]} */
export function entries(app) {
  const { data, words } = app;
  /** @type {Entry[]} */
  const list = [];
  const weight = /** @type {Record<string, number>} */ ({ provinsi: 0, kabupaten: 0, kecamatan: 2, desa: 3 });
  for (const [level, table] of data.areas) {
    if (level === "hexagon") continue;
    for (let row = 0; row < table.n; row++) {
      const code = table.text("code", row);
      const name = table.text("name", row);
      list.push({ text: name || code, folded: fold(`${name} ${code} ${code.replaceAll(".", "")}`), kind: words.t(`area_levels_short.${level}`), under: code, weight: weight[level] ?? 3, open: () => app.openArea(level, row) });
    }
  }
  for (const [layer, key, w] of /** @type {[string, string, number][]} */ ([["sites", "site_id", 1], ["fiber_nodes", "node_id", 4], ["gateways", "gateway_id", 4], ["proposals", "proposal_id", 4], ["bts", "bts_id", 5]])) {
    const table = data.layers.get(layer);
    for (let row = 0; table && row < table.n; row++) {
      const id = table.text(key, row);
      const name = table.text("name", row);
      list.push({ text: name || id, folded: fold(`${name} ${id}`), kind: words.t(`map.layer_one.${layer}`), under: id, weight: w, open: () => app.openRow(layer, row) });
    }
  }
  return list;
}

/** @param {App} app */
export function searchBox(app) {
  const { words } = app;
  /** @type {Entry[] | null} */
  let all = null;
  let chosen = -1;
  /** @type {Entry[]} */
  let shown = [];
  const list = el("ul", { class: "found", id: "found", role: "listbox", hidden: true });
  const input = /** @type {HTMLInputElement} */ (el("input", {
    type: "search", id: "search", autocomplete: "off", spellcheck: "false", placeholder: words.t("map.search"), "aria-label": words.t("map.search"),
    role: "combobox", "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list",
    on: { input: () => show(), focus: () => show(), keydown: onKey, blur: () => setTimeout(() => close(), 150) },
  }));

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} i */
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
    fill(list, ...(shown.length ? shown.map((entry, i) => el("li", { role: "option", id: `found-${i}`, "aria-selected": String(i === chosen), on: { mousedown: (/** @type {Event} */ e) => { e.preventDefault(); open(i); } } },
      el("span", {}, entry.text.slice(0, 80)), el("small", {}, `${entry.kind} · ${entry.under.slice(0, 40)}`))) : [el("li", { class: "none" }, words.t("map.search_none"))]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (chosen >= 0) input.setAttribute("aria-activedescendant", `found-${chosen}`);
  }

  /** @param {KeyboardEvent} event */
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
