/* A question's slots: files chosen, dropped or photographed go up in pieces, each with its own row. Without this script
   the form sends them at once and the page comes back with the same outcome. */
"use strict";

(() => {
  const page = document.querySelector("[data-question]");
  if (!page || !window.uploads) return;

  const QUESTION = page.dataset.question;
  const rows = new Set();

  const placeOf = (slot) => `${QUESTION}:${slot.id.replace("slot-", "")}`;
  const slotAt = (place) => document.getElementById(`slot-${place.split(":")[1]}`);

  // Rows stand in their slot's queue; again after the slots were swapped for newer ones.

  function stand(row) {
    const queue = slotAt(row.place)?.querySelector("[data-queue]");
    if (!queue) return false;
    queue.hidden = false;
    queue.append(row.node);
    return true;
  }

  function put(row, place) {
    row.place = place;
    rows.add(row);
    return stand(row);
  }

  function remove(row) {
    rows.delete(row);
    const queue = row.node.parentElement;
    row.node.remove();
    if (queue && !queue.children.length) queue.hidden = true;
  }

  document.addEventListener("htmx:afterSwap", () => rows.forEach(stand));

  /** The answer is the slots as they stand now: ours takes over the list of files and what was said. */
  function settle(row, html, accepted) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(`slot-${row.place.split(":")[1]}`);
    const files = fresh?.querySelector("[data-files]");
    if (!files) return false;
    const list = slotAt(row.place).querySelector("[data-files]");
    list.replaceChildren(...[...files.childNodes].map((node) => document.importNode(node, true)));
    window.htmx?.process(list);
    const said = fresh.querySelectorAll("[data-results] p > span, .invalid-feedback");
    const text = [...said].map((node) => node.textContent.trim()).join(" ");
    row.end(accepted ? "ok" : "block", text || (accepted ? "tersimpan" : "ditolak"), { Tutup: () => remove(row) });
    return true;
  }

  /** How a transfer goes, on its row. */
  const followed = (row) => ({
    told(transfer, state, text) {
      const close = { Tutup: () => remove(row) };
      if (state === "refused") {
        const again = () => {
          remove(row);
          start(transfer.file, { ...transfer.note, url: "" });
        };
        const another = () =>
          UploadRow.pick((files) => {
            remove(row);
            take(slotAt(row.place), files);
          });
        const way = transfer.lasting ? { "Pilih berkas lain": another } : transfer.file && { "Coba lagi": again };
        row.end("block", text, { ...way, ...close });
      } else if (state === "elsewhere" && text) {
        row.end("quiet", text, close);
      } else {
        const cancel = () => {
          transfer.close();
          remove(row);
        };
        row.follow(transfer, state, text, state === "checking" ? {} : { Batal: cancel });
      }
    },
    async finish(transfer, ask) {
      const reply = await ask(`${transfer.note.url}selesai/`, { method: "POST" });
      return settle(row, reply.text, reply.status === 200);
    },
  });

  function start(file, { slot, title, shrink, url, sha256: hash }) {
    const row = new UploadRow(file.name, file.size);
    put(row, slot);
    uploads.add(file, { slot, title, shrink, url: url || "", sha256: hash || "" }, followed(row));
  }

  const pageOf = ({ name, size, slot }) => {
    const row = new UploadRow(name, size);
    put(row, slot);
    return followed(row);
  };

  const again = uploadsAgain({
    put(row, upload) {
      const place = `${upload.code}:${upload.slot}`;
      if (upload.state !== "received") return put(row, place);
      // All of it is there; only its last step is missing.
      uploads.finish({ ...upload, slot: place }, pageOf({ ...upload, slot: place }));
      return false;
    },
    remove,
    start: (file, upload) => start(file, { ...upload, slot: `${upload.code}:${upload.slot}` }),
  });

  // Choosing, dropping, photographing

  function take(slot, files) {
    const form = slot.querySelector("[data-upload]");
    if (!form || !files.length) return;
    const title = files.length === 1 ? form.elements.title?.value || "" : "";
    const shrink = Boolean(form.elements.shrink?.checked);
    const place = placeOf(slot);
    slot.querySelector("[data-results]").replaceChildren();
    form.reset();
    files.forEach(async (file) => {
      const known = await again.goOn(file, (upload) => `${upload.code}:${upload.slot}` === place);
      if (!known) start(file, { slot: place, title, shrink });
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-upload]")) return;
    const input = form.querySelector("input[type=file]");
    if (!input.files.length) return;
    event.preventDefault();
    take(form.closest("[data-slot]"), [...input.files]);
  });

  document.addEventListener("files:dropped", (event) => take(event.target, event.detail.map(([file]) => file)));

  // The camera, where there is a finger and so probably one.

  const showCameras = () => {
    const hidden = !matchMedia("(pointer: coarse)").matches;
    document.querySelectorAll("[data-camera]").forEach((button) => (button.hidden = hidden));
  };
  document.addEventListener("htmx:afterSwap", showCameras);
  showCameras();

  document.addEventListener("click", (event) => {
    const slot = event.target.closest?.("[data-camera]")?.closest("[data-slot]");
    if (!slot) return;
    const input = UploadRow.make("input");
    Object.assign(input, { type: "file", accept: "image/jpeg", capture: "environment" });
    input.addEventListener("change", () => take(document.getElementById(slot.id), [...input.files]));
    input.click();
  });

  // Begin: what was under way goes on.

  uploads
    .resume((note) => note.slot.startsWith(`${QUESTION}:`), pageOf)
    .then(() => again.offer((upload) => upload.code === QUESTION));
})();
