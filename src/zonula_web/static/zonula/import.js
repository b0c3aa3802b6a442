// Dropping files and whole folders on the import form. The paths inside a folder travel beside the files, which browsers strip of them.
"use strict";
for (const form of document.querySelectorAll("[data-import]")) {
  const input = form.querySelector('input[name="files"]');
  const folder = form.querySelector('input[name="folder"]');
  const paths = form.querySelector('input[name="paths"]');
  const chosen = form.querySelector("[data-chosen]");
  const wrong = form.querySelector("[data-wrong]");
  const most = Number(form.dataset.most), largest = Number(form.dataset.largest), together = Number(form.dataset.together);
  const dropped = new Map();  // file -> its path inside the folder that was dropped
  const pathOf = (file) => dropped.get(file) || file.webkitRelativePath || file.name;
  const files = () => [...input.files, ...folder.files];
  const megabytes = (bytes) => `${Math.round(bytes / 1048576)} MB`;

  const problem = () => {
    const all = files();
    if (all.length > most) return `${all.length} files are more than the ${most} one upload takes. Put them into one zip archive.`;
    const big = all.find((file) => file.size > largest);
    if (big) return `${big.name} is larger than ${megabytes(largest)}.`;
    if (all.reduce((sum, file) => sum + file.size, 0) > together) return `Together the files are larger than ${megabytes(together)}. Upload them in parts.`;
    return "";
  };
  const show = () => {
    const all = files();
    paths.value = JSON.stringify(all.map(pathOf));
    const names = all.slice(0, 8).map(pathOf).join(", ");
    chosen.textContent = all.length ? `${all.length} chosen: ${names}${all.length > 8 ? " and more" : ""}` : "";
    wrong.textContent = problem();
    wrong.hidden = !wrong.textContent;
  };
  input.addEventListener("change", () => { dropped.clear(); show(); });
  folder.addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    show();
    if (!files().length) wrong.textContent = "Choose one or more files, or a folder.";
    wrong.hidden = !wrong.textContent;
    if (wrong.textContent) { event.preventDefault(); input.focus(); }
  });

  const everything = async (entry, path) => {
    if (entry.isFile) return [[await new Promise((done, failed) => entry.file(done, failed)), path + entry.name]];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return found;
      for (const each of some) if (!each.name.startsWith(".")) found.push(...await everything(each, `${path}${entry.name}/`));
      if (found.length > 10 * most) return found;
    }
  };
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    const plain = [...event.dataTransfer.files];
    const found = entries.length ? (await Promise.all(entries.map((entry) => everything(entry, "")))).flat() : plain.map((file) => [file, file.name]);
    dropped.clear();
    const basket = new DataTransfer();
    for (const [file, path] of found) { basket.items.add(file); }
    input.files = basket.files;
    [...input.files].forEach((file, place) => dropped.set(file, found[place][1]));
    show();
  });
}
