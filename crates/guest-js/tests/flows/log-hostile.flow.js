//: value "fine"
// Showing a value runs none of its getters, and survives its proxies.
const hostile = [
  new Proxy({}, { ownKeys() { throw 1; }, get() { throw 2; } }), { get x() { throw 3; } },
  { [Symbol.toStringTag]: { toString() { throw 4; } } }, Object.create({ get constructor() { throw 5; } }),
];
for (const value of hostile) console.log(value);
"fine";
