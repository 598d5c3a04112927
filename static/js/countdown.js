// The time that is left, ticking by the server's clock. Without scripts the text from the server stands.
"use strict";

(() => {
  const words = (left) => {
    if (left <= 0) return "sudah lewat";
    const minutes = Math.floor(left / 60000);
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor(minutes / 60) % 24;
    const rest = minutes % 60;
    if (days) return hours ? `${days} hari ${hours} jam lagi` : `${days} hari lagi`;
    if (hours) return rest ? `${hours} jam ${rest} menit lagi` : `${hours} jam lagi`;
    return rest ? `${rest} menit lagi` : "kurang dari satu menit lagi";
  };
  const loaded = Date.now();
  const clocks = [...document.querySelectorAll("time.countdown")];
  const tick = () => {
    clocks.forEach((clock) => {
      const now = Date.parse(clock.dataset.now) + (Date.now() - loaded);
      const text = words(Date.parse(clock.dateTime) - now);
      if (clock.textContent !== text) clock.textContent = text;
    });
  };
  if (clocks.length) setInterval(tick, 5000);
})();
