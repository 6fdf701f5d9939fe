// The tests of one run: how they are declared, run one after the other, and told about.

import { rmSync } from 'node:fs';

/** The longest that a test may take unless it says otherwise. */
const TEST_MS_MAX = 90_000;

const declared = [];

/**
 * Declares a test. Its body gets `{ server, defer, note }`: `defer` takes what is to be undone when
 * the test is over, however it ends, and `note` prints a line below the test's own.
 */
export function test(name, options, body) {
  if (body === undefined) [options, body] = [{}, options];
  declared.push({ name, body, timeMsMax: options.timeMsMax ?? TEST_MS_MAX });
}

/** Runs every declared test whose file or name holds one of the words, and gives the counts. */
export async function runTests(context) {
  const counts = { passed: 0, failed: 0 };
  for (const one of declared.splice(0)) {
    const start = performance.now();
    const notes = [];
    const failure = await runOne(one, { ...context, note: (text) => notes.push(text) });
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    console.log(`${failure ? 'FAILED' : 'ok    '} ${seconds} s  ${one.name}`);
    for (const text of notes) console.log(`                 ${text}`);
    if (failure) console.log(indented(failure.stack ?? String(failure)));
    counts[failure ? 'failed' : 'passed'] += 1;
  }
  return counts;
}

async function runOne({ name, body, timeMsMax }, context) {
  const undo = [];
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`"${name}" took longer than ${timeMsMax / 1000} s`)), timeMsMax);
  });
  try {
    await Promise.race([body({ ...context, defer: (what) => undo.push(what) }), late]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
    // A browser that does not close must not hide why the test failed.
    for (const what of undo.reverse()) await what().catch((error) => console.log(indented(`while tidying up: ${error}`)));
  }
}

const indented = (text) => text.replace(/^/gm, '    ');

/** Removes a folder that a browser that was just killed may still be writing into. */
export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
