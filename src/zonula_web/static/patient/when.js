// Times as the diary keeps them: local, to the minute. The clinic's clock corrects a phone whose clock is wrong.
"use strict";
let ahead = 0; // milliseconds the clinic's clock is ahead of this phone's
export const correct = (now) => { const by = Date.parse(now) - Date.now(); ahead = Math.abs(by) > 120_000 ? by : 0; return ahead; };
export const now = () => new Date(Date.now() + ahead);
const two = (number) => String(number).padStart(2, "0");
export const local = (moment) => `${day(moment)}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
export const day = (moment) => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
export const today = () => day(now());
export const before = (days) => { const moment = now(); moment.setDate(moment.getDate() - days); return day(moment); };
export const time = (at) => at.slice(11, 16);
export const named = (which) => which === today() ? "Today" : which === before(1) ? "Yesterday"
  : new Date(`${which}T12:00`).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
// What a form begins with: now, or the middle of an earlier day.
export const start = (chosen) => (chosen && chosen !== today() ? `${chosen}T12:00` : local(now()));
export const isNight = () => { const hour = new Date().getHours(); return hour >= 21 || hour < 6; };
