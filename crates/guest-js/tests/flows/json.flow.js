//: value [{"a": [1, -0.5, 1e+21, "\u00fc\n\ud83d\ude00", true, null]}, "unexpected '}' in JSON at line 2, column 1", "RangeError", {"n": 2}, "[1,[2]]", "unexpected end in JSON at line 1, column 1", {"__proto__": 1}, 2, true]
const fails = (text) => { try { JSON.parse(text); } catch (error) { return error; } };
[JSON.parse('{"a": [1, -0.5, 1e21, "\\u00fc\\n\\ud83d\\ude00", true, null]}'), fails("[1,\n}").message, fails("[".repeat(600)).name,
  JSON.parse('{"n": 1, "gone": 2}', (key, value) => (key === "gone" ? undefined : typeof value === "number" ? value + 1 : value)),
  JSON.stringify(JSON.parse("[1,[2]]")), fails("").message, JSON.parse('{"__proto__": 1}'), JSON.parse('{"a": 1, "a": 2}').a, Object.is(JSON.parse("-0"), -0)];
