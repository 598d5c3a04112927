/* The sha256 of a file. The browser's own where there is one; that needs https, so also written out here, in pieces. */
"use strict";

window.sha256 = (() => {
  const PIECE = 1 << 22; // bytes after which the page may breathe

  const primes = [];
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) | 0;
  const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const ROUNDS = primes.map((prime) => fraction(Math.cbrt(prime)));
  const turned = (word, by) => (word >>> by) | (word << (32 - by));

  /** Mix the 64 bytes at `at` into the eight words of `state`. */
  function mix(state, view, at, words) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const early = words[i - 15];
      const late = words[i - 2];
      const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      words[i] = words[i - 16] + small + words[i - 7] + large;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const chosen = (e & f) ^ (~e & g);
      const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + ROUNDS[i] + words[i]) | 0;
      const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) | 0));
  }

  /** Bytes that end a message of `size` bytes, after its last whole 64. */
  function ending(rest, size) {
    const bytes = new Uint8Array(rest.length < 56 ? 64 : 128);
    bytes.set(rest);
    bytes[rest.length] = 0x80;
    new DataView(bytes.buffer).setBigUint64(bytes.length - 8, BigInt(size) * 8n);
    return bytes;
  }

  async function written(blob) {
    const state = [...START];
    const words = new Int32Array(64);
    const feed = (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at + 64 <= bytes.length; at += 64) mix(state, view, at, words);
    };
    for (let at = 0; at + 64 <= blob.size; at += PIECE) {
      feed(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
    }
    const rest = await blob.slice(blob.size - (blob.size % 64)).arrayBuffer();
    feed(ending(new Uint8Array(rest), blob.size));
    const digest = new DataView(new ArrayBuffer(32));
    state.forEach((word, i) => digest.setInt32(4 * i, word));
    return new Uint8Array(digest.buffer);
  }

  async function bytes(blob) {
    if (!globalThis.crypto?.subtle) return written(blob);
    return new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  }

  return {
    /** 64 hexadecimal digits. */
    hex: async (blob) => [...(await bytes(blob))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    /** As tus wants it beside a piece. */
    base64: async (blob) => btoa(String.fromCharCode(...(await bytes(blob)))),
  };
})();
