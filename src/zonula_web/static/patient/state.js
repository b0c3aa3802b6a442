// What the diary knows now: today's form from the clinic, with what is not sent yet laid over it.
"use strict";
import { id as newId } from "./dom.js";
import * as when from "./when.js";

export const state = { owner: null, store: null, sync: null, form: null, unsent: [], standing: "", secure: true, changed: () => {} };
const NOTHING = { entries: [], usual: { meals: [], medicines: [], practices: [] }, hints: {}, named: [], consents: {}, plan: null };
export const form = () => state.form || NOTHING;

export async function refresh(newForm) {
  state.unsent = await state.store.unsent();
  const kept = newForm || (await state.store.form());
  if (kept) state.form = kept;
  if (newForm?.now) when.correct(newForm.now);
}

// Every entry the phone knows, own unsent edits applied, oldest first. waiting: not sent yet.
export function entries() {
  const found = new Map(form().entries.map((one) => [one.id, one]));
  for (const one of state.unsent) {
    if (one.kind === "named meal") continue;
    const before = found.get(one.id);
    found.set(one.id, { id: one.id, revision: before?.revision || one.base, kind: one.kind, body: one.body, deleted: one.deleted,
      conflict_of: before?.conflict_of || null, waiting: true, refused: one.refused });
  }
  return [...found.values()].sort((a, b) => (a.body.at < b.body.at ? -1 : a.body.at > b.body.at ? 1 : 0));
}
export const standing = () => entries().filter((one) => !one.deleted && !one.conflict_of);
export const of = (day) => standing().filter((one) => one.body.at.startsWith(day));
export const find = (id) => entries().find((one) => one.id === id);
// Versions of one entry that two phones wrote at the same time.
export const disputes = () => entries().filter((one) => one.conflict_of && !one.deleted)
  .map((side) => ({ side, main: find(side.conflict_of) })).filter((pair) => pair.main);

// Meals with a name; the phone's own changes applied.
export function named() {
  const found = new Map(form().named.map((one) => [one.id, one]));
  for (const one of state.unsent) if (one.kind === "named meal") { if (one.deleted) found.delete(one.id); else found.set(one.id, { id: one.id, ...one.body }); }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
// Meals that come again, those of this phone first.
export function usualMeals() {
  const own = state.unsent.filter((one) => one.kind === "meal" && !one.deleted).map((one) => one.body.items).reverse();
  const seen = new Set();
  return [...own, ...form().usual.meals].filter((items) => { const key = JSON.stringify(items); return !seen.has(key) && seen.add(key); });
}

// Keep it on the phone first, then try to send it. Returns what takes it back.
export async function write(kind, body, before) {
  const entry = { id: before?.id || newId(), base: before && !before.waiting ? before.revision : before?.revision || 0, kind, body: clean(body), deleted: false,
    recorded_at: new Date().toISOString() };
  await put(entry);
  return () => before && !before.gone ? write(before.kind, before.body, find(entry.id)) : remove(find(entry.id));
}
export async function remove(entry) {
  if (!entry) return;
  await put({ id: entry.id, base: entry.revision || 0, kind: entry.kind, body: entry.body, deleted: true, recorded_at: new Date().toISOString() });
}
export const nameMeal = (name, items) => put({ id: newId(), base: 0, kind: "named meal", body: { name, items }, deleted: false, recorded_at: new Date().toISOString() });
export const forgetMeal = (meal) => put({ id: meal.id, base: 1, kind: "named meal", body: { name: meal.name, items: meal.items }, deleted: true, recorded_at: new Date().toISOString() });

async function put(entry) {
  await state.store.write(entry);
  navigator.storage?.persist?.();
  await refresh();
  state.changed();
  state.sync.run();
}
// What was not said is left out.
const clean = (body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== "" && value !== undefined && value !== null));
