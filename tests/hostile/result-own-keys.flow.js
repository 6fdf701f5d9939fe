// hostile: a proxy that names more and more
// expect: QUOTA_FUEL|QUOTA_MEMORY|RUNTIME_EXCEPTION
const result = new Proxy({}, {
  ownKeys: () => Array.from({ length: 2 ** 30 }, (_, index) => `k${index}`),
  getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
});
result;
