//: value [[1, 2, 10], [1, 10, 2], ["a", "b", {"$type": "undefined"}, {"$type": "undefined"}], [true, false], ["b1", "b2", "a1", "a2"], "TypeError", [3, 1, 2], [1, 2, 3], 1000, 1000, [-1, 2, 10], [10, 2, -1], [-2, 0, 5, {"$type": "number", "value": "NaN"}], ["1", "2"], true, "boom"]
const fails = (run) => { try { run(); } catch (error) { return error.message === "boom" ? "boom" : error.name; } };
const holes = [, "b", undefined, "a"];
holes.sort();
const from = [3, 1, 2];
const shuffled = Array.from({ length: 1000 }, (_, i) => i);
const pairs = ["b1", "a1", "b2", "a2"].sort((p, q) => (p[0] < q[0] ? 1 : p[0] > q[0] ? -1 : 0));
const liar = (p, q) => (p * 7919) % 13 - (q * 104729) % 11;
[[10, 1, 2].sort((p, q) => p - q), [10, 1, 2].sort(), [...holes], [2 in holes, 3 in holes], pairs, fails(() => [1, 2].sort(1)), from, from.toSorted(),
  shuffled.sort(() => Math.random() - 0.5).length, new Set(shuffled.sort(liar)).size, [...new Int8Array([10, -1, 2]).sort()], [...new Int8Array([10, -1, 2]).toSorted((p, q) => q - p)],
  [...new Float64Array([5, NaN, -2, 0]).sort()], [...new BigInt64Array([2n, 1n]).sort()].map(String), [].sort().length === 0 && [1].toSorted()[0] === 1, fails(() => [1, 2, 3].sort(() => { throw new Error("boom"); }))];
