// hostile: dots of another script
// expect: INVALID_INPUT|RUNTIME_EXCEPTION|POLICY_DENIED
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
export default async () => (await fetch('https://evil\u3002test/')).status;
