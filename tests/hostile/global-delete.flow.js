// hostile: a world without its names
// expect: OK
// value: [1]
for (const name of Object.getOwnPropertyNames(globalThis)) {
  try {
    delete globalThis[name];
  } catch {
    // It stays.
  }
}
const result = [1];
result;
