// Whether texts fit the patterns of a form. A pattern is somebody else's, and some take for ever on some texts, so it is tried in a
// Worker that can be ended.

/** How long a pattern may take. */
export const PATTERN_MS_MAX = 1_000;

/** `unknown`: the pattern took too long, or could not be tried. */
export type Fits = 'fits' | 'not' | 'unknown';

let worker: Promise<Worker> | undefined;
let last: Promise<unknown> = Promise.resolve();

/** One question at a time, so that a slow pattern takes no other's answer with it. */
export function fits(pattern: string, text: string): Promise<Fits> {
  const answer = last.then(() => ask(pattern, text));
  last = answer;
  return answer;
}

/** A Worker says a first word when it is loaded, which does not count as the pattern's time. */
function start(): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const made = new Worker(new URL('./pattern-worker.ts', import.meta.url), { type: 'module', name: 'patterns' });
    made.onmessage = () => resolve(made);
    made.onerror = () => reject(new Error('the Worker for patterns could not be loaded'));
  });
}

async function ask(pattern: string, text: string): Promise<Fits> {
  const now = await (worker ??= start()).catch(() => undefined);
  if (!now) {
    worker = undefined;
    return 'unknown';
  }
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      now.terminate();
      worker = undefined;
      resolve('unknown');
    }, PATTERN_MS_MAX);
    now.onmessage = ({ data }: MessageEvent<boolean>) => {
      clearTimeout(timer);
      resolve(data ? 'fits' : 'not');
    };
    now.postMessage({ pattern, text });
  });
}
