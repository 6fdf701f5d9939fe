// hostile: a buffer of two gigabytes
// expect: RUNTIME_EXCEPTION|QUOTA_MEMORY
// python: bytearray(2**31)
new ArrayBuffer(2 ** 31).byteLength;
