// hostile: a method that opens a tunnel
// expect: INVALID_INPUT|RUNTIME_EXCEPTION|POLICY_DENIED
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
export default async () => (await fetch('https://granted.test/', { method: 'CONNECT' })).status;
