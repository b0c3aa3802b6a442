// The life timeline: zoom and move by buttons, wheel, drag and keyboard; choose lanes; open the record behind a mark.
// Without this script the drawing stands still, lanes are chosen by a form, and every record is in the table below it.
"use strict";
for (const timeline of document.querySelectorAll("[data-timeline]")) {
  const drawing = timeline.querySelector("[data-drawing]");
  const panel = timeline.querySelector("[data-event]");
  const windowText = timeline.querySelector("[data-window]");
  const placed = [...timeline.querySelectorAll("[data-x]")].map((element) => ({
    element, x: Number(element.dataset.x), width: element.dataset.width === undefined ? null : Number(element.dataset.width),
  }));
  const day = 86400000, first = Date.parse(timeline.dataset.first), last = Date.parse(timeline.dataset.last);
  const narrowest = Math.min(100, 100 * 60 * day / Math.max(last - first, day));  // sixty days fill the drawing at most
  const view = { from: 0, to: 100 };

  const dateAt = (percent) => new Date(first + percent / 100 * (last - first)).toISOString().slice(0, 10);
  const draw = () => {
    const scale = 100 / (view.to - view.from);
    for (const { element, x, width } of placed) {
      const now = `${((x - view.from) * scale).toFixed(3)}%`;
      const name = element.tagName;
      if (name === "circle") element.setAttribute("cx", now);
      else if (name === "line") { element.setAttribute("x1", now); element.setAttribute("x2", now); }
      else element.setAttribute("x", now);
      if (width !== null) element.setAttribute("width", `${(width * scale).toFixed(3)}%`);
    }
    months();
    windowText.textContent = `${dateAt(view.from)} to ${dateAt(view.to)}`;
  };
  // Years are drawn by the server; where few of them are shown, months are named between them.
  const axis = timeline.querySelector(".axis svg");
  const months = () => {
    for (const old of axis.querySelectorAll("[data-month]")) old.remove();
    const shown = (view.to - view.from) / 100 * (last - first) / day / 30.44;
    if (shown > 48) return;
    const step = [1, 2, 3, 6].find((every) => shown / every <= axis.clientWidth / 75) || 6;
    const begin = new Date(first + view.from / 100 * (last - first));
    for (let month = Math.floor(begin.getUTCMonth() / step) * step; month <= shown + 24; month += step) {
      const at = Date.UTC(begin.getUTCFullYear(), month, 1);
      const where = ((at - first) / (last - first) * 100 - view.from) / (view.to - view.from) * 100;
      if (where < 0 || where > 93 || new Date(at).getUTCMonth() === 0) continue;
      const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      text.dataset.month = "";
      text.setAttribute("x", `${where.toFixed(3)}%`);
      text.setAttribute("y", "15");
      text.textContent = new Date(at).toISOString().slice(0, 7);
      axis.append(text);
    }
  };
  let waiting = 0;
  const show = (from, to) => {
    const width = Math.min(100, Math.max(narrowest, to - from));
    const left = Math.min(Math.max((from + to - width) / 2, 0), 100 - width);
    view.from = left; view.to = left + width;
    if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; draw(); });
  };
  const zoom = (factor, around = (view.from + view.to) / 2) =>
    show(around - (around - view.from) * factor, around + (view.to - around) * factor);
  const pan = (share) => { const by = share * (view.to - view.from); show(view.from + by, view.to + by); };
  const all = () => show(0, 100);

  timeline.querySelector("[data-controls]").hidden = false;
  timeline.querySelector("[data-hint]").hidden = false;
  timeline.querySelector("[data-without-script]").hidden = true;
  for (const button of timeline.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => ({ in: () => zoom(0.5), out: () => zoom(2), all })[button.dataset.zoom]());
  for (const button of timeline.querySelectorAll("[data-pan]"))
    button.addEventListener("click", () => pan(0.4 * Number(button.dataset.pan)));

  drawing.tabIndex = 0;
  drawing.setAttribute("role", "group");
  drawing.setAttribute("aria-label", "Timeline. Arrow keys move, plus and minus zoom, 0 shows all years.");
  const keys = { ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1 / 0.6), 0: all, Home: () => pan(-100), End: () => pan(100) };
  drawing.addEventListener("keydown", (event) => {
    if (event.target !== drawing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // Where in the years shown a pointer is, from the first drawing that is visible: all have the same width.
  const board = () => [...drawing.querySelectorAll(".lane > svg")].find((svg) => svg.clientWidth > 0);
  const under = (clientX) => {
    const box = board().getBoundingClientRect();
    return view.from + (clientX - box.left) / box.width * (view.to - view.from);
  };
  drawing.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY) && document.activeElement !== drawing) return;
    if (!board()) return;  // a plain wheel scrolls the page until the drawing was clicked or focused
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) / 600);
    else zoom(event.deltaY < 0 ? 0.8 : 1.25, under(event.clientX));
  }, { passive: false });

  let dragged = null;
  drawing.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.target.closest(".lane > svg")) dragged = { x: event.clientX, from: view.from, to: view.to, moved: false };
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!dragged || !board()) return;
    const by = (dragged.x - event.clientX) / board().clientWidth * (dragged.to - dragged.from);
    if (Math.abs(dragged.x - event.clientX) > 4) dragged.moved = true;
    if (dragged.moved) show(dragged.from + by, dragged.to + by);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) drawing.addEventListener(name, () => setTimeout(() => { dragged = null; }, 0));

  const nearest = (svg, clientX) => {
    let found = null, least = 16;
    for (const mark of svg.querySelectorAll("[data-fact]")) {
      const box = mark.getBoundingClientRect();
      const far = Math.abs(box.left + box.width / 2 - clientX);
      if (far < least) { least = far; found = mark; }
    }
    return found;
  };
  drawing.addEventListener("click", async (event) => {
    const svg = event.target.closest(".lane > svg");
    if (!svg || (dragged && dragged.moved)) return;
    const mark = nearest(svg, event.clientX);
    if (!mark) return;
    for (const chosen of drawing.querySelectorAll(".chosen")) chosen.classList.remove("chosen");
    (mark.matches("circle") ? mark : mark.firstElementChild).classList.add("chosen");
    const address = panel.dataset.address.replace("TOKEN", mark.dataset.fact);
    const answer = await fetch(address, { headers: { "X-Fragment": "fact" } });
    if (!answer.ok) { location.assign(address); return; }
    panel.innerHTML = await answer.text();
    const link = document.createElement("a");
    link.href = address;
    link.textContent = "Open this record";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "second";
    close.textContent = "Close";
    close.addEventListener("click", () => { panel.hidden = true; drawing.focus({ preventScroll: true }); });
    const line = document.createElement("p");
    line.className = "actions";
    line.append(link, close);
    panel.append(line);
    panel.hidden = false;
  });

  for (const box of timeline.querySelectorAll('input[name="lane"]'))
    box.addEventListener("change", () => { timeline.querySelector(`[data-lane="${box.value}"]`).hidden = !box.checked; });
  draw();
}
