// hostile: a fetch of an address that holds its own data
// expect: RUNTIME_EXCEPTION|INVALID_INPUT
// grant: {"read": ["**"], "write": [], "net": ["*"]}
export default async () => await (await fetch('data:text/plain,x')).text();
