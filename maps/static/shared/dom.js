// Build elements without ever parsing text as HTML.

const SVG = "http://www.w3.org/2000/svg";

// Own drawings on a 24 x 24 grid.
const ICON_PATHS = {
  check: "M9.2 18.2 3.4 12.4l2-2 3.8 3.8 9.4-9.4 2 2z",
  flag: "M5.5 3h2.2v1.2H18.5L16 8.6l2.500 4.400H7.700V21H5.500z",
  car: "M4.900 11 6.500 6.500a2 2 0 0 1 1.900-1.300h7.200a2 2 0 0 1 1.900 1.300L19.100 11a2 2 0 0 1 1.400 1.900v5.300h-2.700v-1.900H6.200v1.900H3.500v-5.300A2 2 0 0 1 4.900 11zm2.300-.1h9.600l-1.200-3.400H8.400zM7 15.300a1.300 1.300 0 1 0 0-2.600 1.300 1.300 0 0 0 0 2.600zm10 0a1.300 1.300 0 1 0 0-2.600 1.300 1.300 0 0 0 0 2.600z",
  home: "M12 3.600 2.900 11.300l1.500 1.800L5.800 12v7.400h5v-4.700h2.400v4.700h5V12l1.400 1.100 1.500-1.800z",
  back: "M9.500 4.500 3.700 10.300l5.800 5.800V12h5.200a2.800 2.800 0 0 1 0 5.600h-3.900v2.600h3.900a5.400 5.400 0 0 0 0-10.800H9.500z",
  bar: "M4 10.300h16v3.400H4z",
  alert: "M12 2.800 22.600 21.200H1.400zm-1.200 6.400v5.600h2.400V9.200zm0 7.200v2.400h2.400v-2.400z",
  question: "M12 2.500a9.500 9.500 0 1 1 0 19 9.500 9.500 0 0 1 0-19zm-1.200 13.800v2.400h2.400v-2.400zM8 9.700h2.400a1.600 1.600 0 1 1 2.500 1.300c-1.200.8-2.100 1.600-2.100 3.400v.5h2.400v-.3c0-.8.5-1.200 1.300-1.800A4 4 0 1 0 8 9.700z",
  phone: "M6.300 3.200 9.900 4l.9 4.200-2.300 2a12.500 12.500 0 0 0 5.300 5.300l2-2.300 4.200.9.8 3.600-1.600 3.100C10.400 20.800 3.200 13.600 3.200 4.800z",
  plus: "M10.600 4h2.800v6.600H20v2.800h-6.600V20h-2.800v-6.600H4v-2.800h6.600z",
  minus: "M4 10.600h16v2.800H4z",
  fit: "M3 3h7v2.600H5.600V10H3zm11 0h7v7h-2.600V5.600H14zM3 14h2.600v4.400H10V21H3zm15.400 0H21v7h-7v-2.600h4.400z",
  layers: "M12 2.800 22 8.300l-10 5.500L2 8.300zM4.700 11 12 15l7.300-4L22 12.500 12 18 2 12.500zm0 4.200 7.300 4 7.300-4L22 16.700l-10 5.500-10-5.500z",
  moon: "M14.500 2.700A9.500 9.500 0 1 0 21.300 15 8.300 8.300 0 0 1 14.500 2.700z",
  globe: "M12 2.500a9.500 9.500 0 1 1 0 19 9.500 9.500 0 0 1 0-19zm-1.200 2.800c-1 1-1.800 3-2 5.400h2zm2.400 0v5.400h2c-.2-2.400-1-4.400-2-5.400zM6.400 10.700c.1-1.600.5-3.100 1-4.300a7.200 7.200 0 0 0-2.500 4.300zm-1.500 2.600a7.200 7.200 0 0 0 2.500 4.300c-.5-1.200-.9-2.700-1-4.300zm3.900 0c.2 2.400 1 4.400 2 5.400v-5.400zm4.400 0v5.400c1-1 1.800-3 2-5.400zm4.400 0a14 14 0 0 1-1 4.300 7.200 7.200 0 0 0 2.500-4.300zm1.500-2.600a7.200 7.200 0 0 0-2.500-4.300c.5 1.200.9 2.700 1 4.300z",
  close: "m5.700 3.800 6.300 6.300 6.300-6.300 1.900 1.900-6.300 6.300 6.300 6.300-1.900 1.900-6.300-6.300-6.300 6.300-1.900-1.900 6.300-6.300-6.300-6.300z",
  left: "M15.200 4 7.200 12l8 8 1.900-1.900-6.100-6.100 6.100-6.100z",
  clock: "M12 2.500a9.500 9.500 0 1 1 0 19 9.500 9.500 0 0 1 0-19zm0 2.500a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm-1.200 2h2.400v4.500l3.200 3.200-1.700 1.700-3.900-3.900z",
  user: "M12 3a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM3.500 20.500c.4-4.200 4-6.500 8.500-6.500s8.100 2.300 8.500 6.500z",
  exit: "M4 3h9v2.600H6.600v12.800H13V21H4zm11 4 6 5-6 5v-3.600H9.500v-2.800H15z",
  pin: "M12 2a7.300 7.300 0 0 1 7.300 7.300C19.300 14.500 12 22 12 22S4.700 14.500 4.700 9.300A7.300 7.300 0 0 1 12 2zm0 4.600a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600z",
  arrow: "M13.200 4.500 20.700 12l-7.500 7.500-1.900-1.900 4.200-4.200H3.500v-2.800h12l-4.200-4.200z",
  note: "M4 3h16v12l-6 6H4zm2.600 2.600v12.800H13V14h4.400V5.600z",
  refresh: "M12 4a8 8 0 0 1 6 2.700V4h2.500v7.300h-7.300V8.800h3.200A5.400 5.400 0 1 0 17 14h2.700A8 8 0 1 1 12 4z",
  split: "M3 10.600h5.200L14.600 4H21v2.700h-5.300L10.500 12l5.200 5.300H21V20h-6.400l-6.400-6.600H3z",
  noentry: "M12 2.500a9.500 9.500 0 1 1 0 19 9.500 9.500 0 0 1 0-19zM5.800 10.200v3.600h12.400v-3.600z",
  slow: "M12 2 22.800 21H1.200zm0 5.200L5.500 18.600h13zM10.800 10.500h2.400v4.200h-2.400zm0 5.200h2.400V18h-2.400z",
  area: "M6 3.500 20.500 7 18 19.500 4 20.500zm2 3.200-1.500 11 9.500-.7 1.700-8z",
  heart: "M12 20.600C5.500 16 2.500 12.500 2.500 8.700A4.900 4.900 0 0 1 12 6.500a4.900 4.900 0 0 1 9.500 2.200c0 3.800-3 7.300-9.500 11.900z",
};

/** An element with properties and children; strings become text, never markup. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name in element && name !== "list" && name !== "form") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name, label) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", `icon icon-${name}`);
  if (label) {
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", label);
  } else {
    drawing.setAttribute("aria-hidden", "true");
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("fill-rule", "evenodd");
  path.setAttribute("d", ICON_PATHS[name]);
  drawing.append(path);
  return drawing;
}

/** A button that is only a drawing; its label is read aloud and shown by the pointer. */
export function squareButton(name, label, onclick) {
  return h("button", { type: "button", class: "button square", title: label, "aria-label": label, onclick }, icon(name));
}

export function closeButton(label, onclick) {
  return h("button", { type: "button", class: "button quiet square", "aria-label": label, onclick }, icon("close"));
}

export function replaceChildrenOf(element, ...children) {
  element.replaceChildren(...children.flat().filter(Boolean));
}

/** Redraw a container; the focus stays on the element with the same data-key. */
export function redraw(container, ...children) {
  const key = container.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  replaceChildrenOf(container, ...children);
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

function isSame(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Children of a list in the order of `rows`, made by `make(row)`; what says the same stays as it is.
 *
 * `keyOf` names a row; `saysOf` is a text of all else that its element shows.
 */
export class KeyedList {
  constructor(holder, { keyOf, saysOf, make }) {
    Object.assign(this, { holder, keyOf, saysOf, make });
    this.shown = new Map();
  }

  show(rows) {
    const focused = this.holder.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const former = this.shown;
    this.shown = new Map(rows.map((row) => {
      const [key, says] = [this.keyOf(row), this.saysOf(row)];
      const known = former.get(key);
      if (known?.says === says && isSame(known.row, row)) return [key, { ...known, row }];
      return [key, { row, says, element: this.make(row) }];
    }));
    const kept = new Set([...this.shown.values()].map(({ element }) => element));
    for (const child of [...this.holder.children]) if (!kept.has(child)) child.remove();
    let next = this.holder.firstElementChild;
    for (const element of kept) {
      if (element === next) next = next.nextElementSibling;
      else this.holder.insertBefore(element, next);
    }
    if (focused && !this.holder.contains(document.activeElement)) {
      this.holder.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  }
}
