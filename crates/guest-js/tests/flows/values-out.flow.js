//: shape module
//: value {"undefined": {"$type": "undefined"}, "hole": [1, {"$type": "undefined"}], "big": {"$type": "bigint", "value": "-12345678901234567890"}, "nan": {"$type": "number", "value": "NaN"}, "inf": {"$type": "number", "value": "Infinity"}, "ninf": {"$type": "number", "value": "-Infinity"}, "zero": {"$type": "number", "value": "-0"}, "large": 9007199254740991, "huge": 1e300, "date": {"$type": "date", "value": "2026-01-02T03:04:05.678Z"}, "never": {"$type": "date", "value": null}, "bytes": {"$type": "bytes", "value": "AQID"}, "view": {"$type": "bytes", "value": "AgM="}, "buffer": {"$type": "bytes", "value": "AAA="}, "words": {"$type": "bytes", "value": "AQACAA=="}, "map": {"$type": "map", "value": [["k", 1], [{"o": 1}, {"$type": "undefined"}]]}, "set": {"$type": "set", "value": [1, "1"]}, "error": {"$type": "error", "value": {"name": "RangeError", "message": "far"}}, "regexp": {"$type": "regexp", "value": {"source": "a+", "flags": "gi"}}, "own": {"$type": "object", "value": {"$type": "mine"}}, "boxed": [1, "s", true], "instance": {"x": 1}, "bare": {"y": 2}, "getter": 5, "proxy": {"p": 1}, "proxied": [1, 2]}
class Point { constructor() { this.x = 1; } get hidden() { return 2; } }
export default () => ({
  undefined: undefined, hole: [1, ,], big: -12345678901234567890n, nan: NaN, inf: Infinity, ninf: -Infinity, zero: -0,
  large: Number.MAX_SAFE_INTEGER, huge: 1e300, date: new Date("2026-01-02T03:04:05.678Z"), never: new Date(NaN),
  bytes: new Uint8Array([1, 2, 3]), view: new DataView(new Uint8Array([1, 2, 3]).buffer, 1), buffer: new ArrayBuffer(2), words: new Uint16Array([1, 2]),
  map: new Map([["k", 1], [{ o: 1 }, undefined]]), set: new Set([1, "1"]), error: new RangeError("far"), regexp: /a+/gi,
  own: { $type: "mine" }, boxed: [new Number(1), new String("s"), new Boolean(true)], instance: new Point(),
  bare: Object.assign(Object.create(null), { y: 2 }), get getter() { return 5; },
  proxy: new Proxy({ p: 1 }, {}), proxied: new Proxy([1, 2], {}),
});
