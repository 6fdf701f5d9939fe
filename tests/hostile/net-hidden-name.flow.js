// hostile: a name that the text does not show
// expect: POLICY_DENIED
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
export default async (flow) => (await fetch(['https:/', '/ev', 'il.test/'].join(''))).status;
