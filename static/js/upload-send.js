/* Sends files in pieces, by tus 1.0.0 (docs/adr/0013). Knows nothing of pages: whoever starts a transfer is told how
   it goes (`told`) and ends it (`finish`).

   A lost network, a sleeping laptop, a portal in trouble or an ended session only pause a transfer; it asks the portal
   how far it got and goes on. Only a refusal with a reason ends it. */
"use strict";

window.uploads = (() => {
  const here = document.querySelector("[data-uploads]");
  if (!here || !window.outbox?.user || !window.keptFiles) return null;

  const BEGIN = here.dataset.uploads;
  const PIECE = Number(here.dataset.piece) || 512_000;
  const PLACE = `${outbox.user}${BEGIN}`;
  const AT_ONCE = 3;
  const FIRST_DELAY = 1000;
  const LAST_DELAY = 30_000;
  const SILENCE = 30_000; // no byte moved for so long: the line is dead
  const PATIENCE = 120_000; // for an answer to a question, or for the portal to look into a file
  const TUS = { "Tus-Resumable": "1.0.0", "HX-Request": "true" };

  /** Why a transfer does not go on: "pause" (by itself later), "again" (at once), "gone" (from the start), "refused";
      `lasting`: this file will never be taken. */
  class Fault extends Error {
    constructor(kind, message = "", lasting = false) {
      super(message);
      Object.assign(this, { kind, lasting });
    }
  }

  // Talking to the portal

  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  const headersWith = (more) => ({ ...TUS, "X-CSRFToken": token(), ...more });

  async function ask(url, options, signal) {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), PATIENCE);
    signal?.addEventListener("abort", () => timeout.abort());
    try {
      const reply = await fetch(url, {
        cache: "no-store",
        redirect: "error",
        ...options,
        headers: headersWith(options.headers),
        signal: timeout.signal,
      });
      return { status: reply.status, header: (name) => reply.headers.get(name), text: await reply.text() };
    } catch {
      throw new Fault("pause");
    } finally {
      clearTimeout(timer);
    }
  }

  /** One piece. The network may die without a word: then the silence ends it. */
  function send(url, offset, piece, checksum, transfer) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let silence = 0;
      const heard = () => {
        clearTimeout(silence);
        silence = setTimeout(() => request.abort(), SILENCE);
      };
      const lost = () => {
        clearTimeout(silence);
        transfer.abort.signal.removeEventListener("abort", stop);
        reject(new Fault("pause"));
      };
      const stop = () => request.abort();
      request.open("PATCH", url);
      const headers = headersWith({
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(offset),
        "Upload-Checksum": `sha256 ${checksum}`,
      });
      Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.onprogress = (event) => {
        heard();
        transfer.moved(offset + Math.min(event.loaded, piece.size));
      };
      request.onload = () => {
        clearTimeout(silence);
        transfer.abort.signal.removeEventListener("abort", stop);
        resolve({ status: request.status, header: (name) => request.getResponseHeader(name), text: request.responseText });
      };
      request.onerror = request.onabort = lost;
      transfer.abort.signal.addEventListener("abort", stop);
      heard();
      request.send(piece);
    });
  }

  let renewing = null;

  /** After a 401: a fresh token, or the word that somebody must sign in. */
  async function session() {
    renewing ??= outbox.renew().finally(() => (renewing = null));
    const found = await renewing;
    outbox.show();
    if (found === "same") return new Fault("again");
    if (found === "unreachable") return new Fault("pause");
    return new Fault("pause", "Sesi berakhir. Masuk lagi di tab lain; unggahan ini lalu berlanjut sendiri.");
  }

  const plain = (reply) => {
    const type = reply.header("Content-Type") || "";
    return type.startsWith("text/plain") && reply.text.length < 600 ? reply.text.trim() : "";
  };

  /** The reply, unless it says no. A page that is not ours (a hotspot's sign-in) counts as a dead network. */
  async function taken(reply, statuses) {
    if (statuses.includes(reply.status)) {
      outbox.succeeded();
      return reply;
    }
    if (reply.status === 401) throw await session();
    if (reply.status === 404 || reply.status === 410) throw new Fault("gone", plain(reply));
    if ([409, 423, 460].includes(reply.status)) throw new Fault("again");
    if (reply.status < 400 || reply.status === 408 || reply.status === 429 || reply.status >= 500) {
      throw new Fault("pause", plain(reply));
    }
    const lasting = reply.header("Upload-Refused") === "file";
    throw new Fault("refused", plain(reply) || "Berkas ini tidak diterima portal. Muat ulang halaman, lalu coba lagi.", lasting);
  }

  const offsetIn = (reply) => {
    const offset = reply.header("Upload-Offset");
    if (offset === null || !/^\d+$/.test(offset)) throw new Fault("pause");
    return Number(offset);
  };

  // Waiting for better times

  const resting = new Set();

  function wake() {
    resting.forEach((resume) => resume());
  }

  function rest(transfer, delay) {
    return new Promise((done) => {
      const resume = () => {
        clearTimeout(timer);
        resting.delete(resume);
        transfer.abort.signal.removeEventListener("abort", resume);
        done();
      };
      const timer = setTimeout(resume, navigator.onLine === false ? LAST_DELAY : delay);
      resting.add(resume);
      transfer.abort.signal.addEventListener("abort", resume);
    });
  }

  window.addEventListener("online", wake);
  document.addEventListener("outbox:retry", wake);

  // One file

  /** Where what the person has on disk cannot be read any more, waiting does not help. */
  async function read(work) {
    try {
      return await work();
    } catch {
      throw new Fault("refused", "Berkas ini berubah atau tidak dapat dibaca lagi. Pilih lagi berkasnya.", true);
    }
  }

  const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

  /** `page`: {told(transfer, state, text), finish(transfer, ask): whether the answer was the portal's}. States: waiting,
      elsewhere, preparing, sending, paused, checking, refused. */
  class Transfer {
    constructor(note, file, page) {
      Object.assign(this, { note, file, page, sent: 0, kept: false, over: false, trail: [] });
      this.abort = new AbortController();
    }

    moved(bytes) {
      this.sent = bytes;
      const now = performance.now();
      this.trail = [...this.trail.filter(([at]) => now - at < 15_000), [now, bytes]];
      this.page.told(this, "sending");
    }

    /** Bytes per second of the last quarter of a minute; 0 when nothing can be said. */
    get speed() {
      const [first, last] = [this.trail[0], this.trail.at(-1)];
      if (!first || last[0] - first[0] < 1000) return 0;
      return Math.max(0, (1000 * (last[1] - first[1])) / (last[0] - first[0]));
    }

    metadata() {
      const { path, type, sha256: hash, slot, title, shrink } = this.note;
      const pairs = { filename: this.note.name, path, filetype: type, sha256: hash, slot, title, shrink: shrink ? "1" : "" };
      const filled = Object.entries(pairs).filter(([, value]) => value);
      return filled.map(([name, value]) => `${name} ${encoded(value)}`).join(",");
    }

    async begin() {
      const headers = { "Upload-Length": String(this.note.size), "Upload-Metadata": this.metadata() };
      const reply = await ask(BEGIN, { method: "POST", headers }, this.abort.signal);
      if (reply.status === 404) throw new Fault("refused", "Pertanyaan ini tidak lagi dibagikan kepada Anda.");
      await taken(reply, [201]);
      const address = reply.header("Location");
      if (!address) throw new Fault("pause");
      this.note.url = new URL(address, location.href).pathname;
      if (this.kept) await keptFiles.amend(this.note);
      return reply.header("Upload-Offset") ? offsetIn(reply) : 0;
    }

    async offset() {
      const reply = await ask(this.note.url, { method: "HEAD" }, this.abort.signal);
      return offsetIn(await taken(reply, [200, 204]));
    }

    async piece(offset) {
      const piece = this.file.slice(offset, offset + PIECE);
      const checksum = await read(() => sha256.base64(piece));
      const reply = await send(this.note.url, offset, piece, checksum, this);
      return offsetIn(await taken(reply, [204]));
    }

    async forward() {
      const tooLarge = Number(here.dataset.max) && this.note.size > Number(here.dataset.max);
      if (this.file && !this.note.sha256 && !tooLarge && this.note.size) {
        this.page.told(this, "preparing");
        this.note.sha256 = await read(() => sha256.hex(this.file));
        if (this.kept) await keptFiles.amend(this.note);
      }
      let offset = this.note.url ? await this.offset() : await this.begin();
      this.trail = [];
      this.moved(offset);
      while (offset < this.note.size) {
        offset = await this.piece(offset);
        this.moved(offset);
      }
      this.page.told(this, "checking");
      const finished = await this.page.finish(this, (url, options) =>
        ask(url, options, this.abort.signal).then((reply) => taken(reply, [200, 422])),
      );
      if (!finished) throw new Fault("pause");
      this.over = true;
      await keptFiles.forget(this.note.id);
    }

    /** Until it has arrived, is refused or was called off. */
    async run() {
      let delay = FIRST_DELAY;
      let before = -1;
      let hasty = 0; // times in a row that it went on at once
      while (!this.over) {
        try {
          await this.forward();
        } catch (fault) {
          if (this.over) return;
          if (!(fault instanceof Fault)) throw fault;
          if (fault.kind === "refused") return this.refuse(fault.message, fault.lasting);
          if (this.sent > before) [delay, hasty] = [FIRST_DELAY, 0];
          before = this.sent;
          if (fault.kind === "gone") this.anew(fault.message);
          hasty += 1;
          if (fault.kind !== "pause" && hasty < 3) continue;
          this.page.told(this, "paused", fault.message);
          await rest(this, delay);
          delay = Math.min(delay * 2, LAST_DELAY);
        }
      }
    }

    /** The portal no longer has what was sent. */
    anew(reason) {
      this.note.url = "";
      this.sent = 0;
      if (this.kept) keptFiles.amend(this.note);
      this.renewed = reason || "Unggahan yang lama sudah kedaluwarsa; berkas dikirim lagi dari awal.";
    }

    refuse(reason, lasting = false) {
      this.lasting = lasting;
      this.close();
      this.page.told(this, "refused", reason);
    }

    /** Called off by the person, or refused: nothing of it stays, here or on the portal. */
    close() {
      this.over = true;
      this.abort.abort();
      waiting.delete(this);
      keptFiles.forget(this.note.id);
      if (this.note.url) forgo(this.note.url);
    }
  }

  // Three at once

  const waiting = new Set();
  const running = new Set();

  /** No two tabs send the same file: the second waits, and finds it done. Without locks (they need https) both try. */
  async function alone(transfer) {
    if (!navigator.locks) return transfer.run();
    const name = `kla-unggahan/${transfer.note.id}`;
    const free = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await transfer.run();
      return Boolean(lock);
    });
    if (free) return undefined;
    transfer.page.told(transfer, "elsewhere");
    return navigator.locks.request(name, { signal: transfer.abort.signal }, async () => {
      if (await keptFiles.note(transfer.note.id)) await transfer.run();
      else {
        transfer.over = true;
        transfer.page.told(transfer, "elsewhere", "Selesai di tab lain. Muat ulang halaman untuk melihatnya.");
      }
    });
  }

  function pump() {
    for (const transfer of waiting) {
      if (running.size >= AT_ONCE) return;
      waiting.delete(transfer);
      running.add(transfer);
      alone(transfer)
        .catch((fault) => transfer.over || transfer.refuse("Unggahan ini terhenti. Muat ulang halaman, lalu coba lagi."))
        .finally(() => {
          running.delete(transfer);
          pump();
        });
    }
  }

  function enqueue(transfer) {
    transfer.page.told(transfer, "waiting");
    waiting.add(transfer);
    pump();
    return transfer;
  }

  /** Keep a file in the browser, then send it. `about`: {path, slot, title, shrink}; with `url` it goes on there. */
  function add(file, about, page) {
    const id = Math.random().toString(36).slice(2) + Date.now().toString(36);
    const note = { id, place: PLACE, name: file.name, type: file.type, size: file.size, at: Date.now(), sha256: "", url: "" };
    const transfer = new Transfer({ ...note, path: file.name, slot: "", title: "", shrink: false, ...about }, file, page);
    page.told(transfer, "waiting");
    unkept.add(transfer);
    keeping = keeping.then(() => keepFile(transfer)).then(() => transfer.over || enqueue(transfer));
    return transfer;
  }

  let keeping = Promise.resolve(); // one after the other: two hundred files do not fit into the memory together

  async function keepFile(transfer) {
    const tooLarge = Number(here.dataset.max) && transfer.note.size > Number(here.dataset.max);
    if (transfer.over || tooLarge || !transfer.note.size) return;
    transfer.kept = await keptFiles.keep(transfer.note, transfer.file);
    // From here on the browser's own copy: the one on disk may change or be on a stick that is pulled out.
    if (transfer.kept) transfer.file = (await keptFiles.file(transfer.note.id)) || transfer.file;
  }

  const unkept = new Set(); // begun on this page

  window.addEventListener("beforeunload", (event) => {
    if ([...unkept].some((transfer) => !transfer.over && !transfer.kept)) event.preventDefault();
  });

  /** What this browser kept of this evaluation and `wanted` accepts goes on by itself; `page` as above, per note. */
  async function resume(wanted, pageFor) {
    await keptFiles.prune();
    for (const note of (await keptFiles.of(PLACE)).filter(wanted)) {
      const file = await keptFiles.file(note.id);
      if (!file) continue;
      const transfer = new Transfer(note, file, pageFor(note));
      transfer.kept = true;
      enqueue(transfer);
    }
  }

  /** One that the portal has the whole of, only not settled. */
  const finish = (upload, page) => enqueue(new Transfer({ ...upload, at: Date.now() }, null, page));

  /** The portal's list of what this person has not finished. */
  async function unfinished() {
    const reply = await ask(here.dataset.unfinished, { method: "GET", headers: { Accept: "application/json" } });
    await taken(reply, [200]);
    return JSON.parse(reply.text).uploads;
  }

  /** Send DELETE for an upload that no file is at hand for. */
  const forgo = (url) => ask(url, { method: "DELETE" }).catch(() => null);

  return { add, resume, finish, unfinished, forgo, kept: () => keptFiles.of(PLACE) };
})();
