// hostile: a header with a line break
// expect: RUNTIME_EXCEPTION
// grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
export default async () => (await fetch('https://granted.test/', { headers: { a: 'b\r\nhost: evil.test' } })).status;
