// A meal: a usual one with one tap, a new one by searching the catalogue, offline too.
"use strict";
import { button, field, h, link, select, tell } from "./dom.js";
import * as foods from "./foods.js";
import { addPhoto } from "./days.js";
import { find, forgetMeal, nameMeal, named, of, usualMeals, write } from "./state.js";
import * as when from "./when.js";
import { PORTIONS, items as inWords } from "./words.js";

const MOST_SHOWN = 8;
const MOST_ITEMS = 60, LONGEST_NAME = 120;

export function page({ day, id }) {
  const before = id ? find(id) : undefined;
  let basket = before ? before.body.items.map((one) => ({ ...one })) : [], catalogue = [];
  const at = h("input", { type: "datetime-local", value: before ? before.body.at : when.start(day) });
  const note = h("textarea", { rows: 2, maxlength: 1000, value: before?.body.note || "" });
  const photo = addPhoto(before?.body.photo);
  const chosen = h("ul", { class: "plain rows" });
  const found = h("ul", { class: "plain results" }), count = h("p", { class: "only-spoken", role: "status" });
  const search = h("input", { type: "search", autocomplete: "off", maxlength: LONGEST_NAME, enterkeyhint: "search", oninput: look,
    onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); found.querySelector("button")?.click(); } } });
  const wrong = h("p", { class: "error", role: "alert" });
  foods.load().then((all) => { catalogue = all; look(); }).catch(() => {});

  function look() {
    const text = search.value.trim().slice(0, LONGEST_NAME);
    const hits = text ? foods.search(text, catalogue) : [];
    const same = hits.some((food) => food.name.toLowerCase() === text.toLowerCase());
    found.replaceChildren(...hits.map((food) => h("li", {}, button(food.name, () => add({ name: food.name, food: food.id }), { class: "row" }))),
      ...(text && !same ? [h("li", {}, button(`Add “${text}” as I wrote it`, () => add({ name: text }), { class: "row" }))] : []));
    count.textContent = text ? `${hits.length} found` : "";
  }
  function add(food) {
    if (basket.length >= MOST_ITEMS) return;
    basket.push({ ...food, name: food.name.slice(0, LONGEST_NAME) });
    search.value = ""; look(); list(); search.focus();
    tell(`${food.name} added`);
  }
  function list() {
    chosen.replaceChildren(...basket.map((one, number) => h("li", { class: "item" }, h("span", {}, one.name),
      h("label", {}, h("span", { class: "only-spoken" }, `How much ${one.name}`), select(PORTIONS, one.portion || "usual", (word) => { if (word === "usual") delete one.portion; else one.portion = word; })),
      button("Remove", () => { basket.splice(number, 1); list(); search.focus(); }, { class: "second", "aria-label": `Remove ${one.name}` }))));
    naming.hidden = save.hidden = basket.length === 0;
  }
  async function keep(items) {
    wrong.textContent = "";
    if (!at.value) { wrong.textContent = "Say when it was."; at.focus(); return; }
    const undo = await write("meal", { at: at.value.slice(0, 16), items, note: note.value.trim(), photo: photo.id() }, before);
    location.hash = day && day !== when.today() ? `#/day?day=${day}` : "#/";
    tell("Meal saved", undo);
  }
  const save = button("Save the meal", () => keep(basket));
  const name = h("input", { maxlength: LONGEST_NAME });
  const naming = h("details", {}, h("summary", {}, "Give this meal a name, to find it again"), field("Name", name, "A favourite or a recipe of yours, such as “my bread”."),
    button("Keep the name", async () => { const said = name.value.trim(); if (said) { await nameMeal(said, basket); naming.open = false; tell(`${said} is kept`); } }, { class: "second" }));
  list();
  const repeat = (text, items, extra) => h("li", {}, button(text, () => keep(items), { class: "row" }), extra);
  const own = named(), usual = usualMeals().slice(0, MOST_SHOWN), yesterday = of(when.before(1)).filter((one) => one.kind === "meal");
  return [
    h("h1", {}, before ? "Change the meal" : "What did you eat or drink?"),
    !before && (own.length > 0 || usual.length > 0) && h("section", {}, h("h2", {}, "As before: one tap saves it"), h("ul", { class: "plain rows" },
      own.map((meal) => repeat(meal.name, meal.items, button("Forget", () => { forgetMeal(meal).then(() => tell(`${meal.name} is forgotten`)); }, { class: "second", "aria-label": `Forget ${meal.name}` }))),
      usual.map((items) => repeat(inWords(items), items)))),
    !before && yesterday.length > 0 && h("details", {}, h("summary", {}, "Copy from yesterday"), h("ul", { class: "plain rows" },
      yesterday.map((one) => repeat(`${when.time(one.body.at)} ${inWords(one.body.items)}`, one.body.items)),
      yesterday.length > 1 && h("li", {}, button("All of yesterday's meals", async () => {
        const target = day || when.today();
        for (const one of yesterday) await write("meal", { at: `${target}T${when.time(one.body.at)}`, items: one.body.items });
        location.hash = "#/";
        tell(`${yesterday.length} meals saved`);
      }, { class: "row" })))),
    h("section", {}, h("h2", {}, before ? "What it was" : "Something else"), field("Search a food or drink", search), count, found, chosen, save, naming),
    h("details", {}, h("summary", {}, "When, note, photo"), field("When", at), field("Note", note), photo.element),
    wrong, link("Back", "#/", { class: "button second" }),
  ].filter(Boolean);
}
