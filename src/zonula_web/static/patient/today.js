// The first page: four big buttons, today's plan, what was written today.
"use strict";
import { button, h, link } from "./dom.js";
import * as phone from "./phone.js";
import { disputes, form, of, state } from "./state.js";
import { line } from "./days.js";
import { saysOf } from "./dose.js";
import * as when from "./when.js";

export function page() {
  const plan = form().plan, today = when.today(), written = of(today);
  return [
    h("h1", {}, "Today"),
    ...notices(),
    h("nav", { class: "big", "aria-label": "Write down" },
      link("Meal", "#/meal"), link("Symptom", "#/symptoms"), link("Medicine", "#/medicine"), link("How are you", quiet() ? "#/short" : "#/evening")),
    plan && thePlan(plan),
    h("section", { class: "sheet" }, h("h2", {}, "Written today"),
      written.length ? h("ul", { class: "plain rows" }, written.map(line)) : h("p", { class: "quiet" }, "Nothing yet. One line is enough."),
      h("p", { class: "actions" }, link("Stool", "#/stool", { class: "button second" }), link("Practice", "#/practice", { class: "button second" }), link("Note", "#/note", { class: "button second" }))),
    earlier(),
    h("p", { class: "actions" }, link("Settings", "#/settings", { class: "button second" }), link("Reminders", "#/reminders", { class: "button second" }),
      state.owner && link("My data", `/patients/${state.owner}/diary/data/`, { class: "button second" }),
      state.owner && link("My foods", `/patients/${state.owner}/my-foods/`, { class: "button second" }),
      state.owner && link("Food passport", `/patients/${state.owner}/food-passport/`, { class: "button second" })),
  ].filter(Boolean);
}
export const quiet = () => localStorage.getItem("diary-short") === "yes";

function notices() {
  const shown = [];
  if (!state.secure) shown.push(h("p", { class: "note warn" }, "This address is not secure (no https). Entries are sent at once and are not kept on this phone. Without a connection they are lost when you close the page."));
  if (state.standing === "signed out") shown.push(h("div", { class: "note calm" }, h("p", {}, "You were signed out. You can go on writing; sign in and it is sent."), link("Sign in", "/account/login/?next=/diary/", { class: "button" })));
  const ask = form().consents.diary;
  if (ask && !ask.given) shown.push(consentCard("diary", ask.words, "Before your diary is sent"));
  const pairs = disputes().length;
  if (pairs) shown.push(h("div", { class: "note warn" }, h("p", {}, `${pairs === 1 ? "One entry was" : `${pairs} entries were`} changed on two phones. Both are kept. You choose.`), link("Look and choose", "#/choose", { class: "button" })));
  const refused = state.unsent.filter((one) => one.refused);
  if (refused.length) shown.push(h("div", { class: "note warn" }, h("p", {}, "The clinic could not take this. It stays on your phone; open it and change it."), h("ul", { class: "plain rows" }, refused.map(line))));
  return shown;
}
export function consentCard(data, words, title) {
  const say = (given) => async () => {
    try { await phone.consent(state.owner, data, given); } catch { /* asked again at the next visit */ }
    state.sync.run();
  };
  return h("section", { class: "sheet" }, h("h2", {}, title), h("p", {}, words),
    h("p", { class: "actions" }, button("I agree", say(true)), button("I do not agree", say(false), { class: "second" })));
}

function thePlan(plan) {
  const avoid = plan.avoid.length
    ? [h("h3", {}, "Leave out"), h("ul", { class: "plain chips" }, plan.avoid.map((one) => h("li", {}, h("strong", {}, one.name), h("span", { class: "small" }, ` ${one.why}`))))]
    : [h("p", {}, "Nothing is left out. Eat a mixed diet.")];
  return h("section", { class: "sheet" },
    h("h2", {}, `${plan.title}, day ${plan.day_of_stage}`), h("p", { class: "quiet" }, plan.purpose),
    plan.paused.length > 0 && h("div", { class: "note warn" }, h("p", {}, h("strong", {}, "Your plan is paused.")), plan.paused.map((said) => h("p", {}, said)), h("p", {}, "Ask your clinic how to go on.")),
    plan.dose && h("div", { class: "note calm" }, h("p", {}, h("strong", {}, `Test of ${plan.dose.name}, day ${plan.dose.day_number}. `), saysOf(plan.dose)), link("Open the test", "#/dose", { class: "button" })),
    avoid,
    plan.again.length > 0 && [h("h3", {}, "Eat again"), h("ul", {}, plan.again.map((one) => h("li", {}, `${one.name}, by ${when.named(one.by)}`)))],
    plan.tasks.length > 0 && [h("h3", {}, "To do"), h("ul", {}, plan.tasks.map((one) => h("li", {}, one.title)))],
    h("p", { class: "small" }, backWords(plan.back)));
}
const backWords = ({ given_back: foods, restricted_days: days }) =>
  [foods.length ? `Foods given back: ${foods.join(", ")} (${foods.length}).` : "No food was given back yet.", days ? `${days} days under restriction.` : "No restriction now."].join(" ");

// The last three days, offered and never counted against anyone.
function earlier() {
  return h("section", { class: "sheet" }, h("h2", {}, "The days before"), h("p", { class: "quiet" }, "If you like, add what you remember. A gap is fine."),
    h("ul", { class: "plain rows" }, [1, 2, 3].map((ago) => {
      const day = when.before(ago), count = of(day).length;
      return h("li", {}, link(when.named(day), `#/day?day=${day}`, { class: "row" }), h("span", { class: "small" }, count === 0 ? "nothing written" : `${count} ${count === 1 ? "entry" : "entries"}`));
    })));
}
