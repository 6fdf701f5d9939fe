//: value [600000, 300003, 44, true, "x1", "x2", 400]
// A text that is built piece by piece, beside others, and with two ways on from one place.
let one = "";
for (let n = 0; n < 600000; n += 1) one += "a";
const lines = { left: "", right: "" };
for (let n = 0; n < 100000; n += 1) {
  lines.left += "é\u2014";
  lines.right = `${lines.right}abc`;
}
lines.right += "é\u2014!";
let both = "";
for (let n = 0; n < 44; n += 1) both = both + both.length % 10;
const base = "x".padStart(1000, "-");
let [first, second] = [base + "", base + ""];
first += "1";
second += "2";
let doubled = "ab".repeat(50);
for (let n = 0; n < 2; n += 1) doubled += doubled;
[one.length, lines.right.length, both.length, lines.left === "é\u2014".repeat(100000), first.slice(-2), second.slice(-2), doubled.length];
