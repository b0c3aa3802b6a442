// Settings of this phone: the short form, photos, what is waiting, signing out.
"use strict";
import { button, h, link, tell } from "./dom.js";
import * as phone from "./phone.js";
import { form, state } from "./state.js";
import { consentCard, quiet } from "./today.js";

export function page() {
  const photos = form().consents.photos, waiting = state.unsent.length;
  return [h("h1", {}, "Settings"),
    h("section", { class: "sheet" }, h("h2", {}, "Days without strength"), h("label", { class: "choice" },
      h("input", { type: "checkbox", checked: quiet(), onchange: (event) => { localStorage.setItem("diary-short", event.target.checked ? "yes" : ""); } }), h("span", {}, "“How are you” opens the short form: one screen, one tap is enough"))),
    photos && (photos.given
      ? h("section", { class: "sheet" }, h("h2", {}, "Photos"), h("p", {}, "Photos are on."), button("Switch photos off", async () => { await phone.consent(state.owner, "photos", false).catch(() => {}); state.sync.run(); }, { class: "second" }))
      : consentCard("photos", photos.words, "Photos")),
    h("section", { class: "sheet" }, h("h2", {}, "Waiting to be sent"), h("p", {}, waiting ? `${waiting} not sent yet. They stay on this phone, encrypted, until your clinic has them.` : "Nothing waits. Everything is at your clinic."),
      h("p", { class: "actions" }, button("Send now", () => state.sync.run(), { class: "second", "data-key": "send" }), waiting > 0 && button("Save them as a file", saveFile, { class: "second" }))),
    h("section", { class: "sheet" }, h("h2", {}, "This phone"), h("p", {}, "To open the diary like an app: in the browser's menu choose “Add to home screen” or “Install”."),
      h("p", {}, "Signing out removes everything of the diary from this phone."), waiting > 0 && h("p", { class: "note warn" }, `${waiting} not sent yet would be lost. Send them first, or save them as a file.`),
      h("p", { class: "actions" }, button(waiting ? `Sign out and lose ${waiting}` : "Sign out", signOut, { class: "danger" }))),
    link("Back to today", "#/", { class: "button second" })].filter(Boolean);
}
function saveFile() {
  const text = JSON.stringify(state.unsent.map(({ id, kind, body, deleted, recorded_at }) => ({ id, kind, body, deleted, recorded_at })), null, 1);
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: "diary-not-sent.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
async function signOut() {
  try { await phone.me(); } catch (problem) {
    if (problem.kind === "offline") { tell("No connection. Signing out needs one."); return; }
  }
  state.sync.stop();
  // First here, then at the clinic, whose answer tells the browser to clear everything once more.
  await state.store.wipe().catch(() => {});
  localStorage.clear();
  for (const name of await globalThis.caches?.keys() || []) await caches.delete(name);
  for (const worker of await navigator.serviceWorker?.getRegistrations() || []) await worker.unregister();
  await phone.leave().catch(() => {});
  location.href = "/account/login/";
}
