//: shape module
//: args {"u": {"$type": "undefined"}, "big": {"$type": "bigint", "value": "7"}, "nan": {"$type": "number", "value": "NaN"}, "zero": {"$type": "number", "value": "-0"}, "date": {"$type": "date", "value": "2026-01-02T00:00:00.000Z"}, "never": {"$type": "date", "value": null}, "bytes": {"$type": "bytes", "value": "AQID"}, "map": {"$type": "map", "value": [["k", {"$type": "set", "value": [1]}]]}, "error": {"$type": "error", "value": {"name": "TypeError", "message": "m"}}, "regexp": {"$type": "regexp", "value": {"source": "a", "flags": "g"}}, "own": {"$type": "object", "value": {"$type": "mine"}}, "other": {"$type": "unheard", "of": 1}}
//: value ["undefined", "bigint", true, true, 2026, true, [1, 2, 3], true, "TypeError: m", "/a/g", "mine", "unheard"]
export default ({ args: a }) => [
  typeof a.u, typeof a.big, Number.isNaN(a.nan), Object.is(a.zero, -0), a.date.getUTCFullYear(), Number.isNaN(a.never.getTime()),
  [...a.bytes], a.map.get("k").has(1), `${a.error}`, `${a.regexp}`, a.own.$type, a.other.$type,
];
