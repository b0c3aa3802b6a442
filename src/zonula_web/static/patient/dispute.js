// Two phones changed one entry at the same time. Both versions are shown; the patient chooses one, or keeps both.
"use strict";
import { button, h, link, tell } from "./dom.js";
import { disputes, remove, write } from "./state.js";
import { named, time } from "./when.js";
import { kindOf, says } from "./words.js";

export function page() {
  const pairs = disputes();
  if (!pairs.length) return [h("h1", {}, "Two versions"), h("p", {}, "There is nothing to choose."), link("Back to today", "#/", { class: "button" })];
  return [h("h1", {}, "Two versions of one entry"), h("p", {}, "Both are kept until you choose."), ...pairs.map(pair), link("Later", "#/", { class: "button second" })];
}
const version = (title, one) => h("div", {}, h("h3", {}, title), h("p", {}, one.deleted ? "It was removed." : `${named(one.body.at.slice(0, 10))}, ${time(one.body.at)}. ${kindOf(one)}: ${says(one)}`));
function pair({ main, side }) {
  const end = async (first, text) => { await first(); await remove(side); tell(text); };
  return h("section", { class: "sheet" }, version("First version", main), version("Second version", side),
    h("p", { class: "actions" },
      button(main.deleted ? "Leave it removed" : "Keep the first", () => end(async () => {}, "The first version is kept"), { "data-key": `first-${main.id}` }),
      button("Keep the second", () => end(() => write(side.kind, side.body, main), "The second version is kept"), { "data-key": `second-${main.id}` }),
      !main.deleted && button("Keep both: it happened twice", () => end(() => write(side.kind, side.body), "Both are kept"), { class: "second" })));
}
