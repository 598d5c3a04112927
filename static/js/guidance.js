// On long pages the guidance is fetched when it is asked for. Without scripts the link opens the question's page.
"use strict";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.guidance-link");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const shown = link.nextElementSibling;
  if (shown && shown.classList.contains("guidance-text")) {
    shown.hidden = !shown.hidden;
    link.setAttribute("aria-expanded", String(!shown.hidden));
    return;
  }
  try {
    const page = new URL(link.href);
    const answer = await fetch(page.pathname + "petunjuk/", { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const text = document.createElement("div");
    text.className = "guidance-text";
    text.innerHTML = await answer.text();
    link.after(text);
    link.setAttribute("aria-expanded", "true");
  } catch {
    window.location.assign(link.href);
  }
});
