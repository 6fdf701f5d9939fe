(function (native) {
  "use strict";
  const NAMES = { IndexSizeError: 1, NotFoundError: 8, NotSupportedError: 9, InvalidStateError: 11, SyntaxError: 12, NetworkError: 19, AbortError: 20, TimeoutError: 23, DataCloneError: 25 };
  class DOMException extends Error {
    #name;
    constructor(message = "", name = "Error") {
      super(message);
      this.#name = String(typeof name === "object" ? name?.name ?? "Error" : name);
    }
    get name() { return this.#name; }
    get code() { return NAMES[this.#name] ?? 0; }
  }

  class Event {
    constructor(type, init = {}) { this.type = String(type); this.cancelable = !!init.cancelable; this.defaultPrevented = false; this.target = null; }
    preventDefault() { if (this.cancelable) this.defaultPrevented = true; }
  }
  class EventTarget {
    #listeners = [];
    addEventListener(type, listener, options = {}) {
      const once = typeof options === "object" && !!options?.once;
      if (listener && !this.#listeners.some((l) => l.type === type && l.listener === listener)) this.#listeners.push({ type, listener, once });
    }
    removeEventListener(type, listener) { this.#listeners = this.#listeners.filter((l) => l.type !== type || l.listener !== listener); }
    dispatchEvent(event) {
      event.target = this;
      if (typeof this["on" + event.type] === "function") this["on" + event.type](event);
      for (const { type, listener, once } of [...this.#listeners]) {
        if (type !== event.type) continue;
        if (once) this.removeEventListener(type, listener);
        typeof listener === "function" ? listener.call(this, event) : listener.handleEvent(event);
      }
      return !event.defaultPrevented;
    }
  }
  const KEY = {};
  class AbortSignal extends EventTarget {
    #aborted = false; #reason; onabort = null;
    constructor(key) { super(); if (key !== KEY) throw new TypeError("make an AbortSignal with AbortController"); }
    get aborted() { return this.#aborted; }
    get reason() { return this.#reason; }
    throwIfAborted() { if (this.#aborted) throw this.#reason; }
    static abort(reason) { const controller = new AbortController(); controller.abort(reason); return controller.signal; }
    static timeout(ms) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException("the time is up", "TimeoutError")), ms);
      return controller.signal;
    }
    static any(signals) {
      const controller = new AbortController();
      for (const signal of signals) {
        if (signal.aborted) { controller.abort(signal.reason); break; }
        signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
      }
      return controller.signal;
    }
    static end(signal, reason) {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason === undefined ? new DOMException("the operation was aborted", "AbortError") : reason;
      signal.dispatchEvent(new Event("abort"));
    }
  }
  const { end } = AbortSignal;
  delete AbortSignal.end;
  class AbortController {
    #signal = new AbortSignal(KEY);
    get signal() { return this.#signal; }
    abort(reason) { end(this.#signal, reason); }
  }

  const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
  class Headers {
    #map = new Map();
    constructor(init) {
      if (init === undefined || init === null) return;
      if (typeof init !== "object") throw new TypeError("headers are an object, pairs, or Headers");
      const pairs = init[Symbol.iterator] ? init : Object.entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    }
    #name(name) {
      name = `${name}`;
      if (!TOKEN.test(name)) throw new TypeError(`'${name}' is no header name`);
      return name.toLowerCase();
    }
    #value(value) {
      value = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
      if (/[\0\n\r]/.test(value)) throw new TypeError("a header's value can't hold line breaks");
      return value;
    }
    append(name, value) {
      name = this.#name(name);
      const before = this.#map.get(name);
      this.#map.set(name, before === undefined ? this.#value(value) : `${before}, ${this.#value(value)}`);
    }
    set(name, value) { this.#map.set(this.#name(name), this.#value(value)); }
    get(name) { return this.#map.get(this.#name(name)) ?? null; }
    has(name) { return this.#map.has(this.#name(name)); }
    delete(name) { this.#map.delete(this.#name(name)); }
    forEach(each, self) { for (const [name, value] of this) each.call(self, value, name, this); }
    *entries() { for (const name of [...this.#map.keys()].sort()) yield [name, this.#map.get(name)]; }
    *keys() { for (const [name] of this.entries()) yield name; }
    *values() { for (const [, value] of this.entries()) yield value; }
    [Symbol.iterator]() { return this.entries(); }
  }

  const bodyOf = (body) => {
    if (body === undefined || body === null) return [undefined];
    if (typeof body === "string") return [native.utf8Encode(body), "text/plain;charset=UTF-8"];
    const bytes = native.bytesOf(body);
    if (bytes) return [bytes];
    if (body?.[Symbol.toStringTag] === "URLSearchParams") return [native.utf8Encode(`${body}`), "application/x-www-form-urlencoded;charset=UTF-8"];
    throw new TypeError("a body is a text, bytes or URLSearchParams; turn objects into text with JSON.stringify");
  };

  class Response {
    #bytes; #used = false; #url = ""; #redirected = false;
    constructor(body, { status = 200, statusText = "", headers } = {}) {
      if (!(status >= 200 && status <= 599) && status !== 0) throw new RangeError("a status is a number from 200 to 599");
      const [bytes, type] = bodyOf(body);
      this.#bytes = bytes ?? new Uint8Array(0);
      this.status = status;
      this.statusText = `${statusText}`;
      this.headers = new Headers(headers);
      if (type && !this.headers.has("content-type")) this.headers.set("content-type", type);
    }
    static json(value, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(JSON.stringify(value), { ...init, headers });
    }
    static fetched(url, redirected, body, init) {
      const response = new Response(body, init);
      response.#url = url;
      response.#redirected = redirected;
      return response;
    }
    get ok() { return this.status >= 200 && this.status <= 299; }
    get url() { return this.#url; }
    get redirected() { return this.#redirected; }
    get bodyUsed() { return this.#used; }
    async #take() {
      if (this.#used) throw new TypeError("the body was read already; clone the response first");
      this.#used = true;
      return this.#bytes;
    }
    async bytes() { return await this.#take(); }
    async arrayBuffer() { return (await this.#take()).buffer; }
    async text() { return native.utf8Decode(await this.#take(), false, false)[0].replace(/^\ufeff/, ""); }
    async json() { return native.parseJSON(await this.text()); }
    clone() {
      if (this.#used) throw new TypeError("the body was read already");
      const { status, statusText, headers } = this;
      return fetched(this.#url, this.#redirected, this.#bytes.slice(), { status, statusText, headers });
    }
  }
  const { fetched } = Response;
  delete Response.fetched;

  async function fetch(address, init = {}) {
    const { method = "GET", headers, body, signal } = init ?? {};
    signal?.throwIfAborted();
    const url = native.urlParse(`${address}`)?.[0];
    if (!url || !/^https?:/.test(url)) throw new TypeError(`fetch takes an address that begins with http:// or https://, and got '${address}'`);
    const verb = /^(get|head|post|put|patch|delete|options)$/i.test(method) ? method.toUpperCase() : `${method}`;
    const [bytes, type] = bodyOf(body);
    if (bytes && (verb === "GET" || verb === "HEAD")) throw new TypeError(`a ${verb} has no body`);
    const sent = new Headers(headers);
    if (type && !sent.has("content-type")) sent.set("content-type", type);
    const [answer, id] = native.fetch(url.replace(/#.*$/, ""), verb, [...sent], bytes);
    const aborted = signal && new Promise((_, reject) => {
      signal.addEventListener("abort", () => { native.cancel(id); reject(signal.reason); }, { once: true });
    });
    const [final, status, statusText, received, redirected, content] = await (aborted ? Promise.race([answer, aborted]) : answer);
    return fetched(final, redirected, content, { status, statusText, headers: received });
  }
  return { fetch, Headers, Response, AbortController, AbortSignal, DOMException, Event, EventTarget };
})
