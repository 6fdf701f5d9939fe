// quickjs-emscripten in a Worker of its own: one message, one fresh runtime, one answer.

import { RELEASE_SYNC, newQuickJSWASMModuleFromVariant, shouldInterruptAfterDeadline } from 'quickjs-emscripten';

self.onmessage = async ({ data }) => {
  const { source, deadlineMs, memoryBytes } = data;
  const quickjs = await newQuickJSWASMModuleFromVariant(RELEASE_SYNC);
  const runtime = quickjs.newRuntime();
  if (memoryBytes) runtime.setMemoryLimit(memoryBytes);
  const context = runtime.newContext();
  const start = performance.now();
  if (deadlineMs) runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + deadlineMs));
  const result = context.evalCode(source);
  const evalMs = performance.now() - start;
  const value = context.dump(result.error ?? result.value);
  const bytes = quickjs.getWasmMemory?.().buffer.byteLength;
  self.postMessage({ ok: result.error === undefined, value, evalMs, bytes });
};
