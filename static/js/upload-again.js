/* Uploads whose file this browser does not have: begun on another device, or the storage was cleared. Choosing the same
   file again continues them. */
"use strict";

/** `page`: {put(row, upload): whether it found a place, remove(row), start(file, upload)}. */
window.uploadsAgain = (page) => {
  const asked = new Map(); // the portal's upload -> its row

  /** Offer what the portal has half of and `wanted` accepts. */
  async function offer(wanted) {
    const kept = new Set((await uploads.kept()).map((note) => note.url));
    const list = await uploads.unfinished().catch(() => []);
    list.filter((upload) => wanted(upload) && !kept.has(upload.url)).forEach(show);
  }

  function show(upload) {
    const row = new UploadRow(upload.name, upload.size);
    if (!page.put(row, upload)) return;
    asked.set(upload, row);
    const input = UploadRow.make("input");
    Object.assign(input, { type: "file", hidden: true });
    input.addEventListener("change", async () => {
      if (input.files[0] && !(await goOn(input.files[0], (other) => other === upload))) refuse(row);
      input.value = "";
    });
    row.node.append(input);
    const forgo = () => {
      asked.delete(upload);
      uploads.forgo(upload.url);
      page.remove(row);
    };
    row.bar.value = upload.received;
    const far = UploadRow.percent(upload.received, upload.size);
    const text = `Pilih lagi berkas “${upload.name}” untuk melanjutkan dari ${far}%.`;
    row.show("warn", text, { "Pilih berkas": () => input.click(), Batal: forgo });
  }

  const refuse = (row) =>
    (row.detail.textContent = `Itu berkas lain. Pilih berkas yang sama (${UploadRow.size(row.bytes)}), atau batalkan lalu unggah yang baru.`);

  /** Whether the chosen file continues one that waits and `fits`: the same name, size and content. */
  async function goOn(file, fits = () => true) {
    const alike = [...asked].filter(([upload]) => upload.name === file.name && upload.size === file.size && fits(upload));
    if (!alike.length) return false;
    const hash = await sha256.hex(file).catch(() => "");
    const found = alike.find(([upload]) => asked.has(upload) && (!upload.sha256 || upload.sha256 === hash));
    if (!found) return false;
    const [upload, row] = found;
    asked.delete(upload);
    page.remove(row);
    page.start(file, { ...upload, sha256: hash });
    return true;
  }

  return { offer, goOn };
};
