/* What every page carries: small manners of the frame, and the outbox of answers that wait to be sent. */
"use strict";

// The frame: menus that close, a key for the search field.
(() => {
  document.documentElement.classList.replace("no-js", "js");
  // On phones the menu is a row that scrolls: the page that is open stays in sight.
  const menu = document.querySelector(".nav-main ul");
  const here = menu?.querySelector("[aria-current]");
  // With the first picture, like all that is measured: asked for earlier, the page is laid out once more.
  requestAnimationFrame(() => {
    if (here) menu.scrollLeft = here.offsetLeft - menu.offsetLeft - 16;
  });

  // Keys without Ctrl can be switched off: spoken input and unsteady hands hit them unasked.
  const root = document.documentElement;
  const keys = document.querySelector("[data-keys-switch]");
  const KEYS = "kla-keys";

  function switchKeys(on) {
    root.dataset.keys = on ? "on" : "off";
    keys?.setAttribute("aria-pressed", on);
  }

  try {
    switchKeys(localStorage.getItem(KEYS) !== "off");
  } catch {
    switchKeys(true);
  }
  keys?.addEventListener("click", () => {
    switchKeys(root.dataset.keys === "off");
    try {
      localStorage.setItem(KEYS, root.dataset.keys);
    } catch {
      // Then it holds on this page.
    }
  });

  const openMenus = () => document.querySelectorAll("details.menu[open]");

  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      openMenus().forEach((menu) => {
        const inside = menu.contains(document.activeElement);
        menu.open = false;
        if (inside) menu.querySelector("summary").focus();
      });
    }
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const search = document.getElementById("cari");
    if (event.key === "/" && root.dataset.keys === "on" && search && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
    }
  });

  // What scrolls sideways and holds nothing to step on is a step itself: arrows then move it.
  const reach = () =>
    document.querySelectorAll(".table-wrap, .running").forEach((part) => {
      const scrolls = part.scrollWidth > part.clientWidth && !part.querySelector("a, button, input, select, textarea");
      if (scrolls) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    });
  requestAnimationFrame(reach);
  window.addEventListener("resize", reach);
  document.addEventListener("htmx:afterSettle", reach);

  // What htmx replaces may hold the focus: it goes on to the same thing in the new part, or to the part itself.
  let held = null;

  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    const here = document.activeElement;
    if (target.contains(here)) held = { target, here };
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (!held || document.activeElement !== document.body) return;
    const { target, here } = held;
    held = null;
    const part = target.isConnected ? target : document.getElementById(target.id) || event.target;
    const same = [...part.querySelectorAll(here.tagName)].find(
      (found) => found.name === here.name && found.textContent === here.textContent && found.offsetParent,
    );
    if (!same) part.tabIndex = -1;
    (same || part).focus({ preventScroll: true });
  });
})();

/* The outbox: what a person wrote and the server has not acknowledged, kept in this browser under the person's id.

   One entry per form and page view: {action, page, code, summary, fields, version, before, at, owner, state,
   reason}. `fields` are [name, value] pairs; `version` is what they were written against, so that a late send
   finds a conflict instead of overwriting; `before` are fields that were sent without an answer coming back;
   `owner` is the page view that looks after it (null: nobody, any page may send it). `state`: waiting (is sent
   by itself), or conflict, refused, locked, draft (wait for the person). */
window.outbox = (() => {
  const user = document.body.dataset.user || "";
  const me = Math.random().toString(36).slice(2);
  const PREFIX = `kla-outbox/${user}/`;
  const SIGNED_IN = "kla-signed-in"; // tells the other tabs that somebody has come back
  const TIMEOUT = 20000;
  const ABANDONED = 120000; // a page that retries touches its entries at least every minute
  const FIRST_DELAY = 2000;
  const LAST_DELAY = 60000;

  // Storage. A browser may refuse it (private mode, full): then the page itself must warn.

  const stored = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };

  const keyOf = (entry) => `${PREFIX}${entry.action}#${entry.id}`;

  function write(entry) {
    try {
      localStorage.setItem(keyOf(entry), JSON.stringify(entry));
      return true;
    } catch {
      return false;
    }
  }

  function remove(entry) {
    try {
      localStorage.removeItem(keyOf(entry));
    } catch {
      /* nothing was kept */
    }
  }

  /** All entries of this person, oldest first. */
  function entries() {
    if (!user) return [];
    let keys = [];
    try {
      keys = Object.keys(localStorage);
    } catch {
      return [];
    }
    return keys
      .filter((key) => key.startsWith(PREFIX))
      .map(stored)
      .filter((entry) => entry && Array.isArray(entry.fields))
      .sort((a, b) => a.at - b.at);
  }

  // Which page views live: each holds a lock of its own, which the browser frees even when the page crashes.
  // Without locks (they need https) an entry counts as abandoned when nobody has touched it for a while.

  const lockOf = (page) => `kla-page/${page}`;
  let living = null;
  navigator.locks?.request(lockOf(me), () => new Promise(() => {}));

  async function census() {
    const locks = await navigator.locks?.query();
    living = locks && new Set(locks.held.map((lock) => lock.name));
  }

  const isMine = (entry) => entry.owner === me;

  function isCaredFor(entry) {
    if (!entry.owner || isMine(entry)) return false;
    return living ? living.has(lockOf(entry.owner)) : Math.abs(Date.now() - entry.at) < ABANDONED;
  }

  /** Keep what a form of this page holds; false when the browser refuses to. */
  function keep(entry) {
    return Boolean(user) && write({ ...entry, id: me, owner: left ? null : me, at: Date.now() });
  }

  const drop = (action) => remove({ action, id: me });

  /** The newest entry for a form that this page shows, now looked after by this page. */
  function adopt(action) {
    const found = entries().filter((entry) => entry.action === action && !isCaredFor(entry)).pop();
    if (!found) return null;
    const adopted = { ...found, id: me, owner: me, at: Date.now() };
    if (write(adopted) && found.id !== me) remove(found);
    return adopted;
  }

  let left = false; // the person has gone to another page: nobody looks after what is kept from here on

  window.addEventListener("pageshow", () => (left = false));
  window.addEventListener("pagehide", () => {
    left = true;
    entries().filter(isMine).forEach((entry) => write({ ...entry, owner: null }));
  });

  // Sending

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  /** What a reply means. A page that is not ours (a hotspot's sign-in, a redirect) acknowledges nothing. */
  function interpret(status, text) {
    if (status >= 200 && status < 300) {
      const version = parse(text).querySelector('input[name="version"][hx-swap-oob]');
      return version ? { kind: "saved", version: version.value } : { kind: "failed" };
    }
    if (status === 401) return { kind: "ended" };
    if (status === 409) {
      const where = parse(text).querySelector("[data-own]") ? "di jendela lain" : "oleh orang lain";
      return { kind: "conflict", reason: `Berubah ${where}; pilih mana yang dipakai.` };
    }
    if (status === 422) {
      const reason = parse(text).querySelector(".field-error")?.firstElementChild?.firstChild?.textContent.trim();
      return { kind: "refused", reason: reason || "Ada isian yang belum dapat dibaca." };
    }
    const plain = text.length < 500 && !text.includes("<");
    // Maintenance, or a rush: the portal says so in one sentence.
    if (status === 503 && plain && text.startsWith("Portal ")) return { kind: "failed", reason: text.trim() };
    if (status === 408 || status === 429 || status < 400 || status >= 500) return { kind: "failed" };
    return { kind: "locked", reason: plain ? text.trim() : "Tidak dapat disimpan lagi." };
  }

  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

  async function request(url, options = {}) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const reply = await fetch(url, { credentials: "same-origin", ...options, signal: abort.signal });
      return { status: reply.status, url: reply.url, text: await reply.text() };
    } catch {
      return { status: 0, url, text: "" };
    } finally {
      clearTimeout(timer);
    }
  }

  async function post(entry, fields) {
    const body = new URLSearchParams([...fields, ["version", entry.version]]);
    const headers = { "HX-Request": "true", "X-CSRFToken": token() };
    const reply = await request(entry.action, { method: "POST", body, headers });
    return { ...interpret(reply.status, reply.text), text: reply.text };
  }

  let notice = null; // {kind: "ended" | "other", url}
  let delay = FIRST_DELAY;
  let timer = null;

  /** After a 401: is the session gone, or only this page's token old? A fresh token is taken over.

      "same": try again; "ended": nobody is signed in; "other": somebody else is, and must not send this. */
  async function renew() {
    const reply = await request(location.pathname + location.search, { cache: "no-store" });
    const page = parse(reply.text);
    const found = page.body.dataset.user;
    if (found === user) {
      const headers = page.body.getAttribute("hx-headers");
      const fresh = JSON.parse(headers)["X-CSRFToken"];
      document.body.setAttribute("hx-headers", headers);
      document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => (input.value = fresh));
      notice = null;
      return "same";
    }
    // The sign-in page asks for a password, the step after it for a code.
    if (!found && !page.querySelector("input[type=password], input[autocomplete=one-time-code]")) return "unreachable";
    const url = new URL(reply.url, location.href);
    url.searchParams.set("next", location.pathname + location.search + location.hash);
    notice = { kind: found ? "other" : "ended", url: url.href };
    delay = LAST_DELAY;
    return notice.kind;
  }

  function failed() {
    if (!timer) {
      timer = setTimeout(retry, delay);
      delay = Math.min(delay * 2, LAST_DELAY);
    }
    show();
  }

  function succeeded() {
    delay = FIRST_DELAY;
    notice = null;
    if (timer) {
      // The way is free again: what failed before need not wait any longer.
      clearTimeout(timer);
      timer = setTimeout(retry, 0);
    }
    show();
  }

  function retry() {
    clearTimeout(timer);
    timer = null;
    document.dispatchEvent(new CustomEvent("outbox:retry"));
    return flush();
  }

  /** Send one entry that no page looks after; true when the next one may be tried. */
  async function deliver(entry) {
    const claimed = { ...entry, owner: me, at: Date.now() };
    write(claimed);
    if (JSON.stringify(claimed.before) === JSON.stringify(claimed.fields)) claimed.before = null;
    let outcome = claimed.before ? await post(claimed, claimed.before) : null;
    if (outcome?.kind === "saved") claimed.version = outcome.version;
    if (!outcome || ["saved", "conflict", "refused"].includes(outcome.kind)) {
      claimed.before = null;
      outcome = await post(claimed, claimed.fields);
    }
    const now = stored(keyOf(entry));
    const unchanged = now && JSON.stringify(now.fields) === JSON.stringify(claimed.fields);
    if (outcome.kind === "saved") {
      if (unchanged) remove(entry);
      succeeded();
      return true;
    }
    const held = ["conflict", "refused", "locked"].includes(outcome.kind);
    if (unchanged) {
      const before = outcome.kind === "failed" ? claimed.before || claimed.fields : claimed.before;
      write({ ...claimed, before, owner: null, ...(held && { state: outcome.kind, reason: outcome.reason }) });
    }
    if (held) return true;
    if (outcome.kind === "ended" && (await renew()) === "same") setTimeout(retry, 0);
    else failed();
    return false;
  }

  let flushing = false;

  /** Send what other page views left behind. Forms that this page shows look after themselves. */
  async function flush() {
    if (flushing || !user) return;
    flushing = true;
    try {
      await census();
      for (const entry of entries()) {
        const free = entry.state === "waiting" && entry.id !== me && !isCaredFor(entry) && !box.claims(entry.action);
        if (free && stored(keyOf(entry)) && !(await deliver(entry))) break;
      }
    } finally {
      flushing = false;
      show();
    }
  }

  function retryAtOnce() {
    delay = FIRST_DELAY;
    return retry();
  }

  window.addEventListener("online", retryAtOnce);
  window.addEventListener("pageshow", (event) => event.persisted && retry());
  window.addEventListener("storage", async (event) => {
    await census();
    if (event.key === SIGNED_IN && notice) retryAtOnce();
    else show();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && (timer || entries().length)) retry();
  });
  // After everything else that waits for this moment (htmx): the page's own forms take their entries, then the
  // rest is sent.
  async function open() {
    await census();
    document.dispatchEvent(new CustomEvent("outbox:ready"));
    flush();
  }

  document.addEventListener("DOMContentLoaded", () => setTimeout(open, 0));

  // The bar: how many answers wait, and what the person can do.

  const STATES = {
    waiting: "menunggu dikirim",
    draft: "belum disimpan",
  };

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  const button = (text, action) => {
    const made = element("button", { type: "button", className: "btn btn-sm btn-outline-secondary" }, text);
    made.addEventListener("click", () => action(made));
    return made;
  };

  const line = element("p");
  const actions = element("span", { className: "outbox-actions" });
  const list = element("ul", { className: "outbox-list" });
  const details = element("details", {}, element("summary", {}, "Lihat daftar"), list);
  const bar = element("div", { className: "outbox-bar", hidden: true }, line, actions, details);
  line.setAttribute("role", "status");
  if (user) document.body.append(bar);

  function discard(entry, pressed) {
    if (pressed.dataset.sure) {
      remove(entry);
      show();
    } else {
      pressed.dataset.sure = "1";
      pressed.textContent = "Yakin buang tulisan ini?";
    }
  }

  const row = (entry) =>
    element(
      "li",
      {},
      element("a", { href: entry.page }, `Pertanyaan ${entry.code}`),
      ` ${entry.reason || STATES[entry.state]} `,
      element("small", {}, entry.summary),
      ...(entry.id === me ? [] : [" ", button("Buang", (pressed) => discard(entry, pressed))]),
    );

  /** Beside its own card this page already says it; the bar speaks of what failed or stands elsewhere. */
  const isShown = (entry) => (entry.id === me ? entry.failing : !isCaredFor(entry));

  function words(shown) {
    const waiting = shown.filter((entry) => entry.state === "waiting").length;
    const held = shown.length - waiting;
    const parts = [];
    if (waiting) parts.push(`${waiting} jawaban menunggu dikirim`);
    if (held) parts.push(`${held} jawaban perlu Anda periksa`);
    const count = parts.length ? `${parts.join(", ")}.` : "";
    if (notice?.kind === "ended") return `Sesi berakhir. Masuk lagi; tulisan Anda aman di peramban ini. ${count}`;
    if (notice) return `Peramban ini sekarang dipakai akun lain. Masuk lagi dengan akun Anda; tulisan Anda aman. ${count}`;
    return count;
  }

  let painted = "";

  function show() {
    const inOrder = (a, b) => a.page.localeCompare(b.page, "id", { numeric: true });
    const shown = entries().filter(isShown).sort(inOrder);
    const text = words(shown);
    const picture = JSON.stringify([text, notice, shown.map((entry) => [entry.action, entry.id, entry.state, entry.summary])]);
    if (leaving || picture === painted) return;
    painted = picture;
    line.textContent = text;
    const wants = [];
    if (notice) wants.push(element("a", { className: "btn btn-sm btn-primary", href: notice.url }, "Masuk"));
    else if (shown.some((entry) => entry.state === "waiting")) wants.push(button("Kirim sekarang", retryAtOnce));
    actions.replaceChildren(...wants);
    list.replaceChildren(...shown.map(row));
    details.hidden = !shown.length;
    bar.hidden = !text;
  }

  // Signing out with answers still here: try to send them, then ask.

  let leaving = false;

  function askBeforeLeaving(form, count) {
    leaving = true;
    line.textContent = `${count} jawaban belum terkirim. Bila Anda keluar, tulisan tetap tersimpan di peramban ini dan dikirim saat Anda masuk lagi.`;
    const stay = () => {
      leaving = false;
      painted = "";
      retry();
    };
    actions.replaceChildren(
      button("Batal, kirim dahulu", stay),
      button("Tetap keluar", () => form.submit()),
    );
    bar.hidden = false;
    actions.firstChild.focus();
  }

  async function leave(form) {
    retry();
    for (let waited = 0; waited < 10 && entries().length; waited += 1) {
      await new Promise((done) => setTimeout(done, 200));
    }
    if (entries().length) askBeforeLeaving(form, entries().length);
    else form.submit();
  }

  document.querySelector(".menu-person form")?.addEventListener("submit", (event) => {
    if (!entries().length) return;
    event.preventDefault();
    leave(event.target);
  });

  try {
    if (user) localStorage.setItem(SIGNED_IN, `${user} ${Date.now()}`);
  } catch {
    /* then the other tabs find out by themselves */
  }

  const box = { user, keep, drop, adopt, entries, interpret, post, renew, failed, succeeded, show, retry };
  /** saving.js and rows.js say which forms of this page are being sent by the page itself. */
  box.claims = () => false;
  return box;
})();
