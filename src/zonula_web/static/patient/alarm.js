// Help now. The card stands here at once, offline too; the clinic is told when there is a connection.
"use strict";
import { button, h, link } from "./dom.js";
import { state, write } from "./state.js";
import * as when from "./when.js";
import { ALARMS } from "./words.js";

export function page({ what }) {
  const chosen = ALARMS.find(([key]) => key === what);
  if (!chosen) return [h("h1", {}, "What is it?"), h("nav", { class: "big help", "aria-label": "What is it" },
    ALARMS.map(([key, text]) => button(text, () => { location.hash = `#/help?what=${key}`; tellClinic(key); }))), link("Back", "#/", { class: "button second" })];
  const card = document.getElementById(what === "suicidal" ? "card-suicidal" : "card-breathing").content.cloneNode(true);
  return [h("h1", {}, "Please do this now"),
    h("div", { class: "note alarm", role: "alert" }, card,
      what === "fainting" && h("p", {}, "Lie down and put your legs up."),
      h("p", { class: "actions" }, link("Call 112 (Europe)", "tel:112", { class: "button" }), link("Call 911 (North America)", "tel:911", { class: "button" }), what === "suicidal" && link("Call 988 (United States)", "tel:988", { class: "button" })),
      h("p", {}, what === "suicidal" ? "Do not stay alone. Tell someone near you." : "Do not stay alone. Ask someone to stay with you."),
      h("p", {}, "Do not wait for your clinic: nobody may be reading this at the moment.")),
    h("p", { role: "status" }, state.owner ? "This is written down and goes to your clinic as soon as there is a connection." : ""),
    link("Back to the diary", "#/", { class: "button second" })];
}
// The card comes first; writing it down must never hold it up.
function tellClinic(what) { if (state.owner) write("alarm", { at: when.local(when.now()), what }).catch(() => {}); }
