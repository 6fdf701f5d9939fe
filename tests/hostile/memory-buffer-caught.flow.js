// hostile: buffers that are asked for again and again, whatever is answered
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: except MemoryError: pass
const kept = [];
for (;;) {
  try {
    kept.push(new ArrayBuffer(2 ** 22));
  } catch {
    // Ask again.
  }
}
