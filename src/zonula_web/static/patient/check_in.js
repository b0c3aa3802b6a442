// How someone feels: symptoms 0 to 10, stool, the day itself; and the short form for a day without strength.
"use strict";
import { button, field, h, link, select, tell, tiles } from "./dom.js";
import { addPhoto } from "./days.js";
import { find, form, of, usualMeals, write } from "./state.js";
import * as when from "./when.js";
import { DOMAINS, LASTED, RATINGS, STOOL, items } from "./words.js";

const home = (day) => { location.hash = day && day !== when.today() ? `#/day?day=${day}` : "#/"; };
const clock = (before, day) => h("input", { type: "datetime-local", value: before ? before.body.at : when.start(day) });

// Ratings of the domains: those that bothered this person lately come first. The last answer is a hint, never an answer.
function rating(felt, withCourse, which) {
  const hints = form().hints;
  const order = which || Object.keys(DOMAINS).sort((a, b) => (hints[b]?.worst || 0) - (hints[a]?.worst || 0));
  const sets = {};
  const one = (domain) => {
    const course = h("div", { class: "pair course", hidden: !(felt[domain]?.worst > 0) },
      field("Began at", h("input", { type: "time", value: felt[domain]?.began || "", onchange: (event) => { felt[domain].began = event.target.value; } })),
      field("Lasted", select(LASTED, String(felt[domain]?.minutes ?? ""), (text) => { felt[domain].minutes = text ? Number(text) : undefined; })));
    const hint = hints[domain] ? `Last time (${when.named(hints[domain].day).toLowerCase()}): ${hints[domain].worst}` : "";
    const set = tiles(DOMAINS[domain], RATINGS, felt[domain]?.worst, (value) => {
      if (value === undefined) delete felt[domain]; else felt[domain] = { ...felt[domain], worst: value };
      course.hidden = !(value > 0);
    }, hint);
    sets[domain] = set;
    return h("div", { class: "domain" }, set, withCourse && course);
  };
  const lately = which || order.filter((domain) => hints[domain]?.worst > 0 || felt[domain]);
  const first = lately.length ? lately : order.slice(0, 4), others = order.filter((domain) => !first.includes(domain));
  return h("div", {}, h("p", { class: "help" }, "0 is not at all, 10 is as bad as it can be. Leave out what you cannot say."), first.map(one),
    !which && h("details", { open: others.some((domain) => felt[domain]) }, h("summary", {}, `The other ${others.length}`), others.map(one)),
    !which && button("All the rest: 0, not at all", () => { for (const domain of order) if (!felt[domain]) { felt[domain] = { worst: 0 }; sets[domain].choose(0); } tell("The rest is set to 0"); }, { class: "second" }));
}
const asFelt = (felt) => Object.fromEntries(Object.entries(felt).map(([domain, { worst, began, minutes }]) =>
  [domain, { worst, ...(worst && began ? { began } : {}), ...(worst && minutes !== undefined ? { minutes } : {}) }]));

export function symptoms({ day, id }) {
  const before = id ? find(id) : undefined, felt = before ? structuredClone(before.body.felt) : {};
  const at = clock(before, day), note = h("textarea", { rows: 2, maxlength: 1000, value: before?.body.note || "" }), photo = addPhoto(before?.body.photo, "Photo, for example of a rash");
  const wrong = h("p", { class: "error", role: "alert" });
  return [h("h1", {}, "What bothers you?"), rating(felt, true),
    h("details", {}, h("summary", {}, "When, note, photo"), field("When", at), field("Note", note), photo.element), wrong,
    h("p", { class: "actions" }, button("Save", async () => {
      if (!Object.keys(felt).length && !note.value.trim() && !photo.id()) { wrong.textContent = "Choose at least one number, or write a note."; return; }
      const undo = await write("symptoms", { at: at.value.slice(0, 16) || when.start(day), felt: asFelt(felt), note: note.value.trim(), photo: photo.id() }, before);
      home(day);
      tell("Saved", undo);
    }), link("Back", "#/", { class: "button second" }))];
}

const YES_NO = [[true, "Yes"], [false, "No"]];
const number = (text) => (text.trim() === "" ? undefined : Number(text.replace(",", ".")));
export function evening({ day, id }) {
  const before = id ? find(id) : undefined, said = before ? { ...before.body } : {}, felt = {};
  const today = day || when.today();
  const sleep = h("input", { inputmode: "decimal", autocomplete: "off", maxlength: 5, value: said.sleep_hours ?? "" });
  const active = h("input", { inputmode: "numeric", autocomplete: "off", maxlength: 4, value: said.active_minutes ?? "" });
  const note = h("textarea", { rows: 2, maxlength: 1000, value: said.note || "" }), wrong = h("p", { class: "error", role: "alert" });
  const rated = of(today).some((one) => one.kind === "symptoms");
  return [h("h1", {}, before ? "The day" : day && day !== when.today() ? `How was ${when.named(day)}?` : "How are you?"),
    !before && [h("h2", {}, "Body"), rated && h("p", { class: "small" }, "You already wrote symptoms for this day. What you choose here is added."), rating(felt, false)],
    h("h2", {}, "The day"),
    field("Hours of sleep last night", sleep), tiles("Stress", RATINGS, said.stress, (value) => { said.stress = value; }, "0 is none, 10 is as much as can be."),
    tiles("Ill today (a cold, fever)?", YES_NO, said.ill, (value) => { said.ill = value; }), tiles("Period today?", YES_NO, said.menses, (value) => { said.menses = value; }),
    field("Minutes of moving about", active), field("Note", note), wrong,
    h("p", { class: "actions" }, button("Save", async () => {
      const hours = number(sleep.value), minutes = number(active.value);
      if (hours !== undefined && !(hours >= 0 && hours <= 24)) { wrong.textContent = "Hours of sleep: a number from 0 to 24."; sleep.focus(); return; }
      if (minutes !== undefined && !(Number.isInteger(minutes) && minutes >= 0 && minutes <= 1440)) { wrong.textContent = "Minutes of moving: a whole number from 0 to 1440."; active.focus(); return; }
      const at = before ? before.body.at : day && day !== when.today() ? `${day}T21:00` : when.local(when.now());
      const body = { at, sleep_hours: hours, stress: said.stress, ill: said.ill, menses: said.menses, active_minutes: minutes, note: note.value.trim() };
      if (Object.values(body).filter((value) => value !== undefined && value !== "").length > 1) await write("day", body, before);
      else if (!Object.keys(felt).length) { wrong.textContent = "Choose or write at least one thing."; return; }
      if (Object.keys(felt).length) await write("symptoms", { at, felt: asFelt(felt) });
      home(day);
      tell("Saved");
    }), link("Back", "#/", { class: "button second" }))].flat().filter(Boolean);
}

// One screen, three questions, one button.
export function short() {
  const felt = {}, hints = form().hints;
  const which = Object.keys(DOMAINS).sort((a, b) => (hints[b]?.worst || 0) - (hints[a]?.worst || 0)).slice(0, 3);
  const usual = usualMeals()[0], wrong = h("p", { class: "error", role: "alert" });
  let same = false;
  return [h("h1", {}, "Short form"), rating(felt, false, which),
    usual && h("label", { class: "choice" }, h("input", { type: "checkbox", onchange: (event) => { same = event.target.checked; } }), h("span", {}, `I ate as usual: ${items(usual)}`)), wrong,
    h("p", { class: "actions" }, button("Save", async () => {
      const at = when.local(when.now());
      if (!Object.keys(felt).length && !same) { wrong.textContent = "One number is enough."; return; }
      if (Object.keys(felt).length) await write("symptoms", { at, felt });
      if (same) await write("meal", { at, items: usual });
      home();
      tell("Saved. Rest well.");
    }), link("The long form", "#/evening", { class: "button second" }), link("Back", "#/", { class: "button second" }))];
}

export function stool({ day, id }) {
  const before = id ? find(id) : undefined, at = clock(before, day), wrong = h("p", { class: "error", role: "alert" });
  let shape = before?.body.form, blood = before?.body.blood || false;
  return [h("h1", {}, "Stool"), tiles("What was it like?", STOOL, shape, (value) => { shape = value; }),
    h("label", { class: "choice" }, h("input", { type: "checkbox", checked: blood, onchange: (event) => { blood = event.target.checked; } }), h("span", {}, "I saw blood")), field("When", at), wrong,
    h("p", { class: "actions" }, button("Save", async () => {
      if (!shape) { wrong.textContent = "Choose what it was like."; return; }
      const undo = await write("stool", { at: at.value.slice(0, 16) || when.start(day), form: shape, ...(blood ? { blood } : {}) }, before);
      home(day);
      tell(blood ? "Saved. Your clinic is told about the blood. A lot of blood, or feeling faint: press Help now." : "Saved", undo);
    }), link("Back", "#/", { class: "button second" }))];
}
