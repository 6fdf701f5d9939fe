// The tests of one run: how they are declared, run and told about.

import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The longest that a test may take unless it says otherwise. */
const TEST_MS_MAX = 180_000;

const declared = [];

/**
 * Declares a test. Its body gets `{ server, defer, note }`: `defer` takes what is to be undone when
 * the test is over, however it ends, and `note` prints a line below the test's own.
 */
export function test(name, options, body) {
  if (body === undefined) [options, body] = [{}, options];
  declared.push({ name, body, timeMsMax: options.timeMsMax ?? TEST_MS_MAX });
}

/**
 * Runs the `*.test.mjs` of a folder (a URL), or those whose names hold one of the words, in so many lanes side by side, each a file
 * at a time; what holds a word of `alone` comes last, with nothing beside it. Prints what was found, `N passed, N failed` last, and
 * gives whether all passed.
 */
export async function runFolder(folder, { words, lanes = 1, alone = [], context = {} }) {
  const start = performance.now();
  const names = readdirSync(fileURLToPath(folder)).filter((name) => name.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => name.includes(word))));
  const suites = [];
  for (const name of names.sort()) {
    await import(new URL(name, folder));
    suites.push({ name, tests: declared.splice(0) });
  }
  const all = { passed: 0, failed: 0 };
  const lane = async (waiting) => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) await runSuite(suite, context, all);
  };
  const isAlone = ({ name }) => alone.some((word) => name.includes(word));
  const sideBySide = suites.filter((suite) => !isAlone(suite));
  await Promise.all(Array.from({ length: lanes }, () => lane(sideBySide)));
  await lane(suites.filter(isAlone));
  console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s in all`);
  console.log(`${all.passed} passed, ${all.failed} failed`);
  return all.failed === 0 && all.passed > 0;
}

/** Runs the tests of a file one after the other, adds them up, and tells of them when all are over. */
async function runSuite({ name, tests }, context, all) {
  const said = [`\n${name}`];
  for (const one of tests) {
    const start = performance.now();
    const notes = [];
    const failure = await runOne(one, { ...context, note: (text) => notes.push(text) });
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    said.push(`${failure ? 'FAILED' : 'ok    '} ${seconds} s  ${one.name}`, ...notes.map((text) => `                 ${text}`));
    if (failure) said.push(indented(failure.stack ?? String(failure)));
    all[failure ? 'failed' : 'passed'] += 1;
  }
  console.log(said.join('\n'));
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
