/* A line on uploads that wait elsewhere: at other questions, or in the bulk list. */
"use strict";

(async () => {
  const line = document.querySelector("[data-unfinished]");
  if (!line || !window.uploads) return;

  const question = document.querySelector("[data-question]")?.dataset.question;
  const inBulk = Boolean(document.querySelector("[data-bulk-form]"));
  const isHere = (code) => (code ? code === question : inBulk);

  /** The question's code of each, empty for the bulk list; those the portal has not heard of yet included. */
  async function waiting() {
    const known = await uploads.unfinished().catch(() => []);
    const addresses = new Set(known.map((upload) => upload.url));
    const own = (await uploads.kept()).filter((note) => !addresses.has(note.url));
    return [...known.map((upload) => upload.code || ""), ...own.map((note) => note.slot.split(":")[0])];
  }

  const codes = (await waiting()).filter((code) => !isHere(code));
  if (!codes.length) return;

  function link(code) {
    const made = document.createElement("a");
    made.href = code ? line.dataset.slots.replace("KODE", encodeURIComponent(code)) : line.dataset.bulk;
    made.textContent = code || "unggah banyak berkas";
    return made;
  }

  const places = [...new Set(codes)].sort((a, b) => a.localeCompare(b, "id", { numeric: true }));
  const count = document.createElement("b");
  count.textContent = `${codes.length} unggahan belum selesai`;
  const where = document.createElement("span");
  where.append("Lanjutkan di ", ...places.flatMap((code, at) => (at ? [", ", link(code)] : [link(code)])), ".");
  line.append(count, where);
  line.hidden = false;
})();
