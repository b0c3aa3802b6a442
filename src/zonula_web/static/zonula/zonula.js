// What every page needs and no more. Everything works without it; it makes some things quicker.
"use strict";
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("body").getAttribute("hx-headers");
  if (token && event.detail.ctx) Object.assign(event.detail.ctx.request.headers, JSON.parse(token));
});
// Files dropped on a drop zone become the files of its input.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector('input[type="file"]');
  const list = zone.querySelector("[data-chosen]");
  const show = () => { if (list) list.textContent = [...input.files].map((file) => file.name).join(", "); };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.remove("over"); });
  zone.addEventListener("drop", (event) => { input.files = event.dataTransfer.files; show(); });
}
// Signing out wipes the diary of this browser: entries that the clinic does not have yet are sent first, from the diary's own page.
for (const form of document.querySelectorAll('form[action="/account/logout/"]')) {
  form.addEventListener("submit", async (event) => {
    if (!localStorage.getItem("diary-owner") || form.dataset.sure) return;
    event.preventDefault();
    const opening = indexedDB.open(`diary-${localStorage.getItem("diary-owner")}`);
    const waiting = await new Promise((resolve) => {
      opening.onerror = () => resolve(0);
      opening.onupgradeneeded = () => opening.transaction.abort();
      opening.onsuccess = () => {
        const count = opening.result.transaction("unsent").objectStore("unsent").count();
        count.onsuccess = () => { opening.result.close(); resolve(count.result); };
        count.onerror = () => resolve(0);
      };
    });
    if (waiting) { location.href = "/diary/#/settings"; return; }
    form.dataset.sure = "yes";
    form.submit();
  });
}
