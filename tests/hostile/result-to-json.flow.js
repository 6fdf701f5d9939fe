// hostile: a result with a toJSON that does not come back
// expect: INVALID_RESULT
// python: __json__
const result = {
  toJSON() {
    for (;;) {}
  },
};
result;
