// hostile: a proxy that is not there any more
// expect: RUNTIME_EXCEPTION
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
proxy;
