//: value 150
// Every length around the sizes of the runs comes out sorted, stable, and with nothing lost.
let state = 1, good = 0;
const next = () => (state = (state * 1103515245 + 12345) % 2147483648);
for (let length = 0; length < 150; length++) {
  const list = Array.from({ length }, (_, at) => ({ key: next() % 10, at }));
  const sorted = list.toSorted((a, b) => a.key - b.key);
  const steps = sorted.every((item, i) => i === 0 || sorted[i - 1].key < item.key || (sorted[i - 1].key === item.key && sorted[i - 1].at < item.at));
  if (steps && new Set(sorted).size === length && list.every((item, i) => item.at === i)) good++;
}
good;
