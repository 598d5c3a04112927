// Sends evidence one file at a time, each with its own bar, cancel and retry. Without this script the form
// sends all files at once and the page comes back with the same outcome.
"use strict";
(() => {
  const KB = 1000, MB = 1000000;
  const size = (n) => n < KB ? `${n} byte` : n < 999500 ? `${Math.round(n / KB)} kB` : `${(n / MB).toFixed(1).replace(".", ",")} MB`;
  const waiting = [], rows = new Set();
  let busy = false;

  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (className) node.className = className;
    return node;
  };

  // The token of now: it changes when the person signs in again in another tab.
  const token = (form) => {
    const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
    return cookie ? cookie.slice("csrftoken=".length) : form.elements.csrfmiddlewaretoken.value;
  };

  class Row {
    constructor(form, file, title) {
      Object.assign(this, { form, file, title, slot: form.closest("[data-slot]") });
      this.node = make("li", "", "slot");
      this.bar = make("progress", "", "bar");
      this.bar.max = file.size || 1;
      this.bar.setAttribute("aria-label", file.name);
      this.state = make("span", "", "state state-info");
      this.state.setAttribute("role", "status");
      this.buttons = make("span");
      const line = make("div", "", "upload");
      line.append(make("b", file.name), make("small", size(file.size)), this.bar, this.state, this.buttons);
      this.node.append(line);
      rows.add(this);
      this.stand();
    }

    // Into the slot's queue; again after the slots were swapped for newer ones.
    stand() {
      const slot = document.getElementById(this.slot.id);
      const form = slot && slot.querySelector("[data-upload]");
      if (!form) return;
      Object.assign(this, { slot, form });
      const queue = slot.querySelector("[data-queue]");
      queue.hidden = false;
      queue.append(this.node);
    }

    show(kind, text, buttons) {
      this.state.className = `state state-${kind}`;
      this.state.textContent = text;
      this.buttons.replaceChildren(...Object.entries(buttons || {}).map(([label, act]) => {
        const button = make("button", label, "btn btn-sm btn-outline-secondary");
        button.type = "button";
        button.setAttribute("aria-label", `${label}: ${this.file.name}`);
        button.addEventListener("click", act);
        return button;
      }));
    }

    enqueue() {
      this.bar.hidden = false;
      this.bar.value = 0;
      this.show("quiet", "menunggu", { Batal: () => this.remove() });
      waiting.push(this);
      next();
    }

    remove() {
      const place = waiting.indexOf(this);
      if (place >= 0) waiting.splice(place, 1);
      rows.delete(this);
      const queue = this.node.parentElement;
      this.node.remove();
      if (queue && !queue.children.length) queue.hidden = true;
    }

    send() {
      const request = this.request = new XMLHttpRequest();
      const data = new FormData();
      data.append("csrfmiddlewaretoken", token(this.form));
      data.append("title", this.title);
      data.append("files", this.file, this.file.name);
      request.open("POST", this.form.action);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        this.bar.max = event.total || 1;
        this.bar.value = event.loaded;
        if (event.loaded < event.total) this.show("info", `${Math.floor(100 * event.loaded / event.total)}%`, { Batal: () => request.abort() });
        else this.show("info", "diperiksa", {});
      });
      request.addEventListener("load", () => this.answered(request));
      request.addEventListener("error", () => this.failed("Jaringan terputus. Berkas masih di sini."));
      request.addEventListener("timeout", () => this.failed("Tidak ada jawaban dari portal."));
      request.addEventListener("abort", () => { this.remove(); done(); });
      this.show("info", "mengunggah", { Batal: () => request.abort() });
      request.send(data);
    }

    answered(request) {
      if (request.status === 200 || request.status === 422) {
        this.settle(new DOMParser().parseFromString(request.responseText, "text/html"), request.status === 200);
        return;
      }
      const plain = (request.getResponseHeader("Content-Type") || "").startsWith("text/plain");
      const reasons = {
        401: "Sesi Anda berakhir. Masuk lagi di tab lain, lalu coba lagi.",
        403: plain ? request.responseText : "Tindakan ini tidak diizinkan.",
        404: "Pertanyaan ini tidak lagi dibagikan kepada Anda.",
        413: "Berkas ini terlalu besar untuk portal.",
      };
      this.failed(reasons[request.status] || "Portal sedang bermasalah. Berkas masih di sini.");
    }

    // The answer is the slots as they stand now: ours takes over the list of files and what was said.
    settle(answer, accepted) {
      const fresh = answer.getElementById(this.slot.id);
      const said = fresh && fresh.querySelector("[data-results]");
      const files = fresh && fresh.querySelector("[data-files]");
      if (!files) { this.failed("Jawaban portal tidak dapat dibaca."); return; }
      const list = this.slot.querySelector("[data-files]");
      list.replaceChildren(...[...files.childNodes].map((node) => document.importNode(node, true)));
      if (window.htmx) window.htmx.process(list);
      const text = [...said.querySelectorAll("p > span, .invalid-feedback")].map((node) => node.textContent.trim()).join(" ");
      this.bar.hidden = true;
      this.show(accepted ? "ok" : "block", text || (accepted ? "tersimpan" : "ditolak"), { Tutup: () => this.remove() });
      done();
    }

    failed(reason) {
      this.bar.hidden = true;
      this.show("warn", reason, { "Coba lagi": () => this.enqueue(), Batal: () => this.remove() });
      done();
    }
  }

  const next = () => {
    if (busy || !waiting.length) return;
    busy = true;
    waiting.shift().send();
  };
  const done = () => { busy = false; next(); };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-upload]")) return;
    const input = form.querySelector("input[type=file]");
    if (!input.files.length) return;
    event.preventDefault();
    const files = [...input.files];
    const title = files.length === 1 ? form.elements.title.value : "";
    form.closest("[data-slot]").querySelector("[data-results]").replaceChildren();
    for (const file of files) {
      const row = new Row(form, file, title);
      if (file.size > Number(form.dataset.max)) {
        row.bar.hidden = true;
        row.show("block", form.dataset.tooLarge, { Tutup: () => row.remove() });
      } else row.enqueue();
    }
    form.reset();
  });

  window.addEventListener("beforeunload", (event) => {
    if (busy || waiting.length) event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", () => rows.forEach((row) => row.stand()));
})();
