// One day, one entry, a note; and the photo that belongs to an entry.
"use strict";
import { button, field, h, id as newId, link, tell } from "./dom.js";
import * as phone from "./phone.js";
import { small } from "./photo.js";
import { find, form, of, remove, state, write } from "./state.js";
import * as when from "./when.js";
import { kindOf, says } from "./words.js";

export const line = (entry) => h("li", {}, link(`${when.time(entry.body.at)} ${kindOf(entry)}: ${says(entry)}`, `#/entry?id=${entry.id}`, { class: "row" }),
  entry.refused ? h("span", { class: "mark warn" }, "not taken") : entry.waiting && h("span", { class: "mark calm" }, "on this phone"));

export function page({ day = when.today() }) {
  const written = of(day);
  return [
    h("h1", {}, when.named(day)),
    written.length ? h("ul", { class: "plain rows sheet" }, written.map(line)) : h("p", { class: "quiet" }, "Nothing is written for this day. That is fine."),
    h("nav", { class: "big", "aria-label": "Write down" }, link("Meal", `#/meal?day=${day}`), link("Symptom", `#/symptoms?day=${day}`), link("Medicine", `#/medicine?day=${day}`), link("How was the day", `#/evening?day=${day}`)),
    link("Back to today", "#/", { class: "button second" }),
  ];
}
const FORMS = { meal: "meal", symptoms: "symptoms", stool: "stool", day: "evening", taken: "medicine", practice: "practice", note: "note" };
export function entry({ id }) {
  const one = find(id);
  if (!one || one.deleted) return [h("h1", {}, "Entry"), h("p", {}, "This entry is not on this phone any more."), link("Back", "#/", { class: "button second" })];
  const picture = one.body.photo && h("p", {}, link("See the photo", `/patients/${state.owner}/diary/photos/${one.body.photo}/`, { target: "_blank", rel: "noopener" }));
  return [
    h("h1", {}, kindOf(one)), h("p", {}, `${when.named(one.body.at.slice(0, 10))}, ${when.time(one.body.at)}`), h("p", {}, says(one)), picture,
    one.refused && h("p", { class: "note warn" }, `The clinic could not take it: ${one.refused}`),
    h("p", { class: "small" }, one.waiting ? "Saved on this phone, not sent yet." : "Sent to the clinic."),
    h("p", { class: "actions" }, FORMS[one.kind] && link("Change", `#/${FORMS[one.kind]}?id=${one.id}`, { class: "button" }),
      button("Remove", async () => {
        await remove(one);
        if (one.body.photo) phone.dropPhoto(state.owner, one.body.photo).catch(() => {});
        location.hash = "#/";
        tell("Removed", one.body.photo ? undefined : () => write(one.kind, one.body, { ...find(one.id), gone: true, id: find(one.id)?.id || newId(), revision: find(one.id)?.revision || 0 }));
      }, { class: "danger" })),
    link("Back", "#/", { class: "button second" }),
  ].filter(Boolean);
}
export function note({ day, id }) {
  const before = id ? find(id) : undefined;
  const at = h("input", { type: "datetime-local", value: before ? before.body.at : when.start(day) });
  const text = h("textarea", { rows: 4, maxlength: 1000, value: before?.body.note || "" });
  return [h("h1", {}, "Note"), field("What do you want to remember?", text), field("When", at),
    h("p", { class: "actions" }, button("Save the note", async () => {
      if (!text.value.trim()) { text.focus(); return; }
      const undo = await write("note", { at: at.value.slice(0, 16) || when.start(day), note: text.value.trim() }, before);
      location.hash = "#/";
      tell("Note saved", undo);
    }), link("Back", "#/", { class: "button second" }))];
}

// A photo is made small and kept on the phone, encrypted, until it is sent.
export function addPhoto(before, label = "Photo") {
  let chosen = before || "";
  const said = h("p", { class: "small", role: "status" }, before ? "A photo is there." : "");
  const agreed = form().consents.photos?.given;
  if (!agreed) return { id: () => chosen, element: h("p", { class: "small" }, "Photos are off. You can switch them on in the settings.") };
  const input = h("input", { type: "file", accept: "image/*", onchange: async () => {
    const [file] = input.files;
    if (!file) return;
    try {
      const bytes = await small(file), id = newId();
      await state.store.keepPhoto(id, bytes);
      chosen = id;
      said.textContent = "The photo is kept.";
    } catch { said.textContent = "This photo cannot be read. Try another."; }
  } });
  return { id: () => chosen, element: h("div", {}, field(label, input, "Made small on your phone. Place and time of the camera are left out."), said) };
}
