// hostile: a result of a megabyte of bytes
// expect: QUOTA_OUTPUT
// python: bytes(1000000)
new Uint8Array(1000000);
