(function (native) {
  "use strict";
  const LABELS = new Set(["utf-8", "utf8", "unicode-1-1-utf-8"]);
  class TextEncoder {
    get encoding() { return "utf-8"; }
    encode(text = "") { return native.utf8Encode(`${text}`); }
    encodeInto(text, target) {
      let read = 0, written = 0;
      for (const character of `${text}`) {
        const bytes = native.utf8Encode(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += character.length;
      }
      return { read, written };
    }
  }
  class TextDecoder {
    #fatal; #ignoreBOM; #left = new Uint8Array(0); #started = false;
    constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
      if (!LABELS.has(`${label}`.trim().toLowerCase())) throw new RangeError(`TextDecoder knows utf-8, and not ${label}`);
      this.#fatal = !!fatal;
      this.#ignoreBOM = !!ignoreBOM;
    }
    get encoding() { return "utf-8"; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }
    decode(input = new Uint8Array(0), { stream = false } = {}) {
      let bytes = native.bytesOf(input);
      if (!bytes) throw new TypeError("decode takes an ArrayBuffer or a view of one");
      if (this.#left.length) {
        const joined = new Uint8Array(this.#left.length + bytes.length);
        joined.set(this.#left);
        joined.set(bytes, this.#left.length);
        bytes = joined;
      }
      let [text, left] = native.utf8Decode(bytes, this.#fatal, stream);
      this.#left = left ? bytes.slice(bytes.length - left) : new Uint8Array(0);
      if (!this.#started && text.length) {
        this.#started = true;
        if (!this.#ignoreBOM && text[0] === "\ufeff") text = text.slice(1);
      }
      if (!stream) this.#started = false;
      return text;
    }
  }
  return { TextEncoder, TextDecoder };
})
