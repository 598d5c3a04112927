/* Many files at once: sent, then looked at in the list, then saved. Only what moves or is in trouble has a row; a line
   says how far all of them are. Without this script the form sends the files and the list comes back. */
"use strict";

(() => {
  const form = document.querySelector("[data-bulk-form]");
  if (!form || !window.uploads) return;

  const BULK = new URL(form.action).pathname;
  const SYSTEM = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i; // what computers put into folders by themselves
  const queue = document.querySelector("[data-queue]");
  const total = document.querySelector("[data-total]");
  const transfers = new Set();
  const list = () => document.getElementById("daftar");

  const saving = { busy: false, begun: false }; // begun: not the first answer to one press of the button

  // How far all of them are

  let painted = 0;

  function paintTotal() {
    const all = [...transfers];
    const bytes = all.reduce((sum, transfer) => sum + transfer.note.size, 0);
    const sent = all.reduce((sum, transfer) => sum + (transfer.arrived ? transfer.note.size : transfer.sent), 0);
    const arrived = all.filter((transfer) => transfer.arrived).length;
    const open = all.filter((transfer) => !transfer.over);
    const speed = open.reduce((sum, transfer) => sum + transfer.speed, 0);
    total.hidden = !all.length;
    total.firstElementChild.value = bytes ? sent / bytes : 0;
    const words = [`${arrived} dari ${all.length} berkas sampai`];
    if (open.length) words.push(UploadRow.remaining(bytes - sent, speed));
    else words.push("Periksa daftarnya, lalu simpan");
    total.lastElementChild.textContent = `${words.filter(Boolean).join(". ")}.`;
  }

  function paintSoon() {
    painted ||= setTimeout(() => {
      painted = 0;
      paintTotal();
      if ([...transfers].every((transfer) => transfer.over)) order();
    }, 200);
  }

  // One file

  function put(row) {
    if (row.node.isConnected) return true;
    queue.append(row.node);
    queue.hidden = false;
    return true;
  }

  function remove(row) {
    row.node.remove();
    queue.hidden = !queue.children.length;
  }

  function arrive(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const row = holder.content.querySelector("[data-row]");
    if (!row) return false;
    const rows = list().querySelector("[data-rows]");
    const old = rows.querySelector(`[data-row="${row.dataset.row}"]`);
    if (old) old.replaceWith(row);
    else rows.append(row);
    rows.closest("form").hidden = false;
    arrivals += 1;
    count();
    return true;
  }

  let touched = false; // the person has begun to mend the list
  let arrivals = 0; // rows that stand as they came

  /** All are there: the list in order, twins beside each other. Not under the hands of someone who writes in it. */
  async function order() {
    if (touched || saving.busy || !arrivals) return;
    const expected = arrivals;
    const reply = await fetch(BULK, { headers: { "HX-Request": "true" }, cache: "no-store" }).catch(() => null);
    const fresh = reply?.ok && daftarIn(await reply.text());
    if (!fresh || touched || saving.busy || arrivals !== expected) return;
    arrivals = 0;
    fresh.querySelector("[data-outcomes]").replaceWith(list().querySelector("[data-outcomes]"));
    list().replaceWith(document.importNode(fresh, true));
    count();
  }

  const daftarIn = (html) => new DOMParser().parseFromString(html, "text/html").getElementById("daftar");

  const followed = (row) => ({
    told(transfer, state, text) {
      transfers.add(transfer);
      paintSoon();
      if (state === "waiting") return;
      put(row);
      const close = () => {
        transfers.delete(transfer);
        remove(row);
        paintSoon();
      };
      if (state === "refused") {
        const retry = () => {
          close();
          start(transfer.file, transfer.note.path);
        };
        const another = () =>
          UploadRow.pick((files) => {
            close();
            take(files.map((file) => [file, file.name]));
          });
        row.end("block", text, { ...(transfer.lasting ? { "Pilih berkas lain": another } : { "Coba lagi": retry }), Tutup: close });
      } else if (state === "elsewhere" && text) {
        row.end("quiet", text, { Tutup: close });
      } else {
        const cancel = () => {
          transfer.close();
          close();
        };
        row.follow(transfer, state, text, state === "checking" ? {} : { Batal: cancel });
      }
    },
    async finish(transfer, ask) {
      const [id] = transfer.note.url.match(/[0-9a-f-]{36}(?=\/$)/);
      const reply = await ask(`${BULK}${id}/periksa/`, { method: "POST" });
      transfer.arrived = arrive(reply.text);
      if (transfer.arrived) remove(row);
      paintSoon();
      return transfer.arrived;
    },
  });

  const pageOf = ({ name, size }) => followed(new UploadRow(name, size));

  const start = (file, path, more = {}) =>
    uploads.add(file, { path, slot: "", url: more.url || "", sha256: more.sha256 || "" }, pageOf(file));

  const again = uploadsAgain({ put, remove, start: (file, upload) => start(file, upload.path, upload) });

  // Choosing: files, a folder, or dropped ones

  async function take(pairs) {
    const wanted = pairs.filter(([file]) => !SYSTEM.test(file.name));
    for (const [file, path] of wanted) {
      if (!(await again.goOn(file))) start(file, path);
    }
    const skipped = pairs.length - wanted.length;
    if (!skipped) return;
    const row = new UploadRow(`${skipped} berkas sistem`, 0);
    put(row);
    row.end("quiet", "dilewati: dibuat komputer sendiri (misalnya Thumbs.db)", { Tutup: () => remove(row) });
    row.detail.textContent = "";
  }

  const pairsOf = (files) => [...files].map((file) => [file, file.webkitRelativePath || file.name]);

  form.addEventListener("submit", (event) => {
    const input = form.querySelector("input[type=file]");
    if (!input.files.length) return;
    event.preventDefault();
    take(pairsOf(input.files));
    form.reset();
  });

  document.addEventListener("files:dropped", (event) => take(event.detail));

  const folder = form.querySelector("[data-folder]");
  folder.hidden = !("webkitdirectory" in HTMLInputElement.prototype);
  folder.addEventListener("click", () => {
    const input = UploadRow.make("input");
    Object.assign(input, { type: "file", webkitdirectory: true });
    input.addEventListener("change", () => take(pairsOf(input.files)));
    input.click();
  });

  // The list

  function count() {
    const ticked = list().querySelectorAll("input[name=ambil]:checked").length;
    list().querySelector("[data-ticked]").textContent = ticked;
    list().querySelector("[data-save] .btn-primary").disabled = !ticked;
  }

  document.addEventListener("input", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (!row) return;
    touched = true;
    // Whoever mends a line wants it saved.
    if (event.target.name !== "ambil") row.querySelector("input[name=ambil]").checked = true;
    count();
  });

  function say(text) {
    const place = list().querySelector("[data-outcomes]");
    place.querySelector("[data-said]")?.remove();
    if (!text) return;
    const line = UploadRow.make("p", text, "callout callout-warn");
    line.dataset.said = "";
    place.prepend(line);
  }

  /** The portal's answer to a form, or null after saying why there is none. */
  async function post(url, body) {
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    body.set("csrfmiddlewaretoken", token);
    try {
      const reply = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": token } });
      if ([200, 204, 422].includes(reply.status)) return { status: reply.status, text: await reply.text() };
      if (reply.status === 401 && (await outbox.renew()) === "same") return post(url, body);
      const plain = (reply.headers.get("Content-Type") || "").startsWith("text/plain");
      say(plain ? await reply.text() : "Portal sedang bermasalah. Daftar Anda tetap di sini; coba lagi sebentar lagi.");
    } catch {
      say("Jaringan terputus. Yang sudah tersimpan tetap tersimpan; tekan Simpan lagi sesudah tersambung.");
    }
    return null;
  }

  /** What earlier answers said of saved files stays, above what the newest says. */
  function merge(old, fresh) {
    const before = old.querySelector("[data-fine]");
    const now = fresh.querySelector("[data-fine]");
    if (before && now) now.querySelector("ul").prepend(...before.querySelectorAll("li"));
    else if (before) fresh.querySelector("[data-outcomes]").prepend(before);
    const fine = fresh.querySelector("[data-fine]");
    if (fine) fine.querySelector("[data-count]").textContent = fine.querySelectorAll("li").length;
    const failed = old.querySelectorAll("[data-outcomes] > .callout-block");
    const names = new Set([...fresh.querySelectorAll("[data-outcomes] > .callout-block b")].map((node) => node.textContent));
    const still = [...failed].filter((node) => saving.begun && !names.has(node.firstElementChild.textContent));
    fresh.querySelector("[data-outcomes]").append(...still);
  }

  async function save() {
    saving.busy = true;
    saving.begun = false;
    for (let left = 1; left; ) {
      const sheet = list().querySelector("[data-save]");
      const body = new FormData(sheet);
      const button = sheet.querySelector("button.btn-primary");
      button.disabled = true;
      const reply = await post(sheet.action, body);
      button.disabled = false;
      const fresh = reply && daftarIn(reply.text);
      if (!fresh) break;
      merge(list(), fresh);
      list().replaceWith(document.importNode(fresh, true));
      saving.begun = true;
      left = Number(list().querySelector("[data-save]").dataset.left);
    }
    saving.busy = touched = false;
    [...transfers].filter((transfer) => transfer.over).forEach((transfer) => transfers.delete(transfer));
    paintTotal();
    count();
    list().querySelector("[data-outcomes]").scrollIntoView({ block: "nearest" });
  }

  async function discard(button) {
    const row = button.closest("[data-row]");
    const reply = await post(button.formAction, new FormData());
    if (!reply) return;
    row.remove();
    count();
    list().querySelector("[data-save]").hidden = !list().querySelector("[data-row]");
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-save]")) return;
    event.preventDefault();
    if (event.submitter?.matches("[data-discard]")) discard(event.submitter);
    else if (!saving.busy) save();
  });

  // Begin: what was under way goes on.

  uploads
    .resume((note) => !note.slot, pageOf)
    .then(() => again.offer((upload) => !upload.code && upload.state === "receiving"));
})();
