// Drugs, supplements and practices: those of before with one tap.
"use strict";
import { button, field, h, link, select, tell } from "./dom.js";
import { find, form, write } from "./state.js";
import * as when from "./when.js";
import { PRACTICES } from "./words.js";

const home = (day) => { location.hash = day && day !== when.today() ? `#/day?day=${day}` : "#/"; };
const check = (text, checked, onchange) => h("label", { class: "choice" }, h("input", { type: "checkbox", checked, onchange: (event) => onchange(event.target.checked) }), h("span", {}, text));

export function page({ day, id }) {
  const before = id ? find(id) : undefined, said = before ? { ...before.body } : {};
  const at = h("input", { type: "datetime-local", value: before ? before.body.at : when.start(day) });
  const name = h("input", { maxlength: 120, autocomplete: "off", value: said.name || "" }), dose = h("input", { maxlength: 60, autocomplete: "off", value: said.dose || "" });
  const wrong = h("p", { class: "error", role: "alert" });
  const keep = async (body) => {
    const undo = await write("taken", { at: at.value.slice(0, 16) || when.start(day), ...body }, before);
    home(day);
    tell(`${body.name} saved`, undo);
  };
  const usual = form().usual.medicines;
  return [h("h1", {}, before ? "Change it" : "What did you take?"),
    !before && usual.length > 0 && h("section", {}, h("h2", {}, "As before: one tap saves it"), h("ul", { class: "plain rows" },
      usual.map((one) => h("li", {}, button([one.name, one.dose, one.rescue && "against a symptom"].filter(Boolean).join(" · "), () => keep(one), { class: "row" }))))),
    h("section", {}, h("h2", {}, before ? "What it was" : "Something else"), field("Name", name), field("Dose", dose, "As on the box, such as 200 mg."),
      check("It is a supplement", said.supplement || false, (value) => { said.supplement = value; }), check("I took it against a symptom", said.rescue || false, (value) => { said.rescue = value; }),
      field("When", at), wrong,
      h("p", { class: "actions" }, button("Save", () => {
        if (!name.value.trim()) { wrong.textContent = "Write the name."; name.focus(); return undefined; }
        return keep({ name: name.value.trim(), dose: dose.value.trim(), ...(said.supplement ? { supplement: true } : {}), ...(said.rescue ? { rescue: true } : {}) });
      }), link("Back", "#/", { class: "button second" })))].filter(Boolean);
}

export function practice({ day, id }) {
  const before = id ? find(id) : undefined;
  const at = h("input", { type: "datetime-local", value: before ? before.body.at : when.start(day) });
  let what = before?.body.what || PRACTICES[0];
  const other = h("input", { maxlength: 120, value: PRACTICES.includes(what) ? "" : what }), minutes = h("input", { inputmode: "numeric", maxlength: 4, value: before?.body.minutes ?? "" });
  const wrong = h("p", { class: "error", role: "alert" });
  return [h("h1", {}, "Practice"), field("What", select(PRACTICES.map((one) => [one, one]), what, (value) => { what = value; })), field("Or something else", other), field("Minutes", minutes), field("When", at), wrong,
    h("p", { class: "actions" }, button("Save", async () => {
      const long = minutes.value.trim() ? Number(minutes.value) : undefined;
      if (long !== undefined && !(Number.isInteger(long) && long >= 0 && long <= 1440)) { wrong.textContent = "Minutes: a whole number from 0 to 1440."; minutes.focus(); return; }
      const undo = await write("practice", { at: at.value.slice(0, 16) || when.start(day), what: other.value.trim() || what, minutes: long }, before);
      home(day);
      tell("Saved", undo);
    }), link("Back", "#/", { class: "button second" }))];
}
