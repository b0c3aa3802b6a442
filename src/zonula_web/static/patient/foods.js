// Searching the catalogue of foods on the phone, offline. Words are brought to the form of zonula.diet.words: the same rules on both sides.
"use strict";
let rows = null;
export async function load() {
  if (!rows) {
    const address = document.querySelector("link[data-foods]").href;
    rows = (await (await fetch(address)).json()).map(([id, name, names, group]) => ({ id, name, group, names: names.split("|") }));
  }
  return rows;
}
const LIGATURES = { "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "&": " and ", "’": "'" };
function singular(word) {
  if (word.length <= 3 || /(ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(oes|shes|ches|xes|sses)$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}
export const plain = (text) => (text.toLowerCase().replace(/[œæßø&’]/g, (letter) => LIGATURES[letter]).normalize("NFKD").replace(/\p{M}/gu, "")
  .replaceAll("'s", "").replaceAll("'", "").match(/[a-z0-9]+/g) || []).map(singular);

// How far a name is from what was typed so far: 0 the same, 1 begins so, 2 holds the words, 3 near spelling; null when it is another.
function distance(typed, words, name) {
  const text = words.join(" ");
  if (name === text) return 0;
  if (name.startsWith(text) || name.startsWith(typed)) return 1;
  const inside = name.split(" ");
  if (words.every((word) => inside.some((other) => other.startsWith(word)))) return 2;
  return text.length >= 4 && inside.some((other) => near(text, other)) ? 3 : null;
}
// Whether two words differ by one letter (two when long): swapped, missing, added or another.
export function near(one, other) {
  const most = one.length > 7 ? 2 : 1;
  if (Math.abs(one.length - other.length) > most || other.length < 3) return false;
  let before = null, line = Array.from({ length: other.length + 1 }, (_, number) => number);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      next[j] = Math.min(line[j] + 1, next[j - 1] + 1, line[j - 1] + same);
      if (before && i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, line] = [line, next];
  }
  return line[other.length] <= most;
}
export function search(text, foods, most = 8) {
  const words = plain(text);
  if (!words.length) return [];
  const typed = text.trim().toLowerCase();
  const found = [];
  for (const food of foods) {
    let best = null;
    for (const name of food.names) {
      const far = distance(typed, words, name);
      if (far !== null && (best === null || far < best)) best = far;
    }
    if (best !== null) found.push({ food, far: best + (food.group ? 0.5 : 0) });
  }
  return found.sort((a, b) => a.far - b.far || a.food.name.length - b.food.name.length || (a.food.id < b.food.id ? -1 : 1)).slice(0, most).map((one) => one.food);
}
