/* One file on its way, as a person sees it: name, bar, how far it is, how long it takes, and what can be done. */
"use strict";

window.UploadRow = (() => {
  const KB = 1000;
  const MB = 1_000_000;

  const size = (bytes) => {
    if (bytes < KB) return `${bytes} byte`;
    return bytes < 999_500 ? `${Math.round(bytes / KB)} kB` : `${(bytes / MB).toFixed(1).replace(".", ",")} MB`;
  };

  /** Seconds as people say them. */
  function duration(seconds) {
    if (seconds < 50) return `${Math.max(5, Math.ceil(seconds / 5) * 5)} detik`;
    if (seconds < 3000) return `${Math.max(1, Math.round(seconds / 60))} menit`;
    return `${Math.max(1, Math.round(seconds / 3600))} jam`;
  }

  /** "kira-kira 2 menit lagi"; nothing while nobody can know. */
  const remaining = (bytes, speed) => (speed && bytes ? `kira-kira ${duration(bytes / speed)} lagi` : "");

  const percent = (sent, all) => (all ? Math.floor((100 * sent) / all) : 0);

  function make(tag, text, className) {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (className) node.className = className;
    return node;
  }

  /** What a person chooses instead of a file that is never taken. */
  function pick(chosen) {
    const input = make("input");
    Object.assign(input, { type: "file", multiple: true });
    input.addEventListener("change", () => input.files.length && chosen([...input.files]));
    input.click();
  }

  const WORDS = {
    waiting: ["quiet", "menunggu giliran"],
    elsewhere: ["quiet", "sedang diunggah di tab lain"],
    preparing: ["info", "disiapkan"],
    sending: ["info", "diunggah"],
    checking: ["info", "diperiksa portal"],
  };

  class UploadRow {
    constructor(name, bytes) {
      Object.assign(this, { name, bytes });
      this.node = make("li", "", "slot");
      this.bar = make("progress", "", "bar");
      this.bar.max = bytes || 1;
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", name);
      this.state = make("span", "", "state state-info");
      this.state.setAttribute("role", "status");
      this.detail = make("small", size(bytes));
      this.buttons = make("span", "", "upload");
      const line = make("div", "", "upload");
      line.append(make("b", name), this.bar, this.state, this.detail, this.buttons);
      this.node.append(line);
    }

    /** A state in words; `buttons`: label -> what it does. Said again only when it changed. */
    show(kind, text, buttons = {}) {
      this.state.className = `state state-${kind}`;
      if (this.state.textContent !== text) this.state.textContent = text;
      const labels = Object.keys(buttons);
      const same = labels.join() === [...this.buttons.children].map((button) => button.textContent).join();
      if (!same) {
        this.buttons.replaceChildren(
          ...labels.map((label) => {
            const button = make("button", label, "btn btn-sm btn-outline-secondary");
            button.type = "button";
            button.setAttribute("aria-label", `${label}: ${this.name}`);
            return button;
          }),
        );
      }
      labels.forEach((label, i) => (this.buttons.children[i].onclick = buttons[label]));
    }

    /** What a transfer says of itself. `buttons` as in `show`. */
    follow(transfer, state, text, buttons) {
      const [sent, all] = [transfer.sent, transfer.note.size];
      this.bar.hidden = !["sending", "paused"].includes(state);
      this.bar.value = sent;
      if (state === "paused") {
        this.show("warn", text ? `${text} Dicoba lagi sendiri.` : "jaringan terputus; dilanjutkan sendiri begitu tersambung", buttons);
      } else {
        const [kind, words] = WORDS[state];
        this.show(kind, text || words, buttons);
      }
      const far = sent ? `${percent(sent, all)}% dari ${size(all)}` : size(all);
      const long = state === "sending" ? remaining(all - sent, transfer.speed) : "";
      this.detail.textContent = [far, long, transfer.renewed].filter(Boolean).join(", ");
    }

    end(kind, text, buttons) {
      this.bar.hidden = true;
      this.detail.textContent = size(this.bytes);
      this.show(kind, text, buttons);
    }
  }

  return Object.assign(UploadRow, { size, remaining, percent, make, pick });
})();
