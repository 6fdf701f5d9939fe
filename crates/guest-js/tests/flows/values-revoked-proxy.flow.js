//: error {"code": "RUNTIME_EXCEPTION"}
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
({ proxy });
