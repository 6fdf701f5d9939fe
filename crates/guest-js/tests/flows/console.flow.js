//: value null
//: log info text 42 true null undefined 10n -0 Symbol(s)
//: log info {\n  a: [ 1, 'two', { b: { c: [Object] } } ],\n  'odd key': [Function: f],\n  d: [class D]\n}
//: log info [ <empty>, 1, x: 2 ] [Function (anonymous)] [Circular] [Getter]
//: log info Map(1) { 'k' => Set(2) { 1, 2 } } Uint8Array(2) [ 1, 2 ] /x/g 1970-01-01T00:00:00.000Z Invalid Date
//: log info Promise { 1 } Promise { <pending> } [Object: null prototype] { z: 1 } Point { x: 1 } ArrayBuffer { byteLength: 3 }
//: log info 5 of 3.5 is 'x' %d 100% {"odd"
//: log debug d
//: log warn w
//: log error e
//: log error Assertion failed: because 1
//: log info c: 1
//: log info c: 2
//: log info group
//: log info   inside\n  twice
//: log info   | a | b\n--|---|----\n0 | 1 |\n1 |   | 'x'
class D {}
class Point { x = 1; }
const circular = {};
circular.self = circular;
console.log("text", 42, true, null, undefined, 10n, -0, Symbol("s"));
console.log({ a: [1, "two", { b: { c: {} } }], "odd key": function f() {}, d: D });
const sparse = [, 1];
sparse.x = 2;
console.log(sparse, (() => () => {})(), circular.self === circular && "[Circular]", "[Getter]");
console.log(new Map([["k", new Set([1, 2])]]), new Uint8Array([1, 2]), /x/g, new Date(0), new Date(NaN));
console.log(Promise.resolve(1), new Promise(() => {}), Object.assign(Object.create(null), { z: 1 }), new Point(), new ArrayBuffer(3));
console.log("%i of %f is %o %%d 100%", 5.9, 3.5, "x", '{"odd"');
console.debug("d");
console.warn("w");
console.error("e");
console.assert(true, "not shown");
console.assert(false, "because", 1);
console.count("c");
console.count("c");
console.group("group");
console.log("inside\ntwice");
console.groupEnd();
console.table([{ a: 1 }, { b: "x" }]);
undefined;
