// hostile: an address of the own machine as a number
// expect: POLICY_DENIED|INVALID_INPUT|RUNTIME_EXCEPTION
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
export default async () => (await fetch('http://2130706433/')).status;
