// The test of a food: the dose of the day, the time of watching, and a stop at any moment.
"use strict";
import { button, h, link, tell } from "./dom.js";
import { form, standing, write } from "./state.js";
import * as when from "./when.js";

const STOPPED = "You stopped this test. Eat no more of this food. Your clinic decides how to go on.";
// The clinic knows stops that this phone no longer keeps; the phone knows one that was not sent yet.
const isStopped = (dose) => dose.stopped || standing().some((one) => one.kind === "challenge" && one.body.food === dose.food && one.body.stopped && one.body.at >= when.before(dose.day_number - 1));
export const saysOf = (dose) => isStopped(dose) ? STOPPED : dose.says;

export function page() {
  const dose = form().plan?.dose;
  if (!dose) return [h("h1", {}, "Test of a food"), h("p", {}, "No food is tested today."), link("Back to today", "#/", { class: "button" })];
  const today = when.today();
  const eaten = standing().filter((one) => one.kind === "challenge" && one.body.food === dose.food && !one.body.stopped && one.body.at.startsWith(today)).pop();
  const stopped = isStopped(dose);
  const mayEat = dose.portion > 0 && !dose.supervised && !eaten && !stopped;
  return [h("h1", {}, `Test of ${dose.name}`), h("p", {}, `Day ${dose.day_number}.`),
    stopped ? h("p", { class: "note warn" }, STOPPED)
      : h("p", { class: "note calm" }, eaten ? `You ate it at ${when.time(eaten.body.at)}. Now watch how you feel until tomorrow, and write down what you notice.` : dose.says),
    mayEat && h("div", {}, h("p", {}, "Eat it only when you feel as usual today, are not ill, and someone could help you. Not before or after sport, and not with alcohol."),
      h("p", { class: "actions" }, button("I ate it now", async () => { const undo = await write("challenge", { at: when.local(when.now()), food: dose.food, servings: dose.portion }); tell("Saved. Now watch how you feel.", undo); }, { "data-key": "ate" }))),
    h("p", { class: "actions" }, link("Write down how I feel", "#/symptoms", { class: "button second" }),
      !stopped && button("Stop the test", async () => { const undo = await write("challenge", { at: when.local(when.now()), food: dose.food, servings: 0, stopped: true }); tell("The test is stopped. Eat no more of this food. Your clinic is told.", undo); }, { class: "danger", "data-key": "stop" })),
    h("p", { class: "note alarm" }, "Trouble breathing, a tight throat, swelling, fainting: ", link("Help now", "#/help")),
    link("Back to today", "#/", { class: "button second" })].filter(Boolean);
}
