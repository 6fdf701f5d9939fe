//: shape module
//: value ["micro", "now", "a1", "b2", "i", "i", "i", "done"]
export default async () => {
  const order = [];
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  setTimeout((x, y) => order.push("b" + (x + y)), 20, 1, 1);
  setTimeout(() => order.push("a1"), 10);
  const never = setTimeout(() => order.push("never"), 15);
  setTimeout(() => order.push("now"));
  queueMicrotask(() => order.push("micro"));
  clearTimeout(never);
  clearTimeout(undefined);
  await wait(25);
  await new Promise((resolve) => {
    const id = setInterval(() => { order.push("i"); if (order.length === 7) { clearInterval(id); resolve(); } }, 5);
  });
  order.push("done");
  return order;
};
