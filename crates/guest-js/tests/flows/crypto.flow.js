//: value [true, 4, true, "RangeError", "TypeError"]
const words = new Uint32Array(4);
const same = crypto.getRandomValues(words) === words;
const fails = (run) => { try { run(); } catch (error) { return error.name; } };
[same, words.filter((word) => word > 0).length, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()),
  fails(() => crypto.getRandomValues(new Uint8Array(65537))), fails(() => crypto.getRandomValues(new Float64Array(1)))];
