// A questionnaire page: hides questions that do not apply (the server says which), and lets a choice be taken back.
"use strict";
(() => {
  const form = document.querySelector("form[data-questionnaire]");
  if (!form) return;
  const show = (element, shown) => {
    element.hidden = !shown;
    for (const input of element.querySelectorAll("input, textarea")) input.disabled = !shown;
  };
  const apply = (idle) => {
    for (const element of form.querySelectorAll("[data-link]")) {
      const hidden = element.parentElement.closest("[data-link][hidden]");
      if (!hidden) show(element, !idle.has(element.dataset.link) || element.querySelector("[aria-invalid]") !== null);
    }
  };
  const undo = () => {
    for (const button of form.querySelectorAll("[data-undo]")) {
      button.hidden = !form.querySelector(`input[name="${CSS.escape(button.dataset.undo)}"]:checked`);
    }
  };
  apply(new Set([...form.querySelectorAll('[data-applies="no"]')].map((element) => element.dataset.link)));
  undo();
  form.addEventListener("change", undo);
  form.addEventListener("click", (event) => {
    const name = event.target.dataset.undo;
    if (!name) return;
    for (const input of form.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) input.checked = false;
    undo();
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // The server's answer to each change carries the list of questions that do not apply.
  const told = () => {
    const element = document.querySelector("[data-idle]");
    if (element) apply(new Set(element.dataset.idle.split(" ").filter(Boolean)));
  };
  new MutationObserver(told).observe(document.getElementById("alarms"), { childList: true, subtree: true });
})();
