/* Files and folders dropped on a `[data-drop]`: it hears "files:dropped" with `detail`: pairs of a file and its path. */
"use strict";

(() => {
  const placeOf = (event) => {
    const holdsFiles = [...(event.dataTransfer?.types || [])].includes("Files");
    return holdsFiles ? event.target.closest?.("[data-drop]") : null;
  };

  const unmark = (but) => document.querySelectorAll(".is-over").forEach((place) => place !== but && place.classList.remove("is-over"));

  document.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    unmark(place);
    if (!place) return;
    event.preventDefault();
    place.classList.add("is-over");
  });

  document.addEventListener("dragleave", (event) => event.relatedTarget || unmark(null));

  /** A folder's listing comes in parts. */
  async function listed(folder) {
    const reader = folder.createReader();
    const found = [];
    for (;;) {
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!part.length) return found;
      found.push(...part);
    }
  }

  async function filesIn(entry) {
    if (entry.isDirectory) return (await Promise.all((await listed(entry)).map(filesIn))).flat();
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [[file, entry.fullPath.replace(/^\//, "")]];
  }

  document.addEventListener("drop", async (event) => {
    const place = placeOf(event);
    if (!place) return;
    event.preventDefault();
    unmark(null);
    // Before anything is awaited: afterwards the browser has forgotten what was dropped.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files].map((file) => [file, file.name]);
    const found = entries.length ? (await Promise.all(entries.map(filesIn))).flat() : plain;
    place.dispatchEvent(new CustomEvent("files:dropped", { bubbles: true, detail: found }));
  });
})();
