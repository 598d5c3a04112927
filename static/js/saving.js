/* Each question saves by itself. The forms work without this file; with it their buttons are not needed.

   One save is on its way at a time, so that the running totals arrive in order. What is typed is kept in the
   outbox (base.js) before it is sent and leaves it only when the server has acknowledged the same content. */
"use strict";

(() => {
  if (!window.htmx || !window.outbox || !outbox.user) return;

  const SEND_AFTER = 800; // milliseconds without a key
  htmx.config.timeout = 20000;

  // The page stays lighter when each form names its address once; htmx reads this when the document is ready.
  document.querySelectorAll("form.answer-form").forEach((form) => form.setAttribute("hx-post", form.action));

  const records = new Map(); // form -> what this page knows about it
  const waiting = new Set(); // records to be sent, in this order
  let busy = null; // the record on its way
  let settling = false; // its reply is being taken in: htmx still holds its lock and would queue the next by itself
  let passing = false; // our own submit event: let htmx have it

  // What a form holds

  const SKIPPED = new Set(["csrfmiddlewaretoken", "version"]);
  // Not FormData: it has the browser lay out the whole page for every text field, sixty times over.
  const fieldsOf = (form) =>
    [...form.elements].filter(speaks).map((control) => [control.name, control.value]);

  function speaks(control) {
    if (!control.name || SKIPPED.has(control.name)) return false;
    if (!/^(INPUT|SELECT|TEXTAREA)$/.test(control.tagName) || control.matches(":disabled")) return false;
    return !["radio", "checkbox"].includes(control.type) || control.checked;
  }

  /** For comparing: where an answer came from is not part of what it says. */
  const contentIn = (fields) => JSON.stringify(fields.filter(([name]) => name !== "source"));
  const contentOf = (form) => contentIn(fieldsOf(form));
  // By selector: buttons of a refusal may bear the same names.
  const inputOf = (form, name) => form.querySelector(`input[name="${CSS.escape(name)}"]`);
  const versionInput = (form) => inputOf(form, "version");
  const statusOf = (form) => form.querySelector(".question-status");

  /** The content as the server wrote it into the page, whatever the browser has put back since. */
  function servedContent(form) {
    if (controls(form).every(isAsServed)) return contentOf(form);
    const copy = form.cloneNode(true);
    copy.reset();
    return contentOf(copy);
  }

  function isAsServed(control) {
    if (control.type === "radio" || control.type === "checkbox") return control.checked === control.defaultChecked;
    if (!control.options) return control.value === control.defaultValue;
    return ([...control.options].find((option) => option.defaultSelected) || control.options[0])?.selected;
  }

  function controls(form) {
    return [...form.elements].filter((control) => control.matches("input:not([type=hidden]), select, textarea"));
  }

  function fill(form, fields) {
    const values = new Map(fields);
    controls(form).forEach((control) => {
      const value = values.get(control.name);
      if (control.type === "radio") control.checked = value === control.value;
      else control.value = value ?? "";
    });
  }

  /** The content in words, for the list of waiting answers. */
  function summaryOf(form) {
    const words = controls(form).map((control) => {
      if (control.type === "radio") return control.checked ? control.parentElement.querySelector("span").textContent : "";
      if (!control.value) return "";
      if (control.matches("select")) return control.selectedOptions[0].textContent;
      return `${control.parentElement.firstChild.textContent.trim()}: ${control.value}`;
    });
    return words.filter(Boolean).join("; ") || "Kosong";
  }

  // The words beside a card

  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];

  function stateMark(kind, text, icon) {
    const mark = document.createElement("span");
    mark.className = `state state-${kind}`;
    if (sprite) {
      const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      picture.setAttribute("class", "icon");
      picture.setAttribute("aria-hidden", "true");
      use.setAttribute("href", `${sprite}#${icon}`);
      picture.append(use);
      mark.append(picture);
    }
    mark.append(text);
    return mark;
  }

  function reason(text) {
    const words = document.createElement("span");
    words.className = "reason";
    words.textContent = text;
    return words;
  }

  function sendButton(text) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-outline-secondary";
    made.dataset.send = "";
    made.textContent = text;
    return made;
  }

  /** Change the status region; a focus that stood in it stays in it. */
  function paint(record, ...parts) {
    const status = statusOf(record.form);
    const focused = status.contains(document.activeElement);
    status.replaceChildren(...parts.flatMap((part) => [part, " "]));
    if (focused) holdFocus(status);
  }

  /** How the region's next change is read out: "off" on the way, "polite" once saved, "assertive" when it failed. */
  const speak = (record, how) => statusOf(record.form).setAttribute("aria-live", how);

  function holdFocus(status) {
    status.tabIndex = -1;
    status.focus({ preventScroll: true });
  }

  function paintWaiting(record, offline, why) {
    speak(record, record.kept && (why || offline) ? "polite" : "assertive");
    if (record.kept && why) {
      const words = reason(`${why} Tulisan Anda tersimpan di peramban ini dan dikirim lagi sendiri.`);
      paint(record, stateMark("warn", "Menunggu dikirim", "offline"), words, sendButton("Kirim sekarang"));
    } else if (!record.kept) {
      paint(record, stateMark("block", "Gagal: belum tersimpan", "alert"), reason("Jangan tutup halaman ini."), sendButton("Coba lagi"));
    } else if (offline) {
      paint(record, stateMark("warn", "Menunggu dikirim: tersimpan di peramban ini", "offline"), sendButton("Kirim sekarang"));
    } else {
      paint(record, stateMark("warn", "Gagal: coba lagi", "alert"), reason("Tulisan Anda tersimpan di peramban ini."), sendButton("Coba lagi"));
    }
  }

  function markInvalid(record) {
    const refused = [...statusOf(record.form).querySelectorAll("[data-field]")].map((item) => item.dataset.field);
    controls(record.form).forEach((control) => {
      if (refused.includes(control.name)) {
        control.setAttribute("aria-invalid", "true");
        control.setAttribute("aria-describedby", statusOf(record.form).id);
      } else {
        control.removeAttribute("aria-invalid");
        control.removeAttribute("aria-describedby");
      }
    });
    if (refused.some((name) => name !== "note")) unmark(record);
  }

  /** Numbers that were refused reach no line: the mark beside the points is that of the answer before. */
  function unmark({ form }) {
    form.querySelectorAll(".rule-lines .is-here").forEach((line) => {
      line.classList.remove("is-here");
      line.textContent = line.textContent.replace(" (di sini)", "");
    });
  }

  // Keeping

  /** Keep the form's content in the browser, or forget it once the server has it. */
  function remember(record) {
    if (record.discarded) return;
    const { form, action } = record;
    if (contentOf(form) === record.saved && record !== busy && !record.before) {
      outbox.drop(action);
      record.kept = true;
      return;
    }
    const onItsWay = record === busy && !record.sendsBefore ? record.sending : null;
    record.kept = outbox.keep({
      action,
      page: `${location.pathname}#${form.closest(".question-card").id}`,
      code: record.code,
      summary: summaryOf(form),
      fields: fieldsOf(form),
      version: versionInput(form).value,
      before: record.before || onItsWay,
      state: record.state,
      reason: record.reason,
      failing: record.failing,
    });
  }

  /** Something to send: neither what the server has nor, since a refusal, what it refused. */
  const isDirty = (record) => {
    const content = contentOf(record.form);
    return record.tried === null ? content !== record.saved : content !== record.tried;
  };

  /** A choice that means nothing yet: the field that it asks for (data-needs) is still empty. */
  const lacks = ({ form }) =>
    [...form.querySelectorAll("input[data-needs]:checked")].some(
      (choice) => !form.elements[choice.dataset.needs]?.value.trim(),
    );

  // Sending

  /** Send the form as soon as nothing else is on its way. Unless forced, only what has changed. */
  function queue(record, forced = false) {
    clearTimeout(record.sendTimer);
    record.sendTimer = null;
    if (record.discarded || (!forced && (record.asks || lacks(record) || !isDirty(record)))) return;
    if (record === busy && contentIn(record.sending) === contentOf(record.form)) return;
    waiting.add(record);
    pump();
  }

  function pump() {
    if (busy || settling || !waiting.size) return;
    const [record] = waiting;
    waiting.delete(record);
    start(record);
  }

  function start(record) {
    if (record.before && contentIn(record.before) === contentOf(record.form)) record.before = null;
    record.sendsBefore = Boolean(record.before);
    record.sending = record.before || fieldsOf(record.form);
    record.state = "waiting";
    record.reason = "";
    record.left = false;
    busy = record;
    remember(record);
    speak(record, "off");
    paint(record, stateMark("info", "Menyimpan …", "sync"));
    passing = true;
    try {
      record.form.requestSubmit();
    } finally {
      passing = false;
    }
    if (busy === record && !record.left) finish(record, { kind: "failed" }, true);
  }

  function settle(record, outcome, offline) {
    const fromBefore = record.sendsBefore;
    const sent = contentIn(record.sending);
    if (outcome.kind === "saved") {
      versionInput(record.form).value = outcome.version;
      record.saved = sent;
      record.before = null;
      record.tried = null;
      record.failing = record.renewed = false;
      if (fromBefore) queue(record, true);
      else afterSave(record);
      records.forEach((other) => other.failing && waiting.add(other));
      outbox.succeeded();
    } else if (fromBefore && ["conflict", "refused"].includes(outcome.kind)) {
      record.before = null;
      queue(record, true);
    } else if (["conflict", "refused", "locked"].includes(outcome.kind)) {
      hold(record, outcome, sent);
    } else if (outcome.kind === "ended") {
      renew(record);
    } else {
      // Offline for certain means that nothing left this machine; otherwise the server may have it already.
      if (navigator.onLine !== false) record.before = record.sending;
      fail(record, offline, outcome.reason);
    }
  }

  function afterSave(record) {
    record.asks = false;
    inputOf(record.form, "source")?.remove();
    markInvalid(record);
    remember(record);
    queue(record);
  }

  function hold(record, outcome, sent) {
    record.state = outcome.kind;
    record.reason = outcome.reason;
    record.tried = sent;
    record.failing = false;
    speak(record, "assertive");
    if (outcome.kind === "locked") paint(record, stateMark("quiet", `Terkunci: ${outcome.reason}`, "lock"));
    markInvalid(record);
    remember(record);
    outbox.show();
    queue(record);
  }

  function fail(record, offline, why) {
    record.failing = true;
    // Those that failed before wait for the next round instead of failing again one by one.
    waiting.forEach((other) => other.failing && waiting.delete(other));
    remember(record);
    paintWaiting(record, offline, why);
    outbox.failed();
  }

  async function renew(record) {
    fail(record, true);
    const session = await outbox.renew();
    if (session === "same" && !record.renewed) {
      record.renewed = true;
      queue(record, true);
    }
    outbox.show();
  }

  function finish(record, outcome, offline) {
    busy = null;
    settling = true;
    settle(record, outcome, offline);
    setTimeout(() => {
      settling = false;
      pump();
    }, 0);
  }

  // htmx carries the request and puts the answer in its place

  const ours = (event) => (busy && event.detail.requestConfig?.elt === busy.form ? busy : null);

  document.addEventListener("htmx:configRequest", (event) => {
    if (!busy || event.detail.elt !== busy.form) return;
    const body = new FormData();
    busy.sending.forEach(([name, value]) => body.append(name, value));
    body.append("version", versionInput(busy.form).value);
    event.detail.parameters = body;
    busy.left = true;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const record = ours(event);
    if (!record) return;
    const { xhr } = event.detail;
    record.outcome = outbox.interpret(xhr.status, xhr.responseText);
    record.focused = statusOf(record.form).contains(document.activeElement);
    speak(record, record.outcome.kind === "saved" ? "polite" : "assertive");
    event.detail.shouldSwap = ["saved", "conflict", "refused"].includes(record.outcome.kind) && !record.sendsBefore;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const record = ours(event);
    if (record?.focused) holdFocus(statusOf(record.form));
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const record = ours(event);
    if (!record) return;
    const offline = event.detail.xhr.status === 0;
    const outcome = offline ? { kind: "failed" } : record.outcome;
    record.outcome = null;
    finish(record, outcome || { kind: "failed" }, offline);
  });

  // What the person does

  const recordOf = (event) => records.get(event.target.closest?.("form.answer-form"));

  document.addEventListener("input", (event) => {
    const record = recordOf(event);
    if (!record) return;
    remember(record);
    clearTimeout(record.sendTimer);
    record.sendTimer = setTimeout(() => queue(record), SEND_AFTER);
    showPercentage(record);
  });

  document.addEventListener("change", (event) => {
    const record = recordOf(event);
    if (record && event.target.matches("input[type=radio], input[type=checkbox], select")) queue(record);
  });

  document.addEventListener("focusout", (event) => {
    const record = recordOf(event);
    if (!record || record.form.contains(event.relatedTarget)) return;
    // Who leaves is told what is missing.
    queue(record, !record.asks && isDirty(record));
  });

  document.addEventListener("keydown", (event) => {
    const record = recordOf(event);
    // Enter would press the form's first button, which may be the choice that a conflict offers.
    if (!record || event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    queue(record);
  });

  document.addEventListener("click", (event) => {
    const record = recordOf(event);
    if (!record) return;
    if (event.target.closest("[data-send]")) queue(record, true);
    if (event.target.closest("[data-discard]")) discard(record, event);
  });

  /** The other's answer is taken: what stands here is given up, on this page or on the question's own. */
  function discard(record, event) {
    record.discarded = true;
    outbox.drop(record.action);
    if (records.size > 1) {
      event.preventDefault();
      history.replaceState(null, "", `#${record.form.closest(".question-card").id}`);
      location.reload();
    }
  }

  /** A pressed button speaks through the form's fields: its choice is then kept and sent like anything typed. */
  function press(record, pressed) {
    const { form } = record;
    record.asks = false;
    if (!pressed?.name) return;
    if (pressed.name === "clear") {
      fill(form, fieldsOf(form).filter(([name]) => name === "note"));
    } else {
      const field = inputOf(form, pressed.name);
      if (field) field.value = pressed.value;
    }
    showPercentage(record);
  }

  document.addEventListener(
    "submit",
    (event) => {
      const record = records.get(event.target);
      if (!record || passing) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      press(record, event.submitter);
      // Afterwards: a form cannot be sent from within its own submit event.
      setTimeout(() => queue(record, true), 0);
    },
    true,
  );

  // A form that htmx did not take must not leave the page by itself.
  document.addEventListener("submit", (event) => records.has(event.target) && event.preventDefault());

  // Coming back and going away

  document.addEventListener("outbox:retry", () => {
    records.forEach((record) => record.failing && queue(record, true));
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    records.forEach((record) => record.sendTimer && queue(record));
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) records.forEach((record) => contentOf(record.form) !== record.saved && remember(record));
  });

  window.addEventListener("beforeunload", (event) => {
    const lost = [...records.values()].some((record) => !record.kept && !record.discarded);
    if (lost) event.preventDefault();
  });

  outbox.claims = (action) =>
    [...records.values()].some(
      (record) => record.action === action && (record === busy || waiting.has(record) || record.failing || isDirty(record)),
    );

  // The percentage while it is typed: exact whole-number arithmetic, rounded half up. Both are whole, so
  // that 1.000 is a thousand. What cannot be right shows nothing; the server says why.

  const PLAIN = /^\d+$/;
  const GROUPED = /^[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+|(?: \d{3})+)$/;
  const GROUPED_WITH_FRACTION = /^\d{1,3}(?:(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+)$/;
  const DECIMAL = /^\d+[.,]\d+$/;

  /** "4.120.000,5" -> {digits: 41200005n, places: 1}; null for what is not one number. */
  function readNumber(typed) {
    const text = typed.trim().replace(/[\u00a0\u202f]/g, " ");
    const whole = (digits) => ({ digits: BigInt(digits.replace(/\D/g, "")), places: 0 });
    if (PLAIN.test(text)) return whole(text);
    if (GROUPED.test(text)) return whole(text);
    if (!GROUPED_WITH_FRACTION.test(text) && !DECIMAL.test(text)) return null;
    const mark = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
    return { ...whole(text), places: text.length - mark - 1 };
  }

  const tens = (places) => 10n ** BigInt(places);

  /** The percentage in words, as the server writes it: a rounded 95,00% that is not 95 gets more places. */
  function percentage(part, all) {
    const above = part.digits * tens(all.places) * 100n;
    const below = all.digits * tens(part.places);
    if (below === 0n || above > below * 100n) return "";
    let places = 2;
    const rounded = () => (above * tens(places) * 2n + below) / (below * 2n);
    while (places < 12 && above % below !== 0n && rounded() % tens(places) === 0n) places += 1;
    const digits = rounded().toString().padStart(places + 1, "0");
    return `= ${digits.slice(0, -places)},${digits.slice(-places)}%`;
  }

  function showPercentage(record) {
    const [numerator, denominator] = ["numerator", "denominator"].map((name) => inputOf(record.form, name));
    if (!numerator || !denominator) return;
    let place = record.form.querySelector(".percent-live");
    if (!place) {
      place = document.createElement("output");
      place.className = "percent-live";
      place.setAttribute("aria-live", "off");
      numerator.closest(".number-row").append(place);
    }
    const [part, all] = [readNumber(numerator.value), readNumber(denominator.value)];
    place.textContent = part && all ? percentage(part, all) : "";
  }

  // Begin

  function putBack(record, entry) {
    fill(record.form, entry.fields);
    versionInput(record.form).value = entry.version;
    record.before = entry.before;
    record.state = entry.state;
    if (entry.state === "draft") {
      record.asks = true;
      paint(record, stateMark("info", "Usulan, belum disimpan", "info"), sendButton("Simpan"));
    } else {
      paint(record, stateMark("warn", "Belum terkirim", "offline"));
      queue(record, true);
    }
  }

  function begin(form) {
    form.autocomplete = "off"; // what counts is kept in the outbox, not in the browser's memory of the form
    const asks = Boolean(inputOf(form, "source"));
    const record = {
      form,
      action: form.getAttribute("action"),
      code: form.closest(".question-card").querySelector(".question-code").textContent.trim(),
      saved: servedContent(form),
      tried: null,
      before: null,
      kept: true,
      failing: false,
      state: asks ? "draft" : "waiting",
      reason: "",
      asks, // a proposal: sent only when the person says so
    };
    records.set(form, record);
    return record;
  }

  function take(record) {
    record.form.querySelectorAll(".save-button").forEach((button) => (button.hidden = true));
    showPercentage(record);
    const entry = outbox.adopt(record.action);
    if (entry) putBack(record, entry);
    else queue(record);
  }

  // Not earlier: htmx must have taken the forms into its hands.
  document.addEventListener("outbox:ready", () => {
    [...document.querySelectorAll("form.answer-form")].map(begin).forEach(take);
    outbox.show();
  });
})();
