// hostile: a proxy whose trap asks the proxy
// expect: QUOTA_STACK
// python: __getattr__ that asks itself
const proxy = new Proxy({}, { get: (_, key, receiver) => receiver[key] });
proxy.anything;
