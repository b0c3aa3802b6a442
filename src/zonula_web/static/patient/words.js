// The words of the diary, short and plain.
"use strict";
export const DOMAINS = {
  fatigue: "Tired", bloating: "Bloated, belly", pain: "Pain, aches", headache: "Headache", rash: "Rash, skin", itch: "Itching",
  allergies: "Sneezing, hives, swelling", chemicals: "Smells or chemicals", mood: "Low or worried", "side-effects": "Side effects of a treatment",
  healing: "Wounds heal slowly", infections: "Cold or infection",
};
export const PORTIONS = [["taste", "a taste"], ["small", "small"], ["usual", "usual"], ["large", "large"], ["double", "double"]];
export const STOOL = [
  [1, "Hard lumps"], [2, "Lumpy sausage"], [3, "Sausage with cracks"], [4, "Smooth and soft"], [5, "Soft pieces"], [6, "Mushy"], [7, "Like water"],
];
export const LASTED = [["", "not said"], ["15", "some minutes"], ["60", "about 1 hour"], ["180", "about 3 hours"], ["360", "half a day"], ["720", "all day"]];
export const PRACTICES = ["Quiet minutes", "Acupuncture", "Walk", "Sport", "Lesson"];
export const RATINGS = Array.from({ length: 11 }, (_, number) => [number, String(number)]);
export const ALARMS = [
  ["breathing", "I cannot breathe well"], ["throat", "My throat is tight or swelling"], ["fainting", "I fainted or nearly did"],
  ["suicidal", "I think of ending my life"],
];
const KINDS = { meal: "Meal", symptoms: "How I felt", stool: "Stool", day: "The day", taken: "Medicine", practice: "Practice", challenge: "Test dose",
  belief: "What I suspect", alarm: "Call for help", note: "Note" };
export const kindOf = (entry) => KINDS[entry.kind] || entry.kind;
const portion = (word) => (word && word !== "usual" ? ` (${PORTIONS.find(([key]) => key === word)?.[1] || word})` : "");
export const items = (list) => list.map((one) => one.name + portion(one.portion)).join(", ");
const yesNo = (value, yes, no) => (value === true ? [yes] : value === false ? [no] : []);
// What an entry says, in one line.
export const says = ({ kind, body }) => {
  const parts = {
    meal: () => [items(body.items)],
    symptoms: () => Object.entries(body.felt).map(([domain, felt]) => `${DOMAINS[domain] || domain} ${felt.worst}`),
    stool: () => [STOOL[body.form - 1][1], body.blood && "with blood"],
    day: () => [body.sleep_hours != null && `slept ${body.sleep_hours} h`, body.stress != null && `stress ${body.stress}`, ...yesNo(body.menses, "period", "no period"),
      ...yesNo(body.ill, "ill", "not ill"), body.active_minutes != null && `active ${body.active_minutes} min`],
    taken: () => [body.name, body.dose, body.rescue && "against a symptom"],
    practice: () => [body.what, body.minutes != null && `${body.minutes} min`],
    challenge: () => [body.servings > 0 ? `${body.food}, ${body.servings} of a portion` : body.food, body.stopped && "I stopped the test"],
    belief: () => [`${body.food}: ${body.suspects} of 10`],
    alarm: () => [ALARMS.find(([key]) => key === body.what)?.[1]],
  }[kind];
  return [...(parts ? parts() : []), body.note, body.photo && "photo"].filter(Boolean).join(" · ");
};
