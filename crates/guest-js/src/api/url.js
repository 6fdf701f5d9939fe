(function (native) {
  "use strict";
  const PARTS = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"];
  const encode = (text) =>
    encodeURIComponent(text.toWellFormed()).replace(/%20/g, "+").replace(/[!'()~]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
  const decode = (text) => {
    const bytes = [];
    const raw = native.utf8Encode(text.replace(/\+/g, " "));
    const digit = (byte) => (byte > 47 && byte < 58) || (byte > 64 && byte < 71) || (byte > 96 && byte < 103);
    for (let i = 0; i < raw.length; i++) {
      if (raw[i] === 37 && digit(raw[i + 1]) && digit(raw[i + 2])) {
        bytes.push(parseInt(String.fromCharCode(raw[i + 1], raw[i + 2]), 16));
        i += 2;
      } else bytes.push(raw[i]);
    }
    return native.utf8Decode(new Uint8Array(bytes), false, false)[0];
  };
  const parse = (text) =>
    text.split("&").filter((part) => part).map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });

  class URLSearchParams {
    #list = []; #changed;
    constructor(init = "", changed) {
      this.#changed = changed;
      if (init instanceof URLSearchParams) this.#list = [...init];
      else if (init !== null && typeof init === "object") {
        if (init[Symbol.iterator]) {
          for (const pair of init) {
            const both = [...pair];
            if (both.length !== 2) throw new TypeError("each entry is a pair of name and value");
            this.#list.push(both.map(String));
          }
        } else for (const name of Object.keys(init)) this.#list.push([name, String(init[name])]);
      } else this.#list = parse(String(init).replace(/^\?/, ""));
    }
    /** For URL only: what its search is now. */
    static refresh(params, search) { params.#list = parse(search.slice(1)); }
    #tell() { if (this.#changed) this.#changed(this.toString()); }
    get size() { return this.#list.length; }
    append(name, value) { this.#list.push([String(name), String(value)]); this.#tell(); }
    delete(name, value) {
      this.#list = this.#list.filter(([n, v]) => n !== String(name) || (value !== undefined && v !== String(value)));
      this.#tell();
    }
    get(name) { return this.#list.find(([n]) => n === String(name))?.[1] ?? null; }
    getAll(name) { return this.#list.filter(([n]) => n === String(name)).map(([, v]) => v); }
    has(name, value) { return this.#list.some(([n, v]) => n === String(name) && (value === undefined || v === String(value))); }
    set(name, value) {
      const first = this.#list.find(([n]) => n === String(name));
      if (first) {
        first[1] = String(value);
        this.#list = this.#list.filter((pair) => pair === first || pair[0] !== String(name));
      } else this.#list.push([String(name), String(value)]);
      this.#tell();
    }
    sort() { this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); this.#tell(); }
    forEach(each, self) { for (const [name, value] of this) each.call(self, value, name, this); }
    *entries() { for (const [name, value] of this.#list) yield [name, value]; }
    *keys() { for (const [name] of this.#list) yield name; }
    *values() { for (const [, value] of this.#list) yield value; }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this.#list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&"); }
    get [Symbol.toStringTag]() { return "URLSearchParams"; }
  }
  const { refresh } = URLSearchParams;
  delete URLSearchParams.refresh;

  class URL {
    #parts; #params;
    constructor(address, base) {
      const parts = native.urlParse(`${address}`, base === undefined ? undefined : `${base}`);
      if (!parts) throw new TypeError(`'${address}' is no URL${base === undefined ? "" : ` against '${base}'`}`);
      this.#parts = parts;
    }
    static canParse(address, base) { return !!native.urlParse(`${address}`, base === undefined ? undefined : `${base}`); }
    static parse(address, base) { return URL.canParse(address, base) ? new URL(address, base) : null; }
    get searchParams() {
      return (this.#params ??= new URLSearchParams(this.search, (search) => (this.#parts = native.urlSet(this.href, "search", search))));
    }
    toString() { return this.href; }
    toJSON() { return this.href; }
    get [Symbol.toStringTag]() { return "URL"; }
    static {
      PARTS.forEach((name, index) => {
        const get = { [name]() { return this.#parts[index]; } }[name];
        const set = name === "origin" ? undefined : function (value) {
          if (name === "href") {
            const parts = native.urlParse(`${value}`);
            if (!parts) throw new TypeError(`'${value}' is no URL`);
            this.#parts = parts;
          } else this.#parts = native.urlSet(this.href, name, `${value}`);
          if (this.#params && (name === "href" || name === "search")) refresh(this.#params, this.search);
        };
        Object.defineProperty(URL.prototype, name, { get, set, enumerable: true, configurable: true });
      });
    }
  }
  return { URL, URLSearchParams };
})
