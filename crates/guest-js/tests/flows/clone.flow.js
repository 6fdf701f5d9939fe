//: value [true, true, true, true, [1, 2], "2020-01-01T00:00:00.000Z", "RangeError: r", true, true, "DataCloneError", "DataCloneError", 3]
const cyclic = { list: [1, { deep: true }], map: new Map(), date: new Date("2020-01-01"), error: new RangeError("r"), bytes: new Uint8Array([1, 2]) };
cyclic.self = cyclic;
cyclic.map.set(cyclic, new Set([cyclic]));
const copy = structuredClone(cyclic);
const fails = (value) => { try { structuredClone(value); } catch (error) { return error.name; } };
const shared = { a: cyclic.bytes.subarray(1), b: cyclic.bytes };
const both = structuredClone(shared);
[copy !== cyclic, copy.self === copy, copy.list[1] !== cyclic.list[1], copy.map.get(copy).has(copy), [...copy.bytes], copy.date.toISOString(), `${copy.error}`,
  copy.error instanceof RangeError, both.a.buffer === both.b.buffer, fails(() => {}), fails({ s: Symbol() }), structuredClone([, , 1]).length];
