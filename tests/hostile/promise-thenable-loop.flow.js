// hostile: a thenable whose then does not come back
// expect: QUOTA_FUEL
// python: __await__ that spins
export default async () => ({
  then() {
    for (;;) {}
  },
});
