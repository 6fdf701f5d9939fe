// hostile: a buffer that may grow, and does
// expect: RUNTIME_EXCEPTION|QUOTA_MEMORY
// python: bytearray.extend
const buffer = new ArrayBuffer(1, { maxByteLength: 2 ** 30 });
for (let size = 1; ; size *= 2) buffer.resize(size);
