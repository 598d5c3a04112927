/* The verifier's desk by keyboard, and reasons that are picked. Everything has a link or a field on the page; this
   file only reaches them faster. Keys do nothing while a person types. */
"use strict";

(() => {
  const form = document.querySelector("form.verdict-form");
  const STEPS = { j: "j", arrowright: "j", k: "k", arrowleft: "k", n: "n" };
  const DECISIONS = { a: "accept", u: "change", t: "reject", d: "defer" };
  const PATIENCE = 2000; // milliseconds that a step waits for a verdict on its way

  const typing = (target) => target.closest?.("textarea, select, input:not([type=radio]), [contenteditable]");

  /** A verdict that this page still sends. What fails is kept in the outbox, so nobody waits for it for long. */
  function sending() {
    const action = form?.getAttribute("action");
    return Boolean(window.outbox?.entries().some((entry) => entry.action === action && entry.state === "waiting"));
  }

  async function go(link) {
    for (let waited = 0; waited < PATIENCE && sending(); waited += 50) {
      await new Promise((done) => setTimeout(done, 50));
    }
    link.click();
  }

  function decide(decision) {
    const choice = form?.querySelector(`input[name=decision][value=${decision}]`);
    if (!choice) return;
    choice.focus();
    choice.click();
    const next = { change: ".verdict-change input, .verdict-change select", reject: "textarea[name=reason]" }[decision];
    if (next) form.querySelector(next)?.focus();
  }

  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (form && key === "enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector("[data-send][hidden]").click(); // saving.js sends it
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // Arrows between radio buttons belong to the radio buttons.
    const inChoice = event.target.matches?.("input[type=radio]") && key.startsWith("arrow");
    if (typing(event.target) || inChoice || document.documentElement.dataset.keys === "off") return;
    const link = STEPS[key] && document.querySelector(`[data-key=${STEPS[key]}]`);
    if (link) {
      event.preventDefault();
      go(link);
    } else if (DECISIONS[key]) {
      event.preventDefault();
      decide(DECISIONS[key]);
    }
  });

  // A long cluster's strip opens where the person is.
  const strip = document.querySelector(".verdict-strip");
  const current = strip?.querySelector("[aria-current]");
  if (current) strip.scrollLeft = current.offsetLeft - strip.clientWidth / 2;

  // A picked phrase goes into the reason, where it can be changed.
  const pick = form?.querySelector("select[name=phrase]");
  pick?.addEventListener("change", () => {
    const reason = form.querySelector("textarea[name=reason]");
    if (pick.value && !reason.value.includes(pick.value)) {
      reason.value = [reason.value.trimEnd(), pick.value].filter(Boolean).join("\n");
    }
    pick.value = "";
    reason.focus();
    reason.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
