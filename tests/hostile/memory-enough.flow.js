// hostile: a flow that uses much of its memory and no more
// expect: OK
// value: 7
// python: bytearray(16 * 1024 * 1024)
const kept = new Uint8Array(16 * 1024 * 1024).fill(7);
kept[kept.length - 1];
