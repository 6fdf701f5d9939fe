// hostile: a flow that uses much of its memory and no more
// expect: OK
// value: 7
// limits: {"fuelMax": 100000000}
// python: bytearray(4 * 1024 * 1024)
const kept = new Uint8Array(4 * 1024 * 1024).fill(7);
kept[kept.length - 1];
