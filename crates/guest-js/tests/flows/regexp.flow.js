//: value true
// What a regular expression gives where the guest searches itself; each line was held against another engine.
const equal = (given, expected) => {
  const [a, b] = [JSON.stringify(given), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${a} instead of ${b}`);
};
const all = (match) => match && [...match, match.index, match.input, match.groups ?? null];

// exec: groups, places, and what stays in lastIndex.
equal(all(/(\d+)-(?<word>[a-z])?/.exec("x 12-b")), ["12-b", "12", "b", 2, "x 12-b", { word: "b" }]);
equal(all(/(a)|(b)/.exec("b")), ["b", null, "b", 0, "b", null]);
equal(Object.keys(/b/.exec("abc")), ["0", "index", "input", "groups"]);
const global = /o/g;
equal([global.exec("foo").index, global.lastIndex, global.exec("foo").index, global.exec("foo"), global.lastIndex], [1, 2, 2, null, 0]);
const sticky = /\w/y;
equal([sticky.exec("a b")?.index, sticky.lastIndex, sticky.exec("a b"), sticky.lastIndex], [0, 1, null, 0]);
sticky.lastIndex = 2;
equal([sticky.test("a b"), sticky.lastIndex], [true, 3]);
const far = /a/g;
far.lastIndex = 99;
equal([far.exec("a"), far.lastIndex], [null, 0]);
const end = /$/y;
end.lastIndex = 2;
equal([end.exec("ab")?.index, /^b/y.exec("ab")], [2, null]);
const again = /(a)\1/y;
again.lastIndex = 1;
equal([again.exec("baa")?.[0], /(?<=b)a/y.exec("ba")], ["aa", null]);
equal(/[\u{1f600}]/u.exec("x\u{1f600}")?.index, 1);
equal(/./.exec("\u{1f600}")[0].length, 1);
equal([/é/i.exec("É")?.[0], /a.c/s.test("a\nc"), /^b$/m.test("a\nb")], ["É", true, true]);

// What searches with exec.
equal("a1b22c".replace(/\d+/g, (digits) => `<${digits}>`), "a<1>b<22>c");
equal("a-b-c".replaceAll(/-/g, "$&$&"), "a--b--c");
equal([..."k1=v1;k2=v2".matchAll(/(\w+)=(\w+)/g)].map((match) => match.slice(1)), [["k1", "v1"], ["k2", "v2"]]);
equal(["aXbX".match(/X/g), "abc".match(/z/), "abc".search(/c/)], [["X", "X"], null, 2]);

// split.
equal("a,b;c".split(/[,;]/), ["a", "b", "c"]);
equal("a1b2".split(/(\d)/), ["a", "1", "b", "2", ""]);
equal(["abc".split(/(?:)/), "".split(/x/), "".split(/(?:)/), "ab".split(/b/)], [["a", "b", "c"], [""], [], ["a", ""]]);
equal("a,b,c".split(/,/, 2), ["a", "b"]);
equal("a,b".split(/,/, 0), []);
equal("\u{1f600}b".split(/(?:)/u), ["\u{1f600}", "b"]);
equal("A<B>bold</B>and<CODE>coded</CODE>".split(/<(\/)?([^<>]+)>/), ["A", null, "B", "bold", "/", "B", "and", null, "CODE", "coded", "/", "CODE", ""]);
equal("aaa".split(/a/y), ["", "", "", ""]);
equal("test".split(/(?=s)/), ["te", "st"]);

// source, and what is made of it.
equal([/\//.source, new RegExp("/").source, /[/]\/x/.source, new RegExp("").source, new RegExp("a\nb").source], ["\\/", "\\/", "[/]\\/x", "(?:)", "a\\nb"]);
equal([new RegExp(/a\/b/.source).test("a/b"), String(/\/\d/g), RegExp.prototype.source], [true, "/\\/\\d/g", "(?:)"]);

// The flags that are the engine's, and objects that are more or less than an expression.
equal(/(?<x>b)/d.exec("abc").indices.groups.x, [1, 2]);
equal(/[a--b]/v.test("b"), false);
const mine = /a/;
mine.exec = () => null;
equal([mine.test("a"), "xax".split(mine)], [false, ["x", "x"]]);
class Loud extends RegExp {
  exec(text) {
    const found = super.exec(text);
    if (found) found[0] = found[0].toUpperCase();
    return found;
  }
}
equal(["xay".match(new Loud("a"))[0], "xay".split(new Loud("a"))], ["A", ["x", "y"]]);
let refused = 0;
for (const call of [() => RegExp.prototype.exec.call({}, "a"), () => RegExp.prototype.test.call(1, "a"), () => RegExp.prototype[Symbol.split].call(1, "a")]) {
  try { call(); } catch (error) { refused += error instanceof TypeError; }
}
equal(refused, 3);
equal([RegExp.prototype.exec.name, RegExp.prototype.exec.length, RegExp.prototype[Symbol.split].name, Object.keys(RegExp.prototype).includes("exec")], ["exec", 1, "[Symbol.split]", false]);

// Long texts, in Latin-1 and not.
for (const line of ["r\u00e9sum\u00e9", "\u2014dash"]) {
  const text = Array.from({ length: 3000 }, (_, index) => `${line} ${index}`).join("\r\n");
  equal(text.split(/\r?\n/).length, 3000);
  equal(text.split("\r\n").at(-1), `${line} 2999`);
  equal(text.replaceAll("\r\n", "\n").indexOf("2999", 20000), text.length - 2999 - 4);
  equal(text.match(/\d+$/gm)?.length ?? 0, 3000);
}
true;
