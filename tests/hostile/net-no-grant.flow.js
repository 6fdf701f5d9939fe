// hostile: a fetch that nobody granted
// expect: POLICY_DENIED
// python: urllib.request.urlopen
export default async () => (await fetch('https://example.com/')).status;
