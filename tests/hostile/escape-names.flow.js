// hostile: every name that leads out of a Worker or a process
// expect: OK
// value: []
// python: import os, socket, ctypes, subprocess, js
const names = [
  'self', 'window', 'parent', 'top', 'document', 'postMessage', 'importScripts', 'XMLHttpRequest', 'WebSocket',
  'indexedDB', 'caches', 'navigator', 'location', 'Worker', 'SharedWorker', 'BroadcastChannel', 'MessageChannel',
  'WebAssembly', 'process', 'require', 'module', 'exports', 'Buffer', 'Deno', 'Bun', 'global', 'ShadowRealm',
  'localStorage', 'opener', 'EventSource', 'RTCPeerConnection', 'onmessage', 'close', '__wbindgen_malloc',
];
const found = names.filter((name) => globalThis[name] !== undefined);
found;
