// Makes elements. Text goes in as text only, whatever a name says.
// @ts-check

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] `class`, `on` (listeners), `style`, `data`; other keys become attributes
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (key === "style") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, String(text));
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Record<string, string | number>} props @param {...Node} children */
export function svg(tag, props, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** @param {Element} node @param {...(Node | string | null | undefined | false)} children */
export function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => /** @type {Node | string} */ (child)));
}

const FOCUSABLE = "button, input, select, summary, [tabindex]";

/** Draw a host anew and leave the keyboard where it was. @param {Element} host @param {() => void} draw */
export function keepFocus(host, draw) {
  const active = document.activeElement;
  const at = active && host.contains(active) ? [...host.querySelectorAll(FOCUSABLE)].indexOf(active) : -1;
  const id = at >= 0 ? active?.id : "";
  draw();
  if (at < 0) return;
  const found = id ? document.getElementById(id) : host.querySelectorAll(FOCUSABLE)[at];
  if (found instanceof HTMLElement) found.focus({ preventScroll: true });
}
