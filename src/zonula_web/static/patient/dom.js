// Building pages from plain calls. Text is always set as text, never as HTML.
"use strict";
export const h = (tag, given = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return made;
};
export const button = (text, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, text);
export const link = (text, href, more = {}) => h("a", { href, ...more }, text);
let names = 0;
// A label with its field; help is read with it.
export const field = (label, input, help) => {
  const id = (input.id ||= `field-${++names}`);
  if (help) input.setAttribute("aria-describedby", `${id}-help`);
  return h("div", { class: "field" }, h("label", { for: id }, label), help && h("span", { class: "help", id: `${id}-help` }, help), input);
};
// One choice of several as tiles; nothing is chosen until the person chooses, and a second tap takes it back.
export const tiles = (legend, options, chosen, onchange, help) => {
  const name = `tiles-${++names}`;
  const inputs = options.map(([value, text]) => h("input", { type: "radio", name, value: String(value), checked: value === chosen, onclick: pick, onchange: pick }));
  let held = chosen;
  function pick(event) {
    const value = options[inputs.indexOf(event.target)][0];
    if (event.type === "click" && event.detail && value === held) { event.target.checked = false; held = undefined; onchange(undefined); return; }
    if (event.type === "change" || value !== held) { held = value; onchange(value); }
  }
  const set = h("fieldset", { class: "tiles" }, h("legend", {}, legend), help && h("span", { class: "help" }, help),
    h("div", {}, options.map(([, text], number) => h("label", {}, inputs[number], h("span", {}, text)))));
  set.choose = (value) => { held = value; inputs.forEach((input, number) => { input.checked = options[number][0] === value; }); };
  return set;
};
export const select = (options, value, onchange) =>
  h("select", { onchange: (event) => onchange(event.target.value) }, options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
// Said to a screen reader and shown for a moment; an action can be taken back for ten seconds.
let ending = 0;
export const tell = (text, undo) => {
  const place = document.getElementById("told");
  clearTimeout(ending);
  place.replaceChildren(h("span", {}, text), undo ? button("Undo", () => { place.replaceChildren(); undo(); }, { class: "second" }) : "");
  ending = setTimeout(() => place.replaceChildren(), 10_000);
};
export const id = () => crypto.randomUUID ? crypto.randomUUID()
  : ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
