// hostile: a fetch of a file of the machine
// expect: RUNTIME_EXCEPTION|INVALID_INPUT
// grant: {"read": ["**"], "write": [], "net": ["*"]}
// python: urllib.request.urlopen('file:///etc/passwd')
export default async () => await (await fetch('file:///etc/passwd')).text();
