// Moving through the grid of a skin test without a mouse. It moves and counts keys; what a wheal means is said by the server.
"use strict";
(() => {
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const fields = () => [...grid.querySelectorAll("input[data-wheal]")];
  const go = (from, steps) => {
    const all = fields();
    const next = all[all.indexOf(from) + steps];
    if (next) { next.focus(); next.select(); }
  };
  grid.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches("input[data-wheal]")) return;
    const first = field.dataset.wheal === "1";
    const keys = {
      ArrowDown: 2, ArrowUp: -2,
      ArrowRight: field.selectionEnd === field.value.length ? 1 : 0,
      ArrowLeft: field.selectionStart === 0 ? -1 : 0,
      // No wheal, not read and not pricked need no second diameter.
      Enter: first && ["", "0", "-", "."].includes(field.value.trim()) ? 2 : 1,
    };
    const steps = event.key === "x" || event.key === "*" || event.key === " " ? (first ? 1 : 0) : keys[event.key];
    if (steps === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (steps !== 0 || event.key === " ") event.preventDefault();
    if (steps !== 0) go(field, steps);
  });
  grid.addEventListener("focusin", (event) => { if (event.target.matches("input[data-wheal]")) event.target.select(); });
  // Enter anywhere else in the form must not finish a session by accident.
  grid.closest("form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });
})();
