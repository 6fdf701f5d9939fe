// hostile: a proxy of an array that is longer than anything
// expect: QUOTA_FUEL|QUOTA_MEMORY|QUOTA_OUTPUT
// python: __len__ that lies
const result = new Proxy([], { get: (target, key) => (key === 'length' ? 2 ** 53 - 1 : 0) });
result;
