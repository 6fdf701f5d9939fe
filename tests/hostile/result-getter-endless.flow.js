// hostile: a result whose getter does not come back
// expect: QUOTA_FUEL
// python: @property that spins
const result = {
  get value() {
    for (;;) {}
  },
};
result;
