// hostile: a comparison that throws
// expect: RUNTIME_EXCEPTION
// python: raise in the key function
[3, 1, 2].sort(() => {
  throw new Error('incomparable');
});
