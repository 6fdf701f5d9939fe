// hostile: a name that ends like a granted one
// expect: POLICY_DENIED
// grant: {"read": ["**"], "write": [], "net": ["*.granted.test", "granted.test"]}
export default async () => (await fetch('https://evilgranted.test/')).status;
