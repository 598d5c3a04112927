/* Files on their way, kept in this browser (IndexedDB) until the portal has them: a reload or a closed laptop loses
   nothing.

   A note says what is to become of a file: {id, place, name, path, type, size, slot, title, shrink, sha256, url, at}.
   `place` is the person and the evaluation, so that nobody else sees or sends it; `url` is the upload's address once
   the portal has given one; `slot` is "12.1:2", or empty for the bulk page. The file's content lies beside it. */
"use strict";

window.keptFiles = (() => {
  const DATABASE = "kla-unggahan";
  const DAYS = 14; // longer than the portal keeps an unfinished upload

  let opening = null;

  function open() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("notes", { keyPath: "id" }).createIndex("place", "place");
        request.result.createObjectStore("files");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opening;
  }

  /** One transaction over both stores; the result of the request that `deed` returns. Rejects when storage refuses. */
  async function work(mode, deed) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(["notes", "files"], mode);
      const request = deed(transaction.objectStore("notes"), transaction.objectStore("files"));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  /** The same; `otherwise` where the browser keeps nothing (private window, full disk). */
  async function tried(otherwise, mode, deed) {
    try {
      return (await work(mode, deed)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  /** Keep a file with its note; false when the browser refuses to. */
  const keep = (note, file) =>
    tried(false, "readwrite", (notes, files) => {
      files.put(file, note.id);
      return notes.put(note);
    }).then(Boolean);

  /** Bring the note of a kept file up to date. */
  const amend = (note) => tried(null, "readwrite", (notes) => notes.put(note));

  const note = (id) => tried(null, "readonly", (notes) => notes.get(id));

  const file = (id) => tried(null, "readonly", (_, files) => files.get(id));

  const forget = (id) =>
    tried(null, "readwrite", (notes, files) => {
      files.delete(id);
      return notes.delete(id);
    });

  /** The notes of a place, oldest first. */
  async function of(place) {
    const found = await tried([], "readonly", (notes) => notes.index("place").getAll(place));
    return found.sort((a, b) => a.at - b.at);
  }

  /** What nobody came back for goes, whoever it belonged to: it is a copy on a computer that others may use. */
  async function prune() {
    const notes = await tried([], "readonly", (kept) => kept.getAll());
    const old = notes.filter((kept) => Date.now() - kept.at > DAYS * 86_400_000);
    await Promise.all(old.map((kept) => forget(kept.id)));
  }

  return { keep, amend, note, file, forget, of, prune };
})();
