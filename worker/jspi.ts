// JSPI, by which WebAssembly that computes can wait for its Worker: https://github.com/WebAssembly/js-promise-integration

const jspi = WebAssembly as unknown as {
  Suspending?: new (wait: (...args: number[]) => unknown) => WebAssembly.ImportValue;
  promising?: (entry: (at: number, length: number) => bigint) => (at: number, length: number) => Promise<bigint>;
};

/** Whether this browser has it. */
export const canSuspend = jspi.Suspending !== undefined && jspi.promising !== undefined;

/** An import that may give a promise, for which the guest waits if it was entered by `promising`. */
export const suspending = (wait: (...args: number[]) => unknown) => (jspi.Suspending ? new jspi.Suspending(wait) : wait) as WebAssembly.ImportValue;

/** An entry by which the guest can wait, where that is possible at all. */
export const promising = (entry: (at: number, length: number) => bigint): ((at: number, length: number) => bigint | Promise<bigint>) =>
  jspi.promising ? jspi.promising(entry) : entry;
