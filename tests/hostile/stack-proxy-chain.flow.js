// hostile: fifteen thousand proxies around each other
// expect: QUOTA_STACK
let chain = {};
for (let n = 0; n < 15000; n += 1) chain = new Proxy(chain, {});
chain.anything;
