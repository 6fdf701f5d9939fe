// JSPI, by which WebAssembly that computes can wait for its Worker: https://github.com/WebAssembly/js-promise-integration

type Entry<A extends number[], R> = (...args: A) => R;

const jspi = WebAssembly as unknown as {
  Suspending?: new (wait: (...args: number[]) => unknown) => WebAssembly.ImportValue;
  promising?: <A extends number[], R>(entry: Entry<A, R>) => Entry<A, Promise<R>>;
};

/** Whether this browser has it. */
export const canSuspend = jspi.Suspending !== undefined && jspi.promising !== undefined;

/** An import that may give a promise, for which the guest waits if it was entered by `promising`. */
export const suspending = (wait: (...args: number[]) => unknown) => (jspi.Suspending ? new jspi.Suspending(wait) : wait) as WebAssembly.ImportValue;

/** An entry by which the guest can wait, where that is possible at all. */
export const promising = <A extends number[], R>(entry: Entry<A, R>): Entry<A, R | Promise<R>> => (jspi.promising ? jspi.promising(entry) : entry);
