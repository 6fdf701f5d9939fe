// hostile: a granted name before the @ of another
// expect: INVALID_INPUT|RUNTIME_EXCEPTION|POLICY_DENIED
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
export default async () => (await fetch('https://granted.test@evil.test/')).status;
