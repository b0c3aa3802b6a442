// Reminders as a calendar file for the phone's own calendar. No server of ours or of anyone else sends a message, so none can tell what this is.
"use strict";
import { button, field, h, link, tell } from "./dom.js";
import * as when from "./when.js";

export function page() {
  const times = [["Noon", "12:30", false], ["Evening", "20:00", true]].map(([name, at, on]) => ({
    name, on: h("input", { type: "checkbox", checked: on }), at: h("input", { type: "time", value: at }),
  }));
  const wrong = h("p", { class: "error", role: "alert" });
  return [h("h1", {}, "Reminders"),
    h("p", {}, "Choose when. You get a calendar file; open it and your phone's calendar reminds you each day. It only says “Diary”. To stop it, delete it in your calendar."),
    ...times.map((one) => h("div", { class: "pair" }, h("label", { class: "choice" }, one.on, h("span", {}, one.name)), field(`${one.name}, time`, one.at))), wrong,
    h("p", { class: "actions" }, button("Get the calendar file", () => {
      const chosen = times.filter((one) => one.on.checked && one.at.value).map((one) => one.at.value);
      if (!chosen.length) { wrong.textContent = "Choose at least one time."; return; }
      wrong.textContent = "";
      const address = URL.createObjectURL(new Blob([calendar(chosen)], { type: "text/calendar" }));
      h("a", { href: address, download: "diary.ics" }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
      tell("The calendar file is ready");
    }), link("Back", "#/", { class: "button second" }))];
}
export function calendar(times) {
  const day = when.today().replaceAll("-", "");
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const events = times.flatMap((time, number) => ["BEGIN:VEVENT", `UID:diary-${number}-${stamp}@localhost`, `DTSTAMP:${stamp}`, `DTSTART:${day}T${time.replace(":", "")}00`, "DURATION:PT5M",
    "RRULE:FREQ=DAILY", "SUMMARY:Diary", "TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Diary", "TRIGGER:PT0S", "END:VALARM", "END:VEVENT"]);
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Diary//EN", ...events, "END:VCALENDAR", ""].join("\r\n");
}
