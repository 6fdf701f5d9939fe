// hostile: a backslash that one reader takes for a slash
// expect: INVALID_INPUT|RUNTIME_EXCEPTION|POLICY_DENIED
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
export default async () => (await fetch('https://evil.test\\@granted.test/')).status;
