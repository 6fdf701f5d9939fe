// Pyodide in a Worker of its own: one message, one fresh interpreter, one answer; further messages go to the same interpreter.

import { loadPyodide } from './pyodide/pyodide.mjs';

let loading;

self.onmessage = async ({ data }) => {
  const python = await (loading ??= loadPyodide());
  const start = performance.now();
  const value = python.runPython(data.source);
  const evalMs = performance.now() - start;
  self.postMessage({ ok: true, value: value?.toString(), evalMs, bytes: python._module.HEAPU8.length });
};
