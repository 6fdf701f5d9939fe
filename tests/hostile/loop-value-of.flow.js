// hostile: a comparison that runs code, for ever
// expect: QUOTA_FUEL
// python: class More: __gt__ = lambda a, b: True
const more = { valueOf: () => 1 };
while (more > 0) {}
