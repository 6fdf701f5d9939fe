// hostile: more fetches than are allowed, whatever comes back
// expect: QUOTA_FETCHES
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
// python: the same
export default async () => {
  for (;;) {
    try {
      await fetch('https://granted.test/');
    } catch {
      // Again.
    }
  }
};
