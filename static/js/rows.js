/* A kecamatan's rows save themselves: each tap is kept in the outbox (base.js) and sent, one at a time. Without this
   script the form saves the whole sheet with its button. */
"use strict";

(() => {
  const sheet = document.querySelector("form[data-rows]");
  if (!sheet || !window.outbox || !outbox.user) return;

  const records = new Map(); // a row's node -> what this page knows about it
  const waiting = new Set(); // records to be sent, in this order
  let busy = null; // the record on its way
  const whole = document.querySelector("[data-told]"); // filled rows of the kecamatan
  let elsewhere = 0; // those of them that are not on this page

  const statusOf = ({ node }) => node.querySelector(".row-status");
  const chosen = ({ node }) => node.querySelector("input[type=radio]:checked")?.value ?? "";
  const word = (record) => chosen(record) || "belum";
  const fieldsOf = (record) => [["value", chosen(record)]];
  const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const isDirty = (record) => word(record) !== record.version || record.before !== null;

  function choose(record, value) {
    record.node.querySelectorAll("input[type=radio]").forEach((radio) => (radio.checked = radio.value === value));
  }

  /** What stands in the status region: a prepared state of the page, or the portal's reply. */
  function paint(record, state, reason = "") {
    const prepared = sheet.querySelector("[data-states]").content.querySelector(`[data-state="${state}"]`);
    put(record, [...prepared.cloneNode(true).childNodes, reason]);
  }

  const paintReply = (record, html) =>
    put(record, [...new DOMParser().parseFromString(html, "text/html").body.childNodes].filter((node) => !node.matches?.("input")));

  function put(record, nodes) {
    const status = statusOf(record);
    const focused = status.contains(document.activeElement);
    status.replaceChildren(...nodes);
    if (focused) record.node.querySelector("input[type=radio]:checked")?.focus({ preventScroll: true });
  }

  /** Keep what the row says in the browser, or forget it once the portal has it. */
  function remember(record) {
    if (!isDirty(record) && record !== busy) {
      outbox.drop(record.action);
      record.kept = true;
      return;
    }
    record.kept = outbox.keep({
      action: record.action,
      page: `${location.pathname}${location.search}#${record.node.querySelector("th").id}`,
      code: record.code,
      summary: word(record),
      fields: fieldsOf(record),
      version: record.version,
      before: record.before || (record === busy ? record.sending : null),
      state: record.state,
      reason: record.reason,
      failing: record.failing,
    });
  }

  function queue(record) {
    waiting.add(record);
    pump();
  }

  async function pump() {
    if (busy || !waiting.size) return;
    const [record] = waiting;
    waiting.delete(record);
    if (record.before && isSame(record.before, fieldsOf(record))) record.before = null;
    busy = record;
    const fromBefore = Boolean(record.before);
    record.sending = record.before || fieldsOf(record);
    Object.assign(record, { state: "waiting", reason: "" });
    remember(record);
    paint(record, "sending");
    const outcome = await outbox.post(record, record.sending);
    busy = null;
    settle(record, outcome, fromBefore);
    pump();
  }

  function settle(record, outcome, fromBefore) {
    if (outcome.kind === "saved") {
      record.version = record.seen.value = outcome.version;
      Object.assign(record, { before: null, failing: false, renewed: false });
      remember(record);
      if (isDirty(record)) queue(record);
      else paintReply(record, outcome.text);
      records.forEach((other) => other.failing && waiting.add(other));
      countStep();
      outbox.succeeded();
    } else if (fromBefore && ["conflict", "refused"].includes(outcome.kind)) {
      record.before = null;
      queue(record);
    } else if (["conflict", "refused", "locked"].includes(outcome.kind)) {
      hold(record, outcome);
    } else {
      fail(record, outcome);
    }
  }

  /** It waits for the person. */
  function hold(record, outcome) {
    Object.assign(record, { state: outcome.kind, reason: outcome.reason, failing: false });
    if (outcome.kind === "conflict") {
      paintReply(record, outcome.text);
      record.now = statusOf(record).querySelector("[data-now]").dataset.now;
    } else {
      paint(record, "held", outcome.reason);
    }
    remember(record);
    outbox.show();
  }

  async function fail(record, outcome) {
    // Offline for certain means that nothing left this machine; otherwise the portal may have it already.
    if (outcome.kind !== "ended" && navigator.onLine !== false) record.before = record.sending;
    record.failing = true;
    waiting.forEach((other) => other.failing && waiting.delete(other));
    remember(record);
    paint(record, record.kept ? "waiting" : "unkept");
    outbox.failed();
    if (outcome.kind !== "ended") return;
    if ((await outbox.renew()) === "same" && !record.renewed) {
      record.renewed = true;
      queue(record);
    }
    outbox.show();
  }

  /** From here on the person knows what stands: their choice counts against that. */
  function know(record) {
    if (record.now) record.version = record.seen.value = record.now;
    record.now = "";
  }

  function send(record) {
    know(record);
    remember(record);
    if (isDirty(record)) queue(record);
    else put(record, []);
  }

  const toldHere = () => [...records.values()].filter((record) => record.version !== "belum").length;

  /** How much of the kecamatan is filled, and the strip's mark for the question that is open. */
  function countStep() {
    const told = toldHere();
    whole.textContent = (told + elsewhere).toLocaleString("id-ID");
    const link = document.querySelector(".jump-list [aria-current][data-asked]");
    if (!link) return;
    const asked = Number(link.dataset.asked);
    link.classList.toggle("is-done", told === asked);
    link.classList.toggle("is-warn", told > 0 && told < asked);
    link.querySelector(".visually-hidden").textContent = `: ${told} dari ${asked} desa/kelurahan terisi`;
  }

  const recordOf = (event) => records.get(event.target.closest("[data-row]"));

  sheet.addEventListener("change", (event) => {
    const record = recordOf(event);
    if (record && event.target.type === "radio") send(record);
  });

  sheet.addEventListener("click", (event) => {
    const record = recordOf(event);
    if (record && event.target.closest("[data-send]")) send(record);
    if (record && event.target.closest("[data-discard]")) {
      choose(record, record.now === "belum" ? "" : record.now);
      record.before = null;
      send(record);
      countStep();
    }
  });

  document.addEventListener("outbox:retry", () => records.forEach((record) => record.failing && queue(record)));

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) records.forEach((record) => isDirty(record) && !record.now && queue(record));
  });

  window.addEventListener("beforeunload", (event) => {
    if ([...records.values()].some((record) => !record.kept)) event.preventDefault();
  });

  outbox.claims = (action) =>
    [...records.values()].some(
      (record) => record.action === action && (record === busy || waiting.has(record) || record.failing || isDirty(record)),
    );

  function begin(node) {
    const name = node.dataset.row;
    const seen = node.querySelector("input[type=hidden]");
    const record = {
      node,
      seen,
      action: `${location.pathname}?baris=${encodeURIComponent(name)}`,
      code: `${name.split("@")[0]}, ${node.querySelector("th span").firstChild.textContent.trim()}`,
      version: seen.value,
      now: "", // what stands, when that was changed meanwhile
      before: null, // sent without a reply
      state: "waiting",
      reason: "",
      kept: true,
      failing: false,
    };
    records.set(node, record);
    const entry = outbox.adopt(record.action);
    if (entry) {
      choose(record, entry.fields[0][1]);
      Object.assign(record, { version: entry.version, before: entry.before });
    }
    // What the portal refused a moment ago waits for the person.
    if (entry || (isDirty(record) && !statusOf(record).textContent.trim())) queue(record);
  }

  document.addEventListener("outbox:ready", () => {
    sheet.querySelectorAll(".save-button").forEach((button) => (button.hidden = true));
    const rows = [...sheet.querySelectorAll("[data-row]")];
    elsewhere = Number(whole.dataset.told) - rows.filter((row) => row.querySelector("input[type=hidden]").value !== "belum").length;
    rows.forEach(begin);
    outbox.show();
  });
})();
