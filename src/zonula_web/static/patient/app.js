// The diary begins here: whose it is, what is shown, and when it is sent.
"use strict";
import { button, h, link } from "./dom.js";
import * as phone from "./phone.js";
import { Memory, Store, canKeep } from "./store.js";
import { Sync } from "./sync.js";
import { refresh, state } from "./state.js";
import { isNight } from "./when.js";
import * as today from "./today.js";
import * as meal from "./meal.js";
import * as checkIn from "./check_in.js";
import * as medicine from "./medicine.js";
import * as days from "./days.js";
import * as dispute from "./dispute.js";
import * as dose from "./dose.js";
import * as alarm from "./alarm.js";
import * as settings from "./settings.js";
import * as reminders from "./reminders.js";

const OWNER = "diary-owner";
const PAGES = { "": today.page, meal: meal.page, symptoms: checkIn.symptoms, evening: checkIn.evening, short: checkIn.short, stool: checkIn.stool, note: days.note,
  medicine: medicine.page, practice: medicine.practice, day: days.page, entry: days.entry, choose: dispute.page, dose: dose.page, help: alarm.page,
  settings: settings.page, reminders: reminders.page };
const place = document.getElementById("page");
let shown = "", leaving = () => {};

// #/meal?day=2026-11-23 -> the page's function with its parameters.
function show(keepFocus) {
  const [name, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const page = PAGES[name];
  if (!page) { location.hash = "#/"; return; }
  const needsOwner = name !== "help";
  leaving(); leaving = () => {};
  const made = needsOwner && !state.owner ? welcome() : page(Object.fromEntries(new URLSearchParams(query)));
  place.replaceChildren(...[made].flat());
  shown = location.hash;
  if (!keepFocus) { window.scrollTo(0, 0); const title = place.querySelector("h1"); title?.setAttribute("tabindex", "-1"); title?.focus(); }
}
// Pages that only show are made anew when something changed; a form that is being filled in is left alone.
const ONLY_SHOWN = new Set(["", "day", "entry", "choose", "settings", "dose"]);
function changed() {
  sayStanding();
  const name = location.hash.replace(/^#\/?/, "").split("?")[0];
  if (!ONLY_SHOWN.has(name) || !state.owner) return;
  const where = document.activeElement, key = where?.dataset?.key;
  if (place.contains(where) && /^(INPUT|TEXTAREA|SELECT)$/.test(where.tagName)) return;
  const top = window.scrollY;
  show(true);
  window.scrollTo(0, top);
  if (key) place.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });
}

function sayStanding() {
  const count = state.unsent.length, said = document.getElementById("standing");
  const waiting = `${count} saved on this ${state.secure ? "phone" : "page"}, not sent yet`;
  const words = {
    sending: count ? `Sending ${count}` : "", sent: count ? waiting : "Everything is sent to the clinic", offline: count ? `No connection. ${waiting}` : "No connection",
    later: count ? waiting : "", consent: count ? waiting : "", "signed out": count ? waiting : "Signed out", "another person": "Signed in as someone else", token: waiting,
  };
  const text = words[state.standing] ?? (count ? waiting : "");
  said.className = count ? "waiting" : "";
  if (said.dataset.text === text) return;
  said.dataset.text = text;
  said.replaceChildren(text);
}
export const signIn = () => link("Sign in", "/account/login/?next=/diary/", { class: "button" });

function welcome() {
  const title = h("h1", {}, "Diary");
  if (state.standing === "none") return [title, h("p", { class: "note" }, "This account keeps no diary. A diary belongs to a patient's account; your clinic can invite you."), link("To the start", "/")];
  if (state.standing === "offline") return [title, h("p", { class: "note warn" }, "No connection. The diary opens here once you were signed in on this phone."), button("Try again", begin)];
  return [title, h("p", {}, "Sign in to open your diary on this phone."), signIn()];
}

async function begin() {
  state.secure = canKeep();
  state.changed = changed;
  state.owner = localStorage.getItem(OWNER);
  if (!state.owner) {
    try {
      const who = await phone.me();
      if (who.patient) localStorage.setItem(OWNER, (state.owner = who.patient));
      else state.standing = "none";
    } catch (problem) { state.standing = problem.kind; }
  }
  if (state.owner) await openFor(state.owner);
  show(true);
  sayStanding();
  performance.mark("diary ready"); // measured: interactive on a slow phone
  document.documentElement.dataset.ready = "yes";
}
async function openFor(owner) {
  state.store = state.secure ? await Store.open(owner) : new Memory();
  state.sync = new Sync(state.store, owner, async ({ standing, form }) => {
    state.standing = standing;
    if (standing === "another person") return another();
    await refresh(form);
    changed();
  });
  await refresh();
  state.sync.run();
}
// Someone else signed in on this phone: what the first person did not send stays, locked, until that person signs in again.
async function another() {
  const who = await phone.me().catch(() => null);
  if (!who?.patient || who.patient === state.owner) { sayStanding(); return; }
  if (!(await state.store.count()) && state.store.wipe) await state.store.wipe();
  localStorage.setItem(OWNER, who.patient);
  location.reload();
}

addEventListener("hashchange", () => { if (location.hash !== shown) show(); });
addEventListener("online", () => state.sync?.run());
addEventListener("focus", () => state.sync?.run());
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") state.sync?.run(); });
const night = () => { document.documentElement.toggleAttribute("data-night", isNight()); };
night(); setInterval(night, 60_000);

// A neutral cover for a moment when somebody looks over the shoulder.
document.getElementById("hide").addEventListener("click", () => {
  const cover = h("dialog", { class: "cover", "aria-label": "Hidden" }, button("Show again", () => { cover.close(); cover.remove(); document.getElementById("hide").focus(); }));
  document.body.append(cover);
  cover.showModal();
});
begin();
if ("serviceWorker" in navigator) {
  const register = () => navigator.serviceWorker.register("/diary/worker.js", { scope: "/diary/" }).catch(() => {});
  if (document.readyState === "complete") register(); else addEventListener("load", register);
}
